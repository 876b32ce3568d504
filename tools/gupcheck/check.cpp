// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck check: explores scenarios and reports a verdict for each.
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/request_options.hpp"
#include "tools/gupcheck/results.hpp"
#include "tools/gupcheck/saved_request.hpp"
#include "tools/gupcheck/status.hpp"

#include <memory>

namespace gupcheck::tools {

namespace {

// The options as they were typed.
struct Arguments {
  std::vector<std::string> scenarios;
  SubjectArguments subject;
  LimitArguments limits;
  bool first = false;
  bool all = false;
  std::string engine = "memo";
  bool no_quotient = false;
  bool no_reduction = false;
  bool no_transactions = false;
  bool no_sleep_sets = false;
  bool no_symmetry = false;
  std::string spill;
  std::string search = "bfs";
  CheckpointArguments checkpoints;
  ResultFiles results;
};

engine::Options options_of(const Arguments& arguments) {
  engine::Options options;
  options.executor = enum_of<engine::Executor>("--engine", arguments.engine);
  options.order = enum_of<engine::SearchOrder>("--search", arguments.search);
  options.quotient = !arguments.no_quotient;
  options.transactions = !arguments.no_transactions && !arguments.no_reduction;
  options.sleep_sets = !arguments.no_sleep_sets && !arguments.no_reduction;
  options.symmetry = !arguments.no_symmetry && !arguments.no_reduction;
  options.spill_directory = arguments.spill;
  set_options(options, arguments.subject);
  set_options(options, arguments.limits);
  return options;
}

// Everything that can be wrong is found before the first run.
std::vector<RunRequest> requests_of(const Arguments& arguments) {
  const engine::Options options = options_of(arguments);
  std::vector<RunRequest> requests;
  for (const std::string& name : arguments.scenarios) {
    const checks::ScenarioInfo& scenario = scenario_named(name);
    requests.push_back({.scenario = &scenario,
                        .parameters = parameters_for(scenario, arguments.subject.kernel,
                                                     arguments.subject.threads, arguments.subject.pages),
                        .options = options,
                        .every_check = arguments.all});
  }
  if (!arguments.checkpoints.file.empty() && requests.size() > 1)
    throw UsageError("--checkpoint is for one scenario at a time");
  for (RunRequest& request : requests) set_checkpoints(request, arguments.checkpoints);
  require_writable(arguments.results, {arguments.checkpoints.file});
  return requests;
}

void add_what(CLI::App& command, Arguments& arguments) {
  command.add_option("SCENARIO", arguments.scenarios, "Scenarios (see gupcheck list)")->required();
  add_subject_options(command, arguments.subject);
  CLI::Option* first =
      command.add_flag("--first", arguments.first, "Stop at the first broken check (default)");
  command.add_flag("--all", arguments.all, "Go on until each check has a verdict of its own")
      ->excludes(first);
}

void add_how(CLI::App& command, Arguments& arguments) {
  add_limit_options(command, arguments.limits);
  command
      .add_option("--spill", arguments.spill,
                  "Write states that wait to be expanded into this directory when --max-memory is reached")
      ->check(not_empty);
  command.add_option("--engine", arguments.engine, "memo, or raw (slow: native code for each step)")
      ->capture_default_str();
  command.add_flag("--no-quotient", arguments.no_quotient, "Do not merge local states that behave alike");
  command.add_flag("--no-transactions", arguments.no_transactions,
                   "Every step is an interleaving point, also where it commutes with all others");
  command.add_flag("--no-sleep-sets", arguments.no_sleep_sets,
                   "Explore all orders of transactions that commute (as is done anyway for livelock and\n"
                   "starvation)");
  command.add_flag("--no-symmetry", arguments.no_symmetry, "Tell threads of the same function apart");
  command.add_flag("--no-reduction", arguments.no_reduction,
                   "All three: no transactions, no sleep sets, no symmetry");
  command
      .add_option("--search", arguments.search, "bfs, or dfs (one core; may find a counterexample sooner)")
      ->capture_default_str();
}

} // namespace

void add_check_command(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("check", "Explore scenarios: a verdict, or the shortest counterexample");
  const auto arguments = std::make_shared<Arguments>();
  add_what(*command, *arguments);
  add_how(*command, *arguments);
  add_checkpoint_options(*command, arguments->checkpoints,
                         "Leave what `gupcheck resume` needs in this file, every minute and when stopped;\n"
                         "it is yours to remove when the run has ended");
  add_result_options(*command, arguments->results);
  command->final_callback(
      [arguments, &status] { status = run_and_report(requests_of(*arguments), arguments->results); });
}

} // namespace gupcheck::tools
