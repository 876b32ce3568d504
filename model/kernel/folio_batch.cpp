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

// Links the page and sets PG_lru, under lru_lock. Up to 5.19 __pagevec_lru_add_fn() set the flag first, also
// when isolation cleared it without the lock (5.11): who does so waits for the lock before it unlinks the
// page.
void lru_add_fn(Folio* folio) {
  expect_not_lru(folio);
  if (config().lru_flag_before_link) {
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

// Asked last, under local_lock, and only by who would leave the page in the batch.
bool lru_cache_disabled() {
  return config().lru_cache_disable &&
         system().drain_all.lru_disable_count.load(engine::MemoryOrder::relaxed) != 0;
}

// The n-th CPU that a loop over all of them comes to, if it begins with the one `first` after this. Loops go
// through the CPUs by number, so where a task's own CPU stands in them depends on where the scheduler put it.
FolioBatch& batch_of(unsigned n, unsigned first) { return task_at((first + n) % config().cpus).lru_add; }

// The CPUs that have to be drained, as a cpumask: those that have entries, or all. A forced drain takes every
// CPU's lock, so that it waits for who found the batches enabled (6.1: synchronize_rcu_expedited()).
std::uint32_t cpus_to_drain(unsigned first, bool force_all_cpus) {
  std::uint32_t has_work = 0;
  for (unsigned n = 0; n < config().cpus; ++n)
    if (force_all_cpus || batch_of(n, first).nr.load() != 0) has_work |= 1U << n;
  return has_work;
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
  if (nr + 1 == config().batch_size || lru_cache_disabled()) folio_batch_move_lru(batch, nr + 1);
  batch.lock.unlock();
}

void lru_add_drain() { lru_add_drain_cpu(current().lru_add); }

namespace {

// __lru_add_drain_all(). The generation is a counter in the kernel. All that is ever asked is whether it
// moved between the load and the mutex, and a task that finds it moved by several could have loaded it later
// and found it moved by one; so one bit has the same outcomes, and retry loops have finitely many states.
void drain_all_cpus(bool force_all_cpus) {
  DrainAll& drain_all = system().drain_all;
  const std::uint32_t this_gen = drain_all.lru_drain_gen.load(engine::MemoryOrder::acquire);
  drain_all.mutex.lock();
  const std::uint32_t gen = drain_all.lru_drain_gen.load(engine::MemoryOrder::relaxed);
  if (gen == this_gen || force_all_cpus) {
    drain_all.lru_drain_gen.store(gen ^ 1U);
    const unsigned first = config().cpus > 1 ? engine::choose(config().cpus) : 0;
    const std::uint32_t has_work = cpus_to_drain(first, force_all_cpus);
    for (unsigned n = 0; n < config().cpus; ++n)
      if ((has_work >> n & 1U) != 0) lru_add_drain_cpu(batch_of(n, first));
  }
  drain_all.mutex.unlock();
}

} // namespace

void lru_add_drain_all() { drain_all_cpus(false); }

void lru_cache_disable() {
  system().drain_all.lru_disable_count.add(1);
  drain_all_cpus(true);
}

void lru_cache_enable() { system().drain_all.lru_disable_count.add(-1); }

} // namespace gupcheck::kernel
