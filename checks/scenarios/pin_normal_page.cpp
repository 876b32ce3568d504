// SPDX-License-Identifier: GPL-2.0-only
//
// Message 13: a long-term pin of a page that may be pinned, in ZONE_NORMAL, but in a MIGRATE_MOVABLE block as
// most of ZONE_NORMAL is. Migration targets lie in such blocks, too, when no other is left.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinNormalPage : Scenario<PinNormalPage> {
  static constexpr const char* task_name = "pin";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    config.add_pages(2 * wanted.pages, kernel::ZONE_NORMAL, kernel::MIGRATE_MOVABLE);
  }
  void thread(unsigned) { pin_longterm(0, size().pages); }
};

} // namespace

ScenarioInfo pin_normal_page() {
  return kernel_scenario<PinNormalPage>(
      {.name = "pin-normal-page",
       .summary = "a long-term pin of a ZONE_NORMAL page in a MIGRATE_MOVABLE pageblock (message 13)",
       .default_threads = 1,
       .min_threads = 1,
       .max_threads = 3,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
