// SPDX-License-Identifier: GPL-2.0-only
//
// The scenarios in the order in which they are listed, and the names of the checks. See registry.hpp.
#include "checks/scenarios/registry.hpp"

#include "checks/promises.hpp"
#include "checks/scenarios/gup_micro.hpp"
#include "checks/scenarios/scenario.hpp"

#include <algorithm>

namespace gupcheck::checks {

const std::vector<ScenarioInfo>& scenarios() {
  static const std::vector<ScenarioInfo> all{
      concurrent_pins(),   overlapping_pins(),       pin_vs_move_pages(), two_move_pages(),
      pin_vs_reclaim(),    pin_page_in_batch(),      pin_vs_reference(),  pin_unfaulted(),
      fast_pin(),          fast_pin_vs_move_pages(), pin_normal_page(),   pin_cma_page(),
      pin_alloc_failure(), pin_until_success(),      pin_off_lru(),       gup_micro_scenario(),
  };
  return all;
}

const ScenarioInfo* find_scenario(std::string_view name) {
  const auto found = std::find_if(scenarios().begin(), scenarios().end(),
                                  [name](const ScenarioInfo& scenario) { return scenario.name == name; });
  return found == scenarios().end() ? nullptr : &*found;
}

std::vector<std::string> check_names() {
  std::vector<std::string> names;
  for (const Promise& promise : promises()) names.emplace_back(promise.check->name);
  return names;
}

} // namespace gupcheck::checks
