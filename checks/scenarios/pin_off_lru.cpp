// SPDX-License-Identifier: GPL-2.0-only
//
// A long-term pin of a page that is never on an LRU list (a driver's fault handler mapped it): no version can
// isolate it.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinOffLru : Scenario<PinOffLru> {
  static constexpr const char* task_name = "pin";
  void before() {
    boot();
    kernel::map_page_off_lru(0, 0);
  }
  void thread(unsigned) { pin_longterm(0, 1); }
  void after() {
    kernel::verify_references();
    kernel::verify_lru(0);
    kernel::verify_lists();
    kernel::verify_quiescent();
  }
};

} // namespace

ScenarioInfo pin_off_lru() {
  return kernel_scenario<PinOffLru>({.name = "pin-off-lru",
                                     .summary = "a long-term pin of a page that is never on an LRU list",
                                     .default_threads = 1,
                                     .min_threads = 1,
                                     .max_threads = 3,
                                     .default_pages = 1,
                                     .min_pages = 1,
                                     .max_pages = 1});
}

} // namespace gupcheck::checks
