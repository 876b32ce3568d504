// SPDX-License-Identifier: GPL-2.0-only
//
// A long-term pin against reclaim, which isolates pages under the lru_lock, looks at them and gives them
// back.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinVsReclaim : PinAgainst<PinVsReclaim> {
  static constexpr const char* other_name = "reclaim";
  void other_thread(unsigned) { gup::shrink_inactive_list(size().pages); }
};

} // namespace

ScenarioInfo pin_vs_reclaim() {
  return kernel_scenario<PinVsReclaim>({.name = "pin-vs-reclaim",
                                        .summary = "a long-term pin against reclaim's isolation and putback",
                                        .default_threads = 2,
                                        .min_threads = 2,
                                        .max_threads = 4,
                                        .default_pages = 1,
                                        .min_pages = 1,
                                        .max_pages = 2});
}

} // namespace gupcheck::checks
