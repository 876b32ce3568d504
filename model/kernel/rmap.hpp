// SPDX-License-Identifier: GPL-2.0-only
//
// mm/rmap.c for anonymous pages that are mapped once: mapcount, PageAnonExclusive and try_to_migrate().
#pragma once

#include "model/kernel/mm.hpp"

namespace gupcheck::kernel {

// Under the page table lock. A new page is nobody else's yet; the other one comes back from a migration
// entry and must be locked.
void page_add_new_anon_rmap(Page* page, unsigned long address);
void page_add_anon_rmap(Page* page);
void page_remove_rmap(Page* page);

// 5.19 and later: clears PageAnonExclusive, or returns -EBUSY when the page may be pinned. The caller has
// cleared the pte.
int page_try_share_anon_rmap(Page* page);

// Replaces the page's pte by a migration entry, under the page lock. Whether it did can be seen from
// folio_mapped() only, as in the kernel.
void try_to_migrate(Folio* folio);

} // namespace gupcheck::kernel
