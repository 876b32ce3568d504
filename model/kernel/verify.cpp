// SPDX-License-Identifier: GPL-2.0-only
//
// The state of memory at the end. See verify.hpp.
#include "model/kernel/verify.hpp"

#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

#include <algorithm>

namespace gupcheck::kernel {

namespace {

// Where this reader sees the block of a task: see Task::here.
Task& task_seen(unsigned cpu) { return *task_on(cpu).here.load(); }

std::int32_t mappings(unsigned pfn) {
  std::int32_t count = 0;
  for (unsigned long address = 0; address < config().virtual_pages; ++address)
    if (pte_same(ptep_get(system().mm, address), mk_pte(pfn_to_page(pfn)))) ++count;
  return count;
}

std::int32_t batch_entries(unsigned pfn) {
  std::int32_t count = 0;
  for (unsigned cpu = 0; cpu < config().cpus; ++cpu) {
    const FolioBatch& batch = task_on(cpu).lru_add;
    const std::uint32_t nr = std::min<std::uint32_t>(batch.nr.load(), max_batch);
    for (std::uint32_t i = 0; i < nr; ++i)
      if (batch.folios[i].load() == pfn_to_page(pfn)) ++count;
  }
  return count;
}

bool is_on_lru_list(unsigned pfn) { return list_contains(&system().lruvec.list, &system().pages[pfn].lru); }

void verify_page_reference(unsigned pfn, std::int32_t held) {
  const std::int32_t count = system().pages[pfn]._refcount.load();
  const std::int32_t explained = mappings(pfn) + batch_entries(pfn) + held;
  if (is_free(pfn)) {
    engine::require(explained == 0, page_lifetime, "a page was freed that is still in use");
    return;
  }
  engine::require(explained != 0, page_lifetime, "a page is leaked: nobody uses it, but it is not free");
  engine::require(count >= explained, refcount, "a page has fewer references than holders");
  engine::require(count <= explained, refcount, "a page has more references than holders");
}

void verify_page_lru(unsigned pfn, bool may_be_off_lru) {
  const bool flag = system().pages[pfn].flags.test_bit(PG_lru);
  const bool linked = is_on_lru_list(pfn);
  const std::int32_t batched = batch_entries(pfn);
  engine::require(!flag || linked, lru_accounting, "PG_lru is set on a page that is not on the LRU list");
  engine::require(flag || !linked, lru_accounting, "a page is on the LRU list without PG_lru");
  engine::require(batched == 0 || !linked, lru_accounting,
                  "a page is on the LRU list and in an lru_add batch");
  engine::require(batched <= 1, lru_accounting, "a page is twice in the lru_add batches");
  engine::require(mappings(pfn) == 0 || linked || batched != 0 || may_be_off_lru, lru_accounting,
                  "a mapped page is neither on the LRU list nor in a batch: it is lost to reclaim");
}

bool is_locked(engine::Address lock) {
  // The word of a lock, as a location of its own: unlocked is 0 for each kind.
  return engine::post({.kind = engine::OperationKind::load, .size = 4, .result = engine::ResultOf::old_value},
                      lock, 0, 0, engine::SourceLocation::current()) != 0;
}

} // namespace

void verify_references(const HeldReferences& held) {
  for (unsigned pfn = 0; pfn < config().pages; ++pfn) verify_page_reference(pfn, held[pfn]);
}

void verify_lru(unsigned except) {
  engine::require(system().lruvec.nr_isolated.load() == 0, lru_accounting, "NR_ISOLATED is not back to 0");
  for (unsigned pfn = 0; pfn < config().pages; ++pfn) verify_page_lru(pfn, pfn == except);
}

void verify_lists() {
  engine::require(is_consistent(&system().lruvec.list), list_integrity, "the LRU list is corrupt");
  for (unsigned cpu = 0; cpu < config().cpus; ++cpu) {
    const Task& task = task_seen(cpu);
    engine::require(list_empty(&task.movable_page_list) && list_empty(&task.folio_list), list_integrity,
                    "a task ended with pages on its private list");
  }
  for (unsigned pfn = 0; pfn < config().pages; ++pfn)
    engine::require(is_on_lru_list(pfn) || is_unlinked(&system().pages[pfn].lru), list_integrity,
                    "a page that is on no list has pointers to neighbours");
}

void verify_quiescent() {
  const MmStruct& mm = system().mm;
  const char* const held = "a task ended with a lock held";
  engine::require(!is_locked(mm.mmap_lock.address()), warn_on, "a task ended with mmap_lock held");
  engine::require(!is_locked(mm.page_table_lock.address()), warn_on, held);
  engine::require(!is_locked(system().lruvec.lru_lock.address()), warn_on, held);
  engine::require(!is_locked(system().drain_all.mutex.address()), warn_on, held);
  for (unsigned cpu = 0; cpu < config().cpus; ++cpu)
    engine::require(!is_locked(task_on(cpu).lru_add.lock.address()), warn_on, held);
  for (unsigned long address = 0; address < config().virtual_pages; ++address)
    engine::require(!is_migration_entry(ptep_get(mm, address)), warn_on,
                    "a migration entry is left, whoever touches it waits for ever");
  for (unsigned pfn = 0; pfn < config().pages; ++pfn) {
    const Page& page = system().pages[pfn];
    engine::require(!page.flags.test_bit(PG_locked), warn_on, "a task ended with a page locked");
    engine::require(page._mapcount.load() == mappings(pfn) - 1, vm_bug_on,
                    "_mapcount is not what the page table says");
  }
}

void verify_memory(const HeldReferences& held) {
  verify_quiescent();
  verify_lists();
  verify_references(held);
  verify_lru();
}

} // namespace gupcheck::kernel
