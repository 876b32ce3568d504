// SPDX-License-Identifier: GPL-2.0-only
//
// V2 with the test that message 13 proposed (and message 16 corrected): CMA and ZONE_MOVABLE. Never posted as
// code; it is here so that the proposal can be put to the test.
#include "model/history/eras.hpp"
#include "model/history/regup.hpp"

namespace gupcheck::history {

namespace {

constexpr kernel::KernelConfig the_kernel = [] {
  kernel::KernelConfig config = kernel_with_the_series;
  config.pinnable = kernel::is_not_movable_cma_page;
  config.pinnable_fast = kernel::is_not_movable_cma_page;
  return config;
}();

} // namespace

constinit const Version v2_both_tests{
    .id = "v2-and",
    .number = "V2&",
    .description = "what if: V2 with the test of message 13, ZONE_MOVABLE and CMA",
    .source = "message 13, 4 Dec 2020; never posted as code",
    .kernel = the_kernel,
    .gup = {.longterm_loop = pin_then_check},
};

} // namespace gupcheck::history
