// SPDX-License-Identifier: GPL-2.0-only
//
// What every version of the loop uses: GUP, and the modelled kernel's vocabulary for taking pages off the LRU
// and migrating them.
#pragma once

#include "model/gup/gup.hpp"
#include "model/kernel/config.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/list.hpp"
#include "model/kernel/lru.hpp"
#include "model/kernel/migrate.hpp"
#include "model/kernel/task.hpp"

namespace gupcheck::history {

using gup::FOLL_PIN;
using gup::MmStruct;
using kernel::Folio;
using kernel::list_head;
using kernel::Page;

// Up to 6.0 the loop asked which reference a round of GUP took, though FOLL_LONGTERM without FOLL_PIN has
// been refused since 5.6.
inline void drop_references(Page** pages, long nr_pages, unsigned gup_flags) {
  if ((gup_flags & FOLL_PIN) != 0) {
    gup::unpin_user_pages(pages, nr_pages);
    return;
  }
  for (long i = 0; i < nr_pages; ++i) kernel::put_page(pages[i]);
}

// A page that may not stay goes from the LRU to the list; false when somebody else has it.
// isolate_lru_page() returned an error number, 0 for success, until 6.2.
inline bool isolate_to(list_head* movable_page_list, Page* page) {
  if (kernel::isolate_lru_page(page) != 0) return false;
  kernel::list_add_tail(&page->lru, movable_page_list);
  kernel::mod_nr_isolated(1);
  return true;
}

} // namespace gupcheck::history
