// SPDX-License-Identifier: GPL-2.0-only
//
// A long-term pin of pages that are still in another CPU's lru_add batch, which that CPU may drain at any
// time.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinPageInBatch : PinAgainst<PinPageInBatch> {
  static constexpr const char* other_name = "drain";
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    Scenario::lay_out(config, wanted);
    config.batch_size = wanted.pages + 1; // a full batch would be drained at once
  }
  void before() {
    boot();
    for (unsigned page = 0; page < size().pages; ++page) kernel::map_page_in_batch(page, page, 1);
  }
  void other_thread(unsigned) { kernel::lru_add_drain(); }
};

} // namespace

ScenarioInfo pin_page_in_batch() {
  return kernel_scenario<PinPageInBatch>(
      {.name = "pin-page-in-batch",
       .summary = "a long-term pin of pages that are still in another CPU's lru_add batch",
       .default_threads = 2,
       .min_threads = 2,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
