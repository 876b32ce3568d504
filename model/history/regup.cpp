// SPDX-License-Identifier: GPL-2.0-only
//
// The loop of 5.10 and of the first postings. See regup.hpp.
//
// The kernel steps from one compound page to the next, trusting that the entries between are its tail pages;
// with pages of order 0 that is every entry.
#include "model/history/regup.hpp"

namespace gupcheck::history {

using namespace kernel;

namespace {

// Puts what can be isolated of the pages that may not stay on the list.
void isolate_what_can_be(list_head* movable_page_list, long nr_pages, Page** pages) {
  bool drain_allow = true;
  for (long i = 0; i < nr_pages; ++i) {
    Page* head = compound_head(pages[i]);
    if (config().pinnable(head)) continue;
    if (drain_allow && !PageLRU(head)) {
      lru_add_drain_all();
      drain_allow = false;
    }
    isolate_to(movable_page_list, head); // whether it could is not asked
  }
}

} // namespace

long check_and_migrate_movable_pages(MmStruct& mm, unsigned long start, long nr_pages, Page** pages,
                                     int* locked, unsigned gup_flags) {
  list_head* movable_page_list = own_list(current().movable_page_list);
  for (;;) {
    isolate_what_can_be(movable_page_list, nr_pages, pages);
    if (list_empty(movable_page_list)) return nr_pages;

    bool migrate_allow = true;
    drop_references(pages, nr_pages, gup_flags);
    if (migrate_pages(movable_page_list, config().longterm_target_gfp) != 0) {
      migrate_allow = false; // "Do get_user_pages without migration"
      if (!list_empty(movable_page_list)) putback_movable_pages(movable_page_list);
    }
    nr_pages = gup::__get_user_pages_locked(mm, start, nr_pages, pages, locked, gup_flags);
    if (nr_pages <= 0 || !migrate_allow) return nr_pages;
  }
}

long pin_then_check(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                    unsigned gup_flags) {
  const long rc = gup::__get_user_pages_locked(mm, start, nr_pages, pages, locked, gup_flags);
  if (rc <= 0) return rc;
  return check_and_migrate_movable_pages(mm, start, rc, pages, locked, gup_flags);
}

} // namespace gupcheck::history
