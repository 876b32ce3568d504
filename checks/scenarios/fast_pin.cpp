// SPDX-License-Identifier: GPL-2.0-only
//
// Messages 1 and 4: long-term pins through GUP-fast, which has to ask the same question as the slow path.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct FastPin : Scenario<FastPin> {
  static constexpr const char* task_name = "fast-pin";
  void thread(unsigned) { pin_longterm_fast(0, size().pages); }
};

} // namespace

ScenarioInfo fast_pin() {
  return kernel_scenario<FastPin>(
      {.name = "fast-pin",
       .summary = "tasks long-term pin the same pages through GUP-fast (messages 1 and 4)",
       .default_threads = 2,
       .min_threads = 1,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
