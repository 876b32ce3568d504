// SPDX-License-Identifier: GPL-2.0-only
//
// Tasks long-term pin pages that nobody has touched yet, so that GUP itself has to fault them in.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinUnfaulted : Scenario<PinUnfaulted> {
  static constexpr const char* task_name = "pin";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    add_unmovable_pages(config,
                        wanted.threads * wanted.pages); // so that a fault can lose the race for the pte
  }
  void before() { boot(); }
  void thread(unsigned) { pin_longterm(0, size().pages); }
};

} // namespace

ScenarioInfo pin_unfaulted() {
  return kernel_scenario<PinUnfaulted>({.name = "pin-unfaulted",
                                        .summary = "tasks long-term pin pages that are not there yet",
                                        .default_threads = 2,
                                        .min_threads = 1,
                                        .max_threads = 4,
                                        .default_pages = 1,
                                        .min_pages = 1,
                                        .max_pages = 2});
}

} // namespace gupcheck::checks
