// SPDX-License-Identifier: GPL-2.0-only
//
// Page table access and waiting for a migration to end. See mm.hpp.
#include "model/kernel/mm.hpp"

#include "model/kernel/page_ref.hpp"
#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

MmStruct& current_mm() { return system().mm; }

void mmap_read_lock(MmStruct& mm) { mm.mmap_lock.read_lock(); }
void mmap_read_unlock(MmStruct& mm) { mm.mmap_lock.read_unlock(); }

void pte_lock(MmStruct& mm) { mm.page_table_lock.lock(); }
void pte_unlock(MmStruct& mm) { mm.page_table_lock.unlock(); }

pte_t ptep_get(const MmStruct& mm, unsigned long address) {
  return mm.pte[address].load(engine::MemoryOrder::relaxed);
}
pte_t ptep_clear_flush(MmStruct& mm, unsigned long address) { return mm.pte[address].exchange(pte_t{}); }
void set_pte_at(MmStruct& mm, unsigned long address, pte_t pte) {
  mm.pte[address].store(pte, engine::MemoryOrder::release);
}

namespace {

// A waiter sleeps on the hashed wait queue of the page's address and is woken by the unlock; it does not
// touch the page. Waiting until the bit is clear has the same outcomes: a waiter that is woken and then finds
// the page locked again is one that woke in between and was slow (README.md).
void sleep_until_unlocked(const Folio* folio) { folio->flags.wait_until_bit_clear(PG_locked); }

// Up to 5.16: a reference while the waiter queues up (put_and_wait_on_page_locked). It makes a migration that
// compares the count just then fail.
void migration_entry_wait_with_reference(MmStruct& mm, Folio* folio) {
  const bool got = folio_try_get(folio);
  pte_unlock(mm);
  if (!got) return;
  folio_put(folio);
  sleep_until_unlocked(folio);
}

} // namespace

void migration_entry_wait(MmStruct& mm, unsigned long address) {
  pte_lock(mm);
  const pte_t pte = ptep_get(mm, address);
  if (!is_migration_entry(pte)) {
    pte_unlock(mm);
    return;
  }
  Folio* folio = page_folio(pte_page(pte));
  if (config().migration_wait_takes_ref) {
    migration_entry_wait_with_reference(mm, folio);
    return;
  }
  if (mutated(Mutant::wait_holds_ptl)) {
    sleep_until_unlocked(folio);
    pte_unlock(mm);
    return;
  }
  pte_unlock(mm);
  sleep_until_unlocked(folio);
}

} // namespace gupcheck::kernel
