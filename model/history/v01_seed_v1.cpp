// SPDX-License-Identifier: GPL-2.0-only
//
// V1: the patch under discussion. The loop of V0 with another question, asked on the slow path only: is the
// page's block MIGRATE_CMA or MIGRATE_MOVABLE? (Most of ZONE_NORMAL is MIGRATE_MOVABLE.) GUP-fast still asks
// about CMA. Earlier patches of the series made allocations and migration targets avoid ZONE_MOVABLE.
#include "model/history/eras.hpp"
#include "model/history/regup.hpp"

namespace gupcheck::history {

namespace {

constexpr kernel::KernelConfig the_kernel = [] {
  kernel::KernelConfig config = kernel_with_the_series;
  config.pinnable = kernel::is_not_in_movable_block; // !is_migrate_movable(get_pageblock_migratetype(head))
  config.pinnable_fast = kernel::is_not_cma_page;
  return config;
}();

} // namespace

constinit const Version seed_v1{
    .id = "seed-v1",
    .number = "V1",
    .description = "the patch under discussion: asks for the pageblock type, on the slow path only",
    .source = "first posting, 2 Dec 2020 (20201202052330.474592-7)",
    .kernel = the_kernel,
    .gup = {.longterm_loop = pin_then_check},
};

} // namespace gupcheck::history
