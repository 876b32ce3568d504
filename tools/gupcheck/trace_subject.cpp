// SPDX-License-Identifier: GPL-2.0-only
//
// See trace_subject.hpp.
#include "tools/gupcheck/trace_subject.hpp"

#include "model/kernel/mutant_names.hpp"
#include "tools/gupcheck/run.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"

#include <fmt/format.h>

#include <charconv>

namespace gupcheck::tools {

namespace {

// A number among the trace's parameters.
unsigned parameter(const std::string& file, const traces::Counterexample& trace, const std::string& name) {
  const auto found = trace.subject.parameters.find(name);
  if (found == trace.subject.parameters.end())
    throw UsageError(fmt::format("{}: parameters: `{}` is missing", file, name));
  unsigned number = 0;
  const std::string& text = found->second;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number == 0)
    throw UsageError(fmt::format("{}: parameters.{}: must be a whole number above 0", file, name));
  return number;
}

// Traces of the tests that break the modelled kernel on purpose say how.
kernel::Mutant mutant_of(const std::string& file, const traces::Counterexample& trace) {
  const auto found = trace.subject.parameters.find("mutant");
  if (found == trace.subject.parameters.end()) return kernel::Mutant::none;
  if (const kernel::NamedMutant* named = kernel::find_mutant(found->second)) return named->mutant;
  throw UsageError(fmt::format("{}: parameters.mutant: there is no `{}`", file, found->second));
}

} // namespace

TraceSubject subject_of_trace(const std::string& file, const traces::Counterexample& trace) {
  const unsigned threads = parameter(file, trace, "threads");
  const unsigned pages = parameter(file, trace, "pages");
  for (const auto& [name, ignored] : trace.subject.parameters)
    if (name != "threads" && name != "pages" && name != "mutant")
      throw UsageError(fmt::format("{}: parameters: `{}` is unknown", file, name));
  try {
    const checks::ScenarioInfo& scenario = scenario_named(trace.subject.scenario);
    // An empty id means the default elsewhere; a trace must say which kernel it is of.
    require_known("kernel for " + scenario.name, trace.subject.kernel, scenario.kernels);
    checks::ScenarioParameters parameters = parameters_for(scenario, trace.subject.kernel, threads, pages);
    parameters.mutant = mutant_of(file, trace);
    return {&scenario, parameters};
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: {}", file, error.what()));
  }
}

std::unique_ptr<engine::Program> program_of(const std::string& file, const traces::Counterexample& trace) {
  const TraceSubject subject = subject_of_trace(file, trace);
  return subject.scenario->make(subject.parameters);
}

} // namespace gupcheck::tools
