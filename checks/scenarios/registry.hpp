// SPDX-License-Identifier: GPL-2.0-only
//
// The list of everything that can be checked by name: who runs against whom, on which pages.
//
// The command line, the claims and the tests reach scenarios through here only. A ScenarioInfo never changes
// while the process lives, so pointers and references to it stay good. make() may be called with any kernel
// id of `kernels` and any numbers within the bounds; callers check that first.
#pragma once

#include "model/engine/program.hpp"
#include "model/kernel/config.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gupcheck::checks {

struct ScenarioParameters {
  std::string kernel;
  unsigned threads = 0;
  unsigned pages = 0;
  // A deliberate fault of the modelled kernel, for the tests that show that each is caught.
  kernel::Mutant mutant = kernel::Mutant::none;
};

struct ScenarioInfo {
  std::string name;
  std::string summary;                // one line
  std::vector<std::string> kernels{}; // the ids it accepts
  std::string default_kernel{};
  unsigned default_threads = 2, min_threads = 2, max_threads = 2;
  unsigned default_pages = 1, min_pages = 1, max_pages = 1;
  std::vector<std::string> checks{}; // those that it can break; empty: all of check_names()
  std::function<std::unique_ptr<engine::Program>(const ScenarioParameters&)> make{};
};

const std::vector<ScenarioInfo>& scenarios();
// Null when there is none of that name.
const ScenarioInfo* find_scenario(std::string_view name);
// Every check that a scenario or the engine can break, in the order in which a reader wants them.
std::vector<std::string> check_names();

} // namespace gupcheck::checks
