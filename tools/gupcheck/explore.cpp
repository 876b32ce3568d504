// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck explore: going through a scenario by hand, on a screen or driven by a program.
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/explore_pipe.hpp"
#include "tools/gupcheck/explore_terminal.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/request_options.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/trace_subject.hpp"
#include "traces/json.hpp"
#include "traces/replay.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace gupcheck::tools {

namespace {

// The options as they were typed.
struct Arguments {
  std::string what; // a scenario, or a trace
  std::string from;
  bool pipe = false;
  SubjectArguments subject;
  LimitArguments limits;
  std::vector<const CLI::Option*> of_scenario; // options that a trace answers itself
};

bool is_trace(const std::string& name) {
  std::error_code ignored;
  return checks::find_scenario(name) == nullptr &&
         (name.ends_with(".json") || name.find('/') != std::string::npos ||
          std::filesystem::exists(name, ignored));
}

// The trace to start from, or nothing.
std::string trace_file_of(const Arguments& arguments) {
  if (arguments.what.empty() && arguments.from.empty())
    throw UsageError("explore: SCENARIO or --from TRACE is required (gupcheck explore --help)");
  if (!arguments.what.empty() && !arguments.from.empty())
    throw UsageError(fmt::format("--from {} says which scenario it is; `{}` is one too many", arguments.from,
                                 arguments.what));
  std::string file = is_trace(arguments.what) ? arguments.what : arguments.from;
  if (file.empty()) return file;
  for (const CLI::Option* option : arguments.of_scenario)
    if (option->count() != 0)
      throw UsageError(fmt::format("{} means nothing with a trace: {} says it", option->get_name(), file));
  return file;
}

std::unique_ptr<ExploreSession> session_of_trace(const std::string& file, RunRequest request) {
  const traces::Counterexample trace = traces::read_trace(file);
  const TraceSubject subject = subject_of_trace(file, trace);
  request.scenario = subject.scenario;
  request.parameters = subject.parameters;
  const engine::Options meant = traces::replay_options(trace);
  request.options.fairness = meant.fairness;
  request.options.locks = meant.locks;
  request.options.without = meant.without;
  try {
    traces::replay(*subject.scenario->make(subject.parameters), trace);
  } catch (const traces::Divergence& divergence) {
    spdlog::warn("{}: no longer followed: {}", file, divergence.what());
  }
  return std::make_unique<ExploreSession>(std::move(request), trace);
}

std::unique_ptr<ExploreSession> session_of(const Arguments& arguments) {
  RunRequest request;
  set_options(request.options, arguments.subject);
  set_options(request.options, arguments.limits);
  request.options.interrupted = &catch_interrupts();
  if (const std::string file = trace_file_of(arguments); !file.empty())
    return session_of_trace(file, std::move(request));
  request.scenario = &scenario_named(arguments.what);
  request.parameters = parameters_for(*request.scenario, arguments.subject.kernel, arguments.subject.threads,
                                      arguments.subject.pages);
  return std::make_unique<ExploreSession>(std::move(request));
}

int explore(const Arguments& arguments) {
  const std::unique_ptr<ExploreSession> session = session_of(arguments);
  if (arguments.pipe || !is_screen()) {
    explore_at_pipe(*session);
  } else {
    explore_at_terminal(*session);
  }
  return exit_expected;
}

} // namespace

void add_explore_command(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("explore", "Go through a scenario or a trace by hand, step by step");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("SCENARIO", arguments->what, "A scenario (see gupcheck list), or a trace file");
  command->add_option("--from", arguments->from, "Start with the steps of this trace ahead")
      ->check(not_empty);
  add_subject_options(*command, arguments->subject);
  for (const char* name :
       {"--kernel", "--threads", "--pages", "--memory", "--fairness", "--locks", "--without"})
    arguments->of_scenario.push_back(command->get_option(name));
  add_limit_options(*command, arguments->limits);
  command->add_flag("--pipe", arguments->pipe,
                    "Commands on stdin, JSON lines on stdout, even if both are a terminal");
  command->footer(
      "On a terminal: press ? for the keys. Elsewhere: `help` lists the commands (docs/explore.md).\n"
      "The limits are for each search (`finish`). Exit status: 0; 2 for wrong usage.");
  command->final_callback([arguments, &status] { status = explore(*arguments); });
}

} // namespace gupcheck::tools
