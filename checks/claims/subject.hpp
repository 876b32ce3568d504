// SPDX-License-Identifier: GPL-2.0-only
//
// What a trace says that it is of: a scenario with its parameters, in the form that trace replay reads back.
#pragma once

#include "checks/scenarios/registry.hpp"
#include "traces/counterexample.hpp"

#include <string>

namespace gupcheck::checks {

traces::Subject subject_of(const std::string& scenario, const ScenarioParameters& parameters);

} // namespace gupcheck::checks
