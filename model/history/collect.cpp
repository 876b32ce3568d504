// SPDX-License-Identifier: GPL-2.0-only
//
// The pieces of the loop since 6.1. See collect.hpp.
#include "model/history/collect.hpp"

#include <cerrno>

namespace gupcheck::history {

using namespace kernel;

bool isolation_failed(int error) { return (error != 0) != mutated(Mutant::loop_inverted_isolate); }

unsigned long collect_longterm_unpinnable_pages(list_head* movable_page_list, long nr_pages, Page** pages,
                                                SkipTest skip) {
  unsigned long collected = 0;
  bool drain_allow = true;
  Folio* prev_folio = nullptr;
  for (long i = 0; i < nr_pages; ++i) {
    Folio* folio = page_folio(pages[i]);
    if (folio == prev_folio) continue;
    prev_folio = folio;
    if (config().pinnable(folio)) continue;
    ++collected;
    if (drain_allow && !folio_test_lru(folio)) {
      lru_add_drain_all();
      drain_allow = false;
    }
    if (skip(folio_isolate_lru(folio))) continue;
    list_add_tail(&folio->lru, movable_page_list);
    mod_nr_isolated(1);
  }
  return collected;
}

namespace {

void unpin_all(long nr_pages, Page** pages) {
  for (long i = 0; i < nr_pages; ++i) {
    gup::unpin_user_page(pages[i]);
    pages[i] = nullptr;
  }
}

} // namespace

// The isolation has a reference of its own, so the pages stay while they are migrated. The kernel's way out
// on errors also unpins what is still pinned then: that is device memory only, which does not exist here.
long migrate_longterm_unpinnable_pages(list_head* movable_page_list, long nr_pages, Page** pages) {
  if (!mutated(Mutant::loop_unpins_late)) unpin_all(nr_pages, pages);
  long ret = -EAGAIN;
  if (!list_empty(movable_page_list) && migrate_pages(movable_page_list, config().longterm_target_gfp) != 0)
    ret = -ENOMEM;
  putback_movable_pages(movable_page_list);
  if (mutated(Mutant::loop_unpins_late)) unpin_all(nr_pages, pages);
  return ret;
}

long check_and_migrate_movable_pages(long nr_pages, Page** pages) {
  list_head* movable_page_list = own_list(current().movable_page_list);
  if (collect_longterm_unpinnable_pages(movable_page_list, nr_pages, pages) == 0) return 0;
  return migrate_longterm_unpinnable_pages(movable_page_list, nr_pages, pages);
}

long pin_until_checked(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                       unsigned gup_flags, CheckAndMigrate check_and_migrate) {
  long nr_pinned_pages = 0;
  long rc = 0;
  do {
    nr_pinned_pages = gup::__get_user_pages_locked(mm, start, nr_pages, pages, locked, gup_flags);
    if (nr_pinned_pages <= 0) return nr_pinned_pages;
    rc = check_and_migrate(nr_pinned_pages, pages);
  } while (rc == -EAGAIN);
  return rc != 0 ? rc : nr_pinned_pages;
}

} // namespace gupcheck::history
