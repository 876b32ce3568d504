// SPDX-License-Identifier: GPL-2.0-only
//
// Message 6: tasks long-term pin the same pages, all under the mmap read lock.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct ConcurrentPins : Scenario<ConcurrentPins> {
  static constexpr const char* task_name = "pin";
  void thread(unsigned) { pin_longterm(0, size().pages); }
};

} // namespace

ScenarioInfo concurrent_pins() {
  return kernel_scenario<ConcurrentPins>(
      {.name = "concurrent-pins",
       .summary = "tasks long-term pin the same pages under the mmap read lock (message 6)",
       .default_threads = 2,
       .min_threads = 1,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 3});
}

} // namespace gupcheck::checks
