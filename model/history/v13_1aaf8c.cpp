// SPDX-License-Identifier: GPL-2.0-only
//
// V13: v6.14-rc to v6.15, and 6.6, 6.12.14 to 6.12.35, 6.1.129 to 6.1.154. "Nothing to do" is that the list
// is empty: so also when every page that may not be pinned is somebody else's just now. Meant for pages that
// can never be isolated, on which V10 spins.
#include "model/history/collect.hpp"
#include "model/history/eras.hpp"

namespace gupcheck::history {

using namespace kernel;

namespace {

long check_and_migrate_movable_pages_or_folios(long nr_folios, Page** folios) {
  list_head* movable_folio_list = own_list(current().movable_page_list);
  collect_longterm_unpinnable_pages(movable_folio_list, nr_folios, folios);
  if (list_empty(movable_folio_list)) return 0; // V10: if none was counted
  return migrate_longterm_unpinnable_pages(movable_folio_list, nr_folios, folios);
}

long longterm_loop(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                   unsigned gup_flags) {
  return pin_until_checked(mm, start, nr_pages, pages, locked, gup_flags,
                           check_and_migrate_movable_pages_or_folios);
}

constexpr gup::GupConfig gup_6_14 = [] {
  gup::GupConfig config = gup_6_12;
  config.longterm_loop = longterm_loop;
  return config;
}();

} // namespace

constinit const Version commit_1aaf8c{
    .id = "1aaf8c",
    .number = "V13",
    .description = "success whenever nothing could be isolated",
    .source = "v6.14-rc .. v6.15, 6.12.14 .. 6.12.35, 6.1.129 .. 6.1.154, 1aaf8c122918",
    .kernel = kernel_6_12,
    .gup = gup_6_14,
};

} // namespace gupcheck::history
