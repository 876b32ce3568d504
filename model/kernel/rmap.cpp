// SPDX-License-Identifier: GPL-2.0-only
//
// Reverse mapping of anonymous pages that are mapped once. See rmap.hpp.
#include "model/kernel/rmap.hpp"

#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"

#include <cerrno>

namespace gupcheck::kernel {

namespace {

const char* page_is_locked(std::uint64_t page, std::uint64_t) {
  return reinterpret_cast<const Page*>(page)->flags.test_bit(PG_locked)
             ? nullptr
             : "VM_BUG_ON_PAGE(!PageLocked(page)): page_add_anon_rmap() without the page lock";
}

} // namespace

void page_add_new_anon_rmap(Page* page, unsigned long address) {
  page->_mapcount.store(0, engine::MemoryOrder::relaxed);
  page->index.store(static_cast<std::int32_t>(address));
  if (config().anon_exclusive) SetPageAnonExclusive(page);
}

void page_add_anon_rmap(Page* page) {
  engine::expect(vm_bug_on, page_is_locked, reinterpret_cast<std::uint64_t>(page));
  const bool first = page->_mapcount.sub_and_test(-1); // atomic_inc_and_test: it was -1
  engine::require(first || !config().anon_exclusive, vm_bug_on,
                  "VM_BUG_ON_PAGE(!first && (flags & RMAP_EXCLUSIVE)): an exclusive page is mapped twice");
  if (config().anon_exclusive) SetPageAnonExclusive(page);
}

// atomic_add_negative(): what it returns (the last mapping is gone) steers statistics only, but it orders.
void page_remove_rmap(Page* page) { page->_mapcount.add(-1, engine::MemoryOrder::seq_cst); }

int page_try_share_anon_rmap(Page* page) {
  if (page_maybe_dma_pinned(page)) return -EBUSY;
  ClearPageAnonExclusive(page);
  return 0;
}

// try_to_migrate_one(). The rmap walk finds the address in page->index; the page lock keeps it there.
void try_to_migrate(Folio* folio) {
  MmStruct& mm = current_mm();
  const auto address = static_cast<unsigned long>(folio->index.load());
  pte_lock(mm);
  const pte_t pte = ptep_get(mm, address);
  if (!pte_same(pte, mk_pte(folio))) { // page_vma_mapped_walk() found nothing: unmapped meanwhile
    pte_unlock(mm);
    return;
  }
  const bool anon_exclusive = config().anon_exclusive && PageAnonExclusive(folio);
  ptep_clear_flush(mm, address);
  engine::require(anon_exclusive || !config().anon_exclusive, vm_bug_on,
                  "VM_BUG_ON_PAGE(pte_write(pteval) && folio_test_anon(folio) && !anon_exclusive)");
  if (anon_exclusive && page_try_share_anon_rmap(folio) != 0) {
    set_pte_at(mm, address, pte);
  } else {
    set_pte_at(mm, address, make_writable_migration_entry(folio));
    page_remove_rmap(folio);
    if (!mutated(Mutant::mapping_reference_kept)) folio_put(folio);
  }
  pte_unlock(mm);
}

} // namespace gupcheck::kernel
