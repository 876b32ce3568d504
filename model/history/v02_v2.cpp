// SPDX-License-Identifier: GPL-2.0-only
//
// V2: the second and third posting. The loop of V0 and V1, with the right question, ZONE_MOVABLE or CMA, on
// the slow path and in GUP-fast.
#include "model/history/eras.hpp"
#include "model/history/regup.hpp"

namespace gupcheck::history {

namespace {

constexpr kernel::KernelConfig the_kernel = [] {
  kernel::KernelConfig config = kernel_with_the_series;
  config.pinnable = kernel::is_pinnable_page;
  config.pinnable_fast = kernel::is_pinnable_page;
  return config;
}();

} // namespace

constinit const Version posting_v2{
    .id = "v2",
    .number = "V2",
    .description = "ZONE_MOVABLE or CMA, also in GUP-fast; the loop as before",
    .source = "second and third posting, 10 and 11 Dec 2020",
    .kernel = the_kernel,
    .gup = {.longterm_loop = pin_then_check},
};

} // namespace gupcheck::history
