// SPDX-License-Identifier: GPL-2.0-only
//
// See results.hpp.
#include "tools/gupcheck/results.hpp"

#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/report.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/trace_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>

namespace gupcheck::tools {

namespace {

using engine::Verdict;

void write_traces(RunResult& result, const std::string& directory) {
  const checks::ScenarioParameters& parameters = result.request.parameters;
  for (CheckResult& check : result.checks) {
    if (!check.trace) continue;
    const std::string stem = (std::filesystem::path(directory) /
                              fmt::format("{}-{}-{}x{}-{}", result.request.scenario->name, parameters.kernel,
                                          parameters.threads, parameters.pages, check.name))
                                 .string();
    write_trace_files(stem, *check.trace);
    check.trace_file = stem + ".json";
  }
}

int status_of(const std::vector<RunResult>& results) {
  const auto any = [&results](Verdict verdict) {
    return std::any_of(results.begin(), results.end(),
                       [verdict](const auto& result) { return result.verdict == verdict; });
  };
  if (any(Verdict::broken)) return exit_broken;
  return any(Verdict::incomplete) ? exit_incomplete : exit_expected;
}

} // namespace

void add_result_options(CLI::App& command, ResultFiles& files) {
  command.add_option("--json", files.json, "Write the results as JSON; - is stdout, then nothing else is")
      ->check(not_empty);
  command.add_option("--junit", files.junit, "Write the results as JUnit XML; - as above")->check(not_empty);
  command.add_option("--traces", files.traces, "Write counterexamples into this directory")->check(not_empty);
}

void require_writable(const ResultFiles& files, const std::vector<std::string>& others) {
  if (files.json == "-" && files.junit == "-")
    throw UsageError("--json and --junit cannot both be written to stdout");
  if (is_same_file(files.json, files.junit))
    throw UsageError(fmt::format("{}: --json and --junit need two files", files.json));
  for (const std::string& other : others)
    for (const std::string& file : {files.json, files.junit})
      if (is_same_file(file, other))
        throw UsageError(fmt::format("{}: is the checkpoint; write results to another file", file));
  if (!files.json.empty()) require_writable(files.json);
  if (!files.junit.empty()) require_writable(files.junit);
  if (!files.traces.empty()) require_directory(files.traces);
}

int run_and_report(std::vector<RunRequest> requests, const ResultFiles& files) {
  const std::atomic<bool>& interrupted = catch_interrupts();
  const bool to_stdout = files.json != "-" && files.junit != "-";
  const bool colour = colour_on_stdout();
  std::vector<RunResult> results;
  std::exception_ptr no_traces;
  for (RunRequest& request : requests) {
    request.options.interrupted = &interrupted;
    RunResult result = run(request);
    try {
      if (!files.traces.empty()) write_traces(result, files.traces);
    } catch (const UsageError&) { // what was found is still told
      no_traces = std::current_exception();
    }
    if (to_stdout) print((results.empty() ? "" : "\n") + report_text(result, colour));
    results.push_back(std::move(result));
    if (no_traces) break;
  }
  if (!files.json.empty()) write_output(files.json, report_json(results));
  if (!files.junit.empty()) write_output(files.junit, report_junit(results));
  if (no_traces) std::rethrow_exception(no_traces);
  return status_of(results);
}

} // namespace gupcheck::tools
