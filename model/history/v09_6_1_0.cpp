// SPDX-License-Identifier: GPL-2.0-only
//
// V9: v6.1 to v6.1.12, 67e139b02d99 as it was merged. The result of folio_isolate_lru() is tested the wrong
// way round (it was 0 for success then): a folio that was isolated is left lying, with the isolation's
// reference and off every list; one that somebody else has is put on our list.
#include "model/history/collect.hpp"
#include "model/history/eras.hpp"

namespace gupcheck::history {

using namespace kernel;

namespace {

unsigned long collect_longterm_unpinnable_pages_inverted(list_head* movable_page_list, long nr_pages,
                                                         Page** pages) {
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
    if (folio_isolate_lru(folio) == 0) continue; // 6.1.13: != 0
    list_add_tail(&folio->lru, movable_page_list);
    mod_nr_isolated(1);
  }
  return collected;
}

long check_and_migrate_movable_pages_6_1_0(long nr_pages, Page** pages) {
  list_head* movable_page_list = own_list(current().movable_page_list);
  if (collect_longterm_unpinnable_pages_inverted(movable_page_list, nr_pages, pages) == 0) return 0;
  return migrate_longterm_unpinnable_pages(movable_page_list, nr_pages, pages);
}

long longterm_loop(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                   unsigned gup_flags) {
  return pin_until_checked(mm, start, nr_pages, pages, locked, gup_flags,
                           check_and_migrate_movable_pages_6_1_0);
}

constexpr gup::GupConfig gup_6_1_0 = [] {
  gup::GupConfig config = gup_6_1;
  config.longterm_loop = longterm_loop;
  return config;
}();

} // namespace

constinit const Version linux_6_1_0{
    .id = "6.1.0",
    .number = "V9",
    .description = "folio iteration and -EAGAIN; the isolate test is inverted",
    .source = "v6.1 .. v6.1.12, 67e139b02d99",
    .kernel = kernel_6_1,
    .gup = gup_6_1_0,
};

} // namespace gupcheck::history
