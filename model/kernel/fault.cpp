// SPDX-License-Identifier: GPL-2.0-only
//
// Faults on anonymous memory. See fault.hpp.
#include "model/kernel/fault.hpp"

#include "model/kernel/alloc.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/page_ref.hpp"
#include "model/kernel/rmap.hpp"

#include <cerrno>

namespace gupcheck::kernel {

namespace {

// The page is allocated before the lock is taken, so two tasks may both have one: the second finds the pte
// taken and frees its own. The new page enters the lru_add batch before it is mapped.
vm_fault_t do_anonymous_page(MmStruct& mm, unsigned long address) {
  Page* page = alloc_page(GFP_HIGHUSER_MOVABLE); // alloc_zeroed_user_highpage_movable()
  if (page == nullptr) return VM_FAULT_OOM;
  pte_lock(mm);
  if (pte_none(ptep_get(mm, address))) {
    page_add_new_anon_rmap(page, address);
    folio_add_lru(page_folio(page));
    set_pte_at(mm, address, mk_pte(page));
  } else if (!mutated(Mutant::fault_leaks_loser)) {
    put_page(page);
  }
  pte_unlock(mm);
  return 0;
}

} // namespace

vm_fault_t handle_mm_fault(MmStruct& mm, unsigned long address) {
  const pte_t pte = ptep_get(mm, address); // vmf->orig_pte, without the lock
  if (pte_none(pte)) return do_anonymous_page(mm, address);
  if (is_migration_entry(pte)) migration_entry_wait(mm, address); // do_swap_page()
  return 0;
}

int faultin_page(MmStruct& mm, unsigned long address) {
  return (handle_mm_fault(mm, address) & VM_FAULT_OOM) != 0 ? -ENOMEM : 0;
}

} // namespace gupcheck::kernel
