// SPDX-License-Identifier: GPL-2.0-only
//
// The lru_add batches and their drains. See folio_batch.hpp.
#include "model/kernel/folio_batch.hpp"

#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

namespace {

const char* is_not_lru(std::uint64_t page, std::uint64_t) {
  return reinterpret_cast<const Page*>(page)->flags.test_bit(PG_lru)
             ? "VM_BUG_ON_FOLIO(folio_test_lru(folio)): a page of the LRU is added to it again"
             : nullptr;
}

void expect_not_lru(const Folio* folio) {
  engine::expect(vm_bug_on, is_not_lru, reinterpret_cast<std::uint64_t>(folio));
}

// Links the page and sets PG_lru, under lru_lock. Up to 5.10 the flag was set first; since isolation clears
// it without the lock, it is set last.
void lru_add_fn(Folio* folio) {
  expect_not_lru(folio);
  if (config().isolate == IsolateForm::recheck_under_lock) {
    folio_set_lru(folio);
    lruvec_add_folio(folio);
  } else {
    lruvec_add_folio(folio);
    folio_set_lru(folio);
  }
}

// folio_batch_move_lru(), with `nr` > 0 entries. The caller holds the batch's lock, so its count is read
// once.
void folio_batch_move_lru(FolioBatch& batch, std::uint32_t nr) {
  Lruvec& lruvec = system().lruvec;
  for (std::uint32_t i = 0; i < nr; ++i) {
    Folio* folio = batch.folios[i].load();
    if (mutated(Mutant::drain_sets_flag_first)) folio_set_lru(folio);
    if (i == 0) lruvec.lru_lock.lock();
    if (mutated(Mutant::drain_sets_flag_first)) {
      lruvec_add_folio(folio);
    } else {
      lru_add_fn(folio);
    }
  }
  lruvec.lru_lock.unlock();
  if (!mutated(Mutant::drain_without_put)) {
    for (std::uint32_t i = 0; i < nr; ++i) folio_put(batch.folios[i].load());
  }
  batch.nr.store(0);
}

// local_lock, lru_add_drain_cpu(), local_unlock: by the CPU's own task or in place of the work queued on it.
void lru_add_drain_cpu(FolioBatch& batch) {
  batch.lock.lock();
  const std::uint32_t nr = batch.nr.load();
  if (nr != 0) folio_batch_move_lru(batch, nr);
  batch.lock.unlock();
}

} // namespace

void folio_add_lru(Folio* folio) {
  expect_not_lru(folio);
  if (!mutated(Mutant::add_without_reference)) folio_get(folio);
  FolioBatch& batch = current().lru_add;
  batch.lock.lock();
  const std::uint32_t nr = batch.nr.load();
  batch.folios[nr].store(folio);
  batch.nr.store(nr + 1);
  if (nr + 1 == config().batch_size) folio_batch_move_lru(batch, nr + 1);
  batch.lock.unlock();
}

void lru_add_drain() { lru_add_drain_cpu(current().lru_add); }

// The generation is a counter in the kernel. All that is ever asked is whether it moved between the load and
// the mutex, and a task that finds it moved by several could have loaded it later and found it moved by one;
// so one bit has the same outcomes, and retry loops have finitely many states.
void lru_add_drain_all() {
  DrainAll& drain_all = system().drain_all;
  const std::uint32_t this_gen = drain_all.lru_drain_gen.load(engine::MemoryOrder::acquire);
  drain_all.mutex.lock();
  if (drain_all.lru_drain_gen.load(engine::MemoryOrder::relaxed) == this_gen) {
    drain_all.lru_drain_gen.store(this_gen ^ 1U);
    std::uint32_t has_work = 0; // a cpumask
    for (unsigned cpu = 0; cpu < config().cpus; ++cpu)
      if (task_on(cpu).lru_add.nr.load() != 0) has_work |= 1U << cpu;
    for (unsigned cpu = 0; cpu < config().cpus; ++cpu)
      if ((has_work >> cpu & 1U) != 0) lru_add_drain_cpu(task_on(cpu).lru_add);
  }
  drain_all.mutex.unlock();
}

} // namespace gupcheck::kernel
