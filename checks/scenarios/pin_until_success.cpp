// SPDX-License-Identifier: GPL-2.0-only
//
// A driver that does not take an error for an answer: it repeats its long-term pin until it has its pages.
// With nobody in the way it gets them; a version that never succeeds goes round for ever.
//
// Two of these can go round for ever under any version that reports failed migrations: the pin of one is the
// reference too many that fails the migration of the other, which has the page isolated meanwhile.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinUntilSuccess : Scenario<PinUntilSuccess> {
  static constexpr const char* task_name = "pin";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    add_pages_to_migrate(config, wanted.pages);
    // So many that no pin fails for want of memory: a target for each task, and a page for a fault meanwhile.
    add_unmovable_pages(config, (wanted.threads + 1) * wanted.pages);
  }
  void thread(unsigned) {
    kernel::Page* pages[kernel::max_virtual_pages] = {};
    long pinned = 0;
    do {
      pinned = gup::io_pin_pages(0, size().pages, pages);
    } while (pinned < 0);
    require_placement(pages, pinned);
    gup::finish_dma(0, pages, pinned);
  }
};

} // namespace

ScenarioInfo pin_until_success() {
  return kernel_scenario<PinUntilSuccess>({.name = "pin-until-success",
                                           .summary = "a long-term pin that is repeated until it succeeds",
                                           .default_threads = 1,
                                           .min_threads = 1,
                                           .max_threads = 3,
                                           .default_pages = 1,
                                           .min_pages = 1,
                                           .max_pages = 2});
}

} // namespace gupcheck::checks
