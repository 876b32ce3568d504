// SPDX-License-Identifier: GPL-2.0-only
//
// What a stored trace is of: the scenario and its parameters, and the program that they make.
//
// `file` names the trace in messages; what a trace says and this gupcheck does not know is a UsageError.
#pragma once

#include "checks/scenarios/registry.hpp"
#include "traces/counterexample.hpp"

#include <memory>
#include <string>

namespace gupcheck::tools {

struct TraceSubject {
  const checks::ScenarioInfo* scenario;
  checks::ScenarioParameters parameters;
};
TraceSubject subject_of_trace(const std::string& file, const traces::Counterexample& trace);

std::unique_ptr<engine::Program> program_of(const std::string& file, const traces::Counterexample& trace);

} // namespace gupcheck::tools
