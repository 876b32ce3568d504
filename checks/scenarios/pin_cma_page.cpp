// SPDX-License-Identifier: GPL-2.0-only
//
// Message 16: a long-term pin of a CMA page, which lies in ZONE_NORMAL, so that a test for ZONE_MOVABLE alone
// (or for both, message 13) does not see it.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinCmaPage : Scenario<PinCmaPage> {
  static constexpr const char* task_name = "pin";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    config.add_pages(wanted.pages, kernel::ZONE_NORMAL, kernel::MIGRATE_CMA);
    add_unmovable_pages(config, wanted.pages + 1);
  }
  void thread(unsigned) { pin_longterm(0, size().pages); }
};

} // namespace

ScenarioInfo pin_cma_page() {
  return kernel_scenario<PinCmaPage>({.name = "pin-cma-page",
                                      .summary = "a long-term pin of a CMA page in ZONE_NORMAL (message 16)",
                                      .default_threads = 1,
                                      .min_threads = 1,
                                      .max_threads = 3,
                                      .default_pages = 1,
                                      .min_pages = 1,
                                      .max_pages = 2});
}

} // namespace gupcheck::checks
