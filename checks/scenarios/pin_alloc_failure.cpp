// SPDX-License-Identifier: GPL-2.0-only
//
// A long-term pin when there may be no memory for the migration: each allocation of a target may fail.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinAllocFailure : Scenario<PinAllocFailure> {
  static constexpr const char* task_name = "pin";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    Scenario::lay_out(config, wanted);
    config.alloc_failure = kernel::AllocFailure::migration_target;
  }
  void thread(unsigned) { pin_longterm(0, size().pages); }
};

} // namespace

ScenarioInfo pin_alloc_failure() {
  return kernel_scenario<PinAllocFailure>(
      {.name = "pin-alloc-failure",
       .summary = "a long-term pin when allocating the migration target may fail",
       .default_threads = 1,
       .min_threads = 1,
       .max_threads = 3,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
