// SPDX-License-Identifier: GPL-2.0-only
//
// Explores, records the counterexample, and goes on without the broken check where that is asked for.
#include "tools/gupcheck/run.hpp"

#include "checks/claims/subject.hpp"
#include "tools/gupcheck/progress.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "traces/record.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

namespace gupcheck::tools {

namespace {

using engine::Verdict;

unsigned number_for(const checks::ScenarioInfo& scenario, std::string_view what, unsigned asked,
                    unsigned usual, unsigned least, unsigned most) {
  if (asked == 0) return usual;
  if (asked < least || asked > most)
    throw UsageError(
        least == most ? fmt::format("{} has {} {}, not {}", scenario.name, least, what, asked)
                      : fmt::format("{} takes {} to {} {}, not {}", scenario.name, least, most, what, asked));
  return asked;
}

std::vector<CheckResult> undecided_checks(const checks::ScenarioInfo& scenario,
                                          const std::vector<std::string>& without) {
  std::vector<CheckResult> checks;
  for (const std::string& name : scenario.checks.empty() ? checks::check_names() : scenario.checks)
    if (std::find(without.begin(), without.end(), name) == without.end())
      checks.push_back(
          {.name = name, .verdict = Verdict::incomplete, .message = {}, .trace = {}, .trace_file = {}});
  return checks;
}

CheckResult& check_named(std::vector<CheckResult>& checks, const std::string& name) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [&name](const auto& check) { return check.name == name; });
  if (found != checks.end()) return *found;
  checks.push_back(
      {.name = name, .verdict = Verdict::incomplete, .message = {}, .trace = {}, .trace_file = {}});
  return checks.back();
}

void add_up(engine::Statistics& all, const engine::Statistics& last) {
  const engine::Statistics before = all;
  all = last;
  all.seconds += before.seconds;
  all.native_runs += before.native_runs;
  all.peak_memory_bytes = std::max(all.peak_memory_bytes, before.peak_memory_bytes);
  all.omission_probability = std::max(all.omission_probability, before.omission_probability);
}

} // namespace

const checks::ScenarioInfo& scenario_named(const std::string& name) {
  if (const checks::ScenarioInfo* scenario = checks::find_scenario(name)) return *scenario;
  std::vector<std::string> names;
  for (const checks::ScenarioInfo& scenario : checks::scenarios()) names.push_back(scenario.name);
  throw UsageError(unknown_name("scenario", name, names));
}

checks::ScenarioParameters parameters_for(const checks::ScenarioInfo& scenario, const std::string& kernel,
                                          unsigned threads, unsigned pages) {
  checks::ScenarioParameters parameters;
  parameters.kernel = kernel.empty() ? scenario.default_kernel : kernel;
  require_known("kernel for " + scenario.name, parameters.kernel, scenario.kernels);
  parameters.threads = number_for(scenario, "threads", threads, scenario.default_threads,
                                  scenario.min_threads, scenario.max_threads);
  parameters.pages =
      number_for(scenario, "pages", pages, scenario.default_pages, scenario.min_pages, scenario.max_pages);
  return parameters;
}

std::string words(const RunRequest& request) {
  const checks::ScenarioParameters& of = request.parameters;
  return fmt::format("{}, kernel {}, {} thread{}, {} page{}", request.scenario->name, of.kernel, of.threads,
                     of.threads == 1 ? "" : "s", of.pages, of.pages == 1 ? "" : "s");
}

RunResult run(const RunRequest& request) {
  RunResult result{.request = request,
                   .verdict = Verdict::incomplete,
                   .statistics = {},
                   .stopped_by = {},
                   .checks = undecided_checks(*request.scenario, request.options.without)};
  const traces::Subject subject = checks::subject_of(request.scenario->name, request.parameters);
  engine::Options options = request.options;
  ProgressLine line(words(request));
  options.progress = line.callback();
  bool has_checkpoint =
      !options.checkpoints.file.empty() && options.checkpoints.file == options.checkpoints.resume_from;
  options.checkpoints.written = [&](const engine::CheckpointReport& report) {
    has_checkpoint = true;
    if (!report.lengthened) return;
    line.erase();
    spdlog::info("{}: writing it took {}, so the next checkpoint is in {}", options.checkpoints.file,
                 duration_words(report.seconds), duration_words(report.next_interval));
  };
  bool any_broken = false;
  for (;;) {
    const std::unique_ptr<engine::Program> program = request.scenario->make(request.parameters);
    if (any_broken)
      options.timeout = request.options.timeout - std::chrono::duration<double>(result.statistics.seconds);
    const engine::Result found = engine::explore(*program, options);
    add_up(result.statistics, found.statistics);
    result.stopped_by = found.stopped_by;
    if (found.verdict != Verdict::broken) {
      if (found.verdict == Verdict::holds)
        for (CheckResult& check : result.checks)
          if (check.verdict == Verdict::incomplete) check.verdict = Verdict::holds;
      result.verdict = any_broken ? Verdict::broken : found.verdict;
      if (result.verdict == Verdict::incomplete && !options.checkpoints.file.empty()) {
        line.erase();
        if (has_checkpoint) {
          spdlog::info("gupcheck resume {} goes on with it", options.checkpoints.file);
        } else {
          spdlog::info("{}: there is no checkpoint: the run did not come far enough",
                       options.checkpoints.file);
        }
      }
      return result;
    }
    const engine::Violation& violation = found.violation.value();
    CheckResult& check = check_named(result.checks, violation.check);
    if (check.verdict == Verdict::broken)
      throw std::runtime_error(
          fmt::format("{}: {} breaks although it is left out", words(request), check.name));
    check.verdict = Verdict::broken;
    check.message = violation.message;
    check.trace = traces::record(*program, options, subject, violation);
    any_broken = true;
    // What happens after the model itself went wrong means nothing.
    const bool model_is_wrong = check.name == engine::model_error.name || check.name == engine::fault.name;
    if (!request.every_check || model_is_wrong) {
      result.verdict = Verdict::broken;
      result.stopped_by = request.every_check ? check.name : "first-broken";
      return result;
    }
    options.without.push_back(violation.check);
  }
}

} // namespace gupcheck::tools
