// SPDX-License-Identifier: GPL-2.0-only
//
// V10: v6.1.13 to v6.1.128, v6.2 to v6.10. V9 with the test put right by aa1e6a932ca6.
#include "model/history/collect.hpp"
#include "model/history/eras.hpp"

namespace gupcheck::history {

namespace {

long longterm_loop(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                   unsigned gup_flags) {
  return pin_until_checked(mm, start, nr_pages, pages, locked, gup_flags, check_and_migrate_movable_pages);
}

constexpr gup::GupConfig gup_6_1_13 = [] {
  gup::GupConfig config = gup_6_1;
  config.longterm_loop = longterm_loop;
  return config;
}();

} // namespace

constinit const Version linux_6_1_13{
    .id = "6.1.13",
    .number = "V10",
    .description = "6.1.0 with the isolate test put right",
    .source = "v6.1.13 .. v6.1.128, v6.2 .. v6.10, aa1e6a932ca6",
    .kernel = kernel_6_1,
    .gup = gup_6_1_13,
};

} // namespace gupcheck::history
