// SPDX-License-Identifier: GPL-2.0-only
//
// A long-term pin against move_pages(2) of the same pages: two isolators of different kinds.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinVsMovePages : PinAgainst<PinVsMovePages> {
  static constexpr const char* other_name = "move_pages";
  void other_thread(unsigned) { gup::move_pages(0, size().pages); }
};

} // namespace

ScenarioInfo pin_vs_move_pages() {
  return kernel_scenario<PinVsMovePages>(
      {.name = "pin-vs-move-pages",
       .summary = "a long-term pin against move_pages(2) of the same pages",
       .default_threads = 2,
       .min_threads = 2,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
