// SPDX-License-Identifier: GPL-2.0-only
//
// include/linux/page_ref.h and the reference part of mm.h: _refcount and who may change it.
//
// Each change of the count is one atomic step. A put that takes the last reference goes on to free the page
// (__folio_put_small: off the LRU if it is there, then to the allocator), which is several steps more.
#pragma once

#include "model/kernel/page.hpp"

namespace gupcheck::kernel {

std::int32_t folio_ref_count(const Folio* folio);
inline std::int32_t page_count(const Page* page) { return folio_ref_count(page); }

void folio_get(Folio* folio);                      // atomic_inc: the caller must know that the count is not 0
void folio_ref_add(Folio* folio, std::int32_t nr); // atomic_add
bool folio_try_get(Folio* folio);                  // atomic_add_unless(1, 0)
bool folio_ref_try_add(Folio* folio, std::int32_t nr);
bool folio_ref_freeze(Folio* folio, std::int32_t count); // cmpxchg(count -> 0)
void folio_ref_unfreeze(Folio* folio, std::int32_t count);

bool folio_put_testzero(Folio* folio);
void folio_put(Folio* folio);
void folio_put_refs(Folio* folio, std::int32_t refs); // one atomic_sub_and_test; frees at 0

inline void get_page(Page* page) { folio_get(page_folio(page)); }
inline bool get_page_unless_zero(Page* page) { return folio_try_get(page_folio(page)); }
inline void put_page(Page* page) { folio_put(page_folio(page)); }

// One read of the count: false positives for a page with 1024 ordinary references, as in the kernel.
bool page_maybe_dma_pinned(const Page* page);

} // namespace gupcheck::kernel
