// SPDX-License-Identifier: GPL-2.0-only
//
// V14: v6.16, and 6.12.36 to 6.12.48. 517f496e1e61 takes V13 back: the loop of V10, in a later kernel. (From
// 6.17, 6.12.49 and 6.1.155 on the same loop drains on another condition, the page's count: 98c6d259319e.)
#include "model/history/collect.hpp"
#include "model/history/eras.hpp"

namespace gupcheck::history {

namespace {

long longterm_loop(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                   unsigned gup_flags) {
  return pin_until_checked(mm, start, nr_pages, pages, locked, gup_flags, check_and_migrate_movable_pages);
}

constexpr gup::GupConfig gup_6_16 = [] {
  gup::GupConfig config = gup_6_12;
  config.longterm_loop = longterm_loop;
  return config;
}();

} // namespace

constinit const Version commit_517f496{
    .id = "517f496",
    .number = "V14",
    .description = "retries while any page may not be pinned, as before 1aaf8c",
    .source = "v6.16, 6.12.36 .. 6.12.48, 517f496e1e61",
    .kernel = kernel_6_12,
    .gup = gup_6_16,
};

} // namespace gupcheck::history
