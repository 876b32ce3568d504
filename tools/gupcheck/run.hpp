// SPDX-License-Identifier: GPL-2.0-only
//
// One run: a scenario with one kernel and size, explored until each check has a verdict or the run stops.
#pragma once

#include "checks/scenarios/registry.hpp"
#include "model/engine/explore.hpp"
#include "traces/counterexample.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gupcheck::tools {

struct RunRequest {
  const checks::ScenarioInfo* scenario = nullptr;
  checks::ScenarioParameters parameters;
  engine::Options options;
  // When a check breaks, go on without it until the rest holds, so that each check gets a verdict of its own.
  bool every_check = false;
};

struct CheckResult {
  std::string name;
  engine::Verdict verdict = engine::Verdict::incomplete;
  std::string message;                         // when broken
  std::optional<traces::Counterexample> trace; // when broken
  std::string trace_file;                      // where the trace was written, if it was
};

struct RunResult {
  RunRequest request;
  engine::Verdict verdict = engine::Verdict::incomplete; // broken if any check is
  // Of the last exploration; seconds and native runs are of all of them, peak memory is the highest.
  engine::Statistics statistics;
  // Why checks are left without a verdict: a limit, `first-broken`, or the check (fault, model-error) after
  // which nothing means anything.
  std::string stopped_by;
  std::vector<CheckResult> checks;
};

// Parameters with the scenario's defaults where `kernel` is empty or a number is 0. Throws UsageError for
// what the scenario does not accept.
checks::ScenarioParameters parameters_for(const checks::ScenarioInfo& scenario, const std::string& kernel,
                                          unsigned threads, unsigned pages);
// The scenario of that name; throws UsageError with the possible ones.
const checks::ScenarioInfo& scenario_named(const std::string& name);

RunResult run(const RunRequest& request);

// `gup-micro, kernel seed, 2 threads, 1 page`
std::string words(const RunRequest& request);

} // namespace gupcheck::tools
