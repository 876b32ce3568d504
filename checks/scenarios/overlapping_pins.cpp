// SPDX-License-Identifier: GPL-2.0-only
//
// Message 15, "partial isolation": tasks long-term pin ranges that overlap. With three pages [0,2) and [1,3),
// with two [0,2) and [1,2).
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct OverlappingPins : Scenario<OverlappingPins> {
  static constexpr const char* task_name = "pin";
  void thread(unsigned index) {
    const unsigned start = index % size().pages;
    const unsigned end = index == 0 && size().pages > 2 ? size().pages - 1 : size().pages;
    pin_longterm(start, static_cast<long>(end - start));
  }
};

} // namespace

ScenarioInfo overlapping_pins() {
  return kernel_scenario<OverlappingPins>(
      {.name = "overlapping-pins",
       .summary = "tasks long-term pin ranges of pages that overlap (message 15)",
       .default_threads = 2,
       .min_threads = 2,
       .max_threads = 4,
       .default_pages = 2,
       .min_pages = 2,
       .max_pages = 3});
}

} // namespace gupcheck::checks
