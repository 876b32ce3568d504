// SPDX-License-Identifier: GPL-2.0-only
//
// A long-term pin while an ordinary FOLL_GET reference (ptrace, without FOLL_TOUCH) comes and goes: migration
// finds one reference too many.
#include "checks/scenarios/scenario.hpp"

namespace gupcheck::checks {

namespace {

struct PinVsReference : PinAgainst<PinVsReference> {
  static constexpr const char* other_name = "ptrace";
  void other_thread(unsigned) { gup::access_process_vm(0); }
};

} // namespace

ScenarioInfo pin_vs_reference() {
  return kernel_scenario<PinVsReference>(
      {.name = "pin-vs-reference",
       .summary = "a long-term pin while an ordinary FOLL_GET reference comes and goes",
       .default_threads = 2,
       .min_threads = 2,
       .max_threads = 4,
       .default_pages = 1,
       .min_pages = 1,
       .max_pages = 2});
}

} // namespace gupcheck::checks
