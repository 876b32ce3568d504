// SPDX-License-Identifier: GPL-2.0-only
//
// mm/gup.c: taking and dropping the reference that GUP gives its caller.
#pragma once

#include "model/gup/foll.hpp"
#include "model/kernel/page_ref.hpp"

namespace gupcheck::gup {

using kernel::Folio;
using kernel::Page;

// Slow path, under the page table lock, where the mapping's reference keeps the page: one step, FOLL_PIN adds
// the whole bias at once.
bool try_grab_page(Page* page, unsigned flags);

// GUP-fast, with nothing that keeps the page: one reference unless the count is 0, then the rest of the bias
// as a step of its own. Null when the page is going away, or when it may not be pinned for long.
Folio* try_grab_folio(Page* page, int refs, unsigned flags);

// Drops what try_grab_folio() took.
void gup_put_folio(Folio* folio, int refs, unsigned flags);

void unpin_user_page(Page* page);
void unpin_user_pages(Page** pages, long nr_pages);

} // namespace gupcheck::gup
