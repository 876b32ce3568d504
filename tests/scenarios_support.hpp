// SPDX-License-Identifier: GPL-2.0-only
//
// Scenarios by name for tests: one is made, explored, and summed up as the set of checks that break.
#pragma once

#include "checks/claims/claims.hpp"
#include "model/kernel/mutant_names.hpp"

#include <chrono>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace gupcheck::tests {

// A scenario, the version of the loop that runs in it, and its size.
struct Setting {
  std::string scenario;
  std::string kernel;
  unsigned threads = 0;
  unsigned pages = 0;
  kernel::Mutant mutant = kernel::Mutant::none;

  checks::ScenarioParameters parameters() const {
    return {.kernel = kernel, .threads = threads, .pages = pages, .mutant = mutant};
  }
};

inline std::ostream& operator<<(std::ostream& out, const Setting& setting) {
  out << setting.scenario << " " << setting.kernel << " " << setting.threads << "x" << setting.pages;
  if (setting.mutant != kernel::Mutant::none) out << " " << kernel::name_of(setting.mutant);
  return out;
}

inline const checks::ScenarioInfo& scenario_named(const std::string& name) {
  const checks::ScenarioInfo* const found = checks::find_scenario(name);
  if (found == nullptr) throw std::invalid_argument("no scenario is called " + name);
  return *found;
}

inline engine::Result explore(const Setting& setting, engine::Options options) {
  options.shortest = false;
  options.timeout = std::chrono::seconds(100);
  return engine::explore(*scenario_named(setting.scenario).make(setting.parameters()), options);
}

// With all checks left out but this one (and those of the model itself), as a claim is put to the test: the
// check that breaks, or "holds", or "incomplete".
inline std::string outcome_of_check(const Setting& setting, const std::string& check) {
  engine::Options options;
  options.shortest = false;
  options.timeout = std::chrono::seconds(100);
  const engine::Result result =
      checks::Explorations(options)
          .explore({.scenario = setting.scenario, .parameters = setting.parameters(), .promises = {check}})
          .result;
  if (result.violation) return result.violation->check;
  return result.verdict == engine::Verdict::holds ? "holds" : "incomplete";
}

// What happens after the model itself went wrong means nothing.
inline bool is_end_of_model(const std::string& check) {
  return check == engine::fault.name || check == engine::model_error.name;
}

// Each run but the last breaks a check, which is left out of the next one. The last one is complete, unless
// the model went wrong.
struct Runs {
  std::vector<std::string> broken;
  std::vector<engine::Statistics> statistics; // of each run

  bool model_went_wrong() const { return !broken.empty() && is_end_of_model(broken.back()); }
  std::set<std::string> broken_checks() const { return {broken.begin(), broken.end()}; }
};

inline Runs run_until_complete(const Setting& setting, engine::Options options) {
  Runs runs;
  for (;;) {
    const engine::Result result = explore(setting, options);
    runs.statistics.push_back(result.statistics);
    if (result.verdict == engine::Verdict::incomplete) {
      runs.broken.push_back("incomplete: " + result.stopped_by);
      return runs;
    }
    if (result.verdict == engine::Verdict::holds) return runs;
    runs.broken.push_back(result.violation.value().check);
    if (runs.model_went_wrong()) return runs;
    options.without.push_back(runs.broken.back());
  }
}

// Every scenario of the modelled kernel at its default size.
inline std::vector<Setting> default_settings(const std::string& kernel) {
  std::vector<Setting> settings;
  for (const checks::ScenarioInfo& scenario : checks::scenarios())
    for (const std::string& accepted : scenario.kernels)
      if (accepted == kernel)
        settings.push_back({.scenario = scenario.name,
                            .kernel = kernel,
                            .threads = scenario.default_threads,
                            .pages = scenario.default_pages});
  return settings;
}

// Every id that some scenario accepts, those of gup-micro among them.
inline std::vector<std::string> all_kernels() {
  std::vector<std::string> kernels;
  std::set<std::string> seen;
  for (const checks::ScenarioInfo& scenario : checks::scenarios())
    for (const std::string& kernel : scenario.kernels)
      if (seen.insert(kernel).second) kernels.push_back(kernel);
  return kernels;
}

// An id as the name of a test: letters, digits and underscores.
inline std::string as_test_name(std::string id) {
  for (char& character : id)
    if (character == '.' || character == '-' || character == ' ' || character == ',') character = '_';
  return id;
}

} // namespace gupcheck::tests
