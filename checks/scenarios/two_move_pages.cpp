// SPDX-License-Identifier: GPL-2.0-only
//
// Message 8: the same race as in message 6, but between two move_pages(2).
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct TwoMovePages : Scenario<TwoMovePages> {
  static constexpr const char* task_name = "move_pages";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    add_pages_to_migrate(config, wanted.pages);
    // Where they go: a target for everybody at the same time.
    config.add_pages(wanted.threads * wanted.pages, kernel::ZONE_MOVABLE, kernel::MIGRATE_MOVABLE);
  }
  void thread(unsigned) { gup::move_pages(0, size().pages); }
};

} // namespace

ScenarioInfo two_move_pages() {
  return kernel_scenario<TwoMovePages>(
      {.name = "two-move-pages",
       .summary = "move_pages(2) against move_pages(2) of the same pages (message 8)",
       .default_threads = 2,
       .min_threads = 2,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
