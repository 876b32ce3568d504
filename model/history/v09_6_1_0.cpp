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

// `if (!folio_isolate_lru(folio)) continue;` with a result that is 0 on success. 6.1.13 put it right.
bool isolation_succeeded(int error) { return error == 0; }

namespace in_6_1_0 { // the kernel's name, not the function of the later versions

long check_and_migrate_movable_pages(long nr_pages, Page** pages) {
  list_head* movable_page_list = own_list(current().movable_page_list);
  if (collect_longterm_unpinnable_pages(movable_page_list, nr_pages, pages, isolation_succeeded) == 0)
    return 0;
  return migrate_longterm_unpinnable_pages(movable_page_list, nr_pages, pages);
}

} // namespace in_6_1_0

long longterm_loop(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                   unsigned gup_flags) {
  return pin_until_checked(mm, start, nr_pages, pages, locked, gup_flags,
                           in_6_1_0::check_and_migrate_movable_pages);
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
