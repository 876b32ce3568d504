// SPDX-License-Identifier: GPL-2.0-only
//
// GUP-fast against migration: a lockless pin that races with move_pages(2), with nothing but the second look
// at the pte between them.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct FastPinVsMovePages : Scenario<FastPinVsMovePages> {
  void thread(unsigned index) {
    if (index == 0) {
      pin_fast(0, size().pages);
    } else {
      gup::move_pages(0, size().pages);
    }
  }
  std::string thread_name(unsigned index) const {
    return index == 0 ? "fast-pin" : "move_pages" + (size().threads > 2 ? "-" + std::to_string(index) : "");
  }
};

} // namespace

ScenarioInfo fast_pin_vs_move_pages() {
  return kernel_scenario<FastPinVsMovePages>(
      {.name = "fast-pin-vs-move-pages",
       .summary = "a GUP-fast pin (not long-term) against move_pages(2) of the same pages",
       .default_threads = 2,
       .min_threads = 2,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
