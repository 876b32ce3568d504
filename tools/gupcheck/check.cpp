// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck check: explores scenarios and reports a verdict for each.
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/results.hpp"
#include "tools/gupcheck/saved_request.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "traces/enum_names.hpp"

#include <algorithm>
#include <memory>

namespace gupcheck::tools {

namespace {

// The options as they were typed.
struct Arguments {
  std::vector<std::string> scenarios;
  std::string kernel;
  unsigned threads = 0; // 0: the scenario's default
  unsigned pages = 0;
  std::string memory = "sc";
  unsigned jobs = 1;
  bool first = false;
  bool all = false;
  std::uint64_t max_states = 0; // 0: no limit, as for the others
  std::string max_memory;
  std::string timeout;
  std::string fairness = "strong";
  std::string locks = "unfair";
  std::string engine = "memo";
  bool no_quotient = false;
  bool no_reduction = false;
  bool no_transactions = false;
  bool sleep_sets = false;
  bool no_symmetry = false;
  std::string spill;
  std::vector<std::string> without;
  std::string search = "bfs";
  CheckpointArguments checkpoints;
  ResultFiles results;
};

template <class Enum> Enum enum_of(const std::string& option, const std::string& name) {
  const auto& names = traces::enum_names<Enum>;
  require_known(option, name, std::vector<std::string>(names.begin(), names.end()));
  return traces::named<Enum>(name).value();
}

std::vector<std::string> checks_to_leave_out(const std::vector<std::string>& names) {
  std::vector<std::string> without;
  for (const std::string& name : names) {
    require_known("check", name, checks::check_names());
    if (name == engine::fault.name || name == engine::model_error.name)
      throw UsageError(fmt::format("--without {}: what follows a {} means nothing, so it is always looked at",
                                   name, name));
    if (std::find(without.begin(), without.end(), name) == without.end()) without.push_back(name);
  }
  return without;
}

engine::Options options_of(const Arguments& arguments) {
  engine::Options options;
  options.executor = enum_of<engine::Executor>("--engine", arguments.engine);
  options.order = enum_of<engine::SearchOrder>("--search", arguments.search);
  options.fairness = enum_of<engine::Fairness>("--fairness", arguments.fairness);
  options.locks = enum_of<engine::Locks>("--locks", arguments.locks);
  options.quotient = !arguments.no_quotient;
  options.transactions = !arguments.no_transactions && !arguments.no_reduction;
  options.sleep_sets = arguments.sleep_sets && !arguments.no_reduction;
  options.symmetry = !arguments.no_symmetry && !arguments.no_reduction;
  options.jobs = arguments.jobs;
  options.spill_directory = arguments.spill;
  options.without = checks_to_leave_out(arguments.without);
  if (arguments.max_states != 0) options.max_states = arguments.max_states;
  if (!arguments.max_memory.empty())
    options.max_memory_bytes = parse_size("--max-memory", arguments.max_memory);
  if (!arguments.timeout.empty()) options.timeout = parse_duration("--timeout", arguments.timeout);
  require_known("--memory", arguments.memory, {"sc"});
  return options;
}

// Everything that can be wrong is found before the first run.
std::vector<RunRequest> requests_of(const Arguments& arguments) {
  const engine::Options options = options_of(arguments);
  std::vector<RunRequest> requests;
  for (const std::string& name : arguments.scenarios) {
    const checks::ScenarioInfo& scenario = scenario_named(name);
    requests.push_back(
        {.scenario = &scenario,
         .parameters = parameters_for(scenario, arguments.kernel, arguments.threads, arguments.pages),
         .options = options,
         .every_check = arguments.all});
  }
  if (!arguments.checkpoints.file.empty() && requests.size() > 1)
    throw UsageError("--checkpoint is for one scenario at a time");
  for (RunRequest& request : requests) set_checkpoints(request, arguments.checkpoints);
  require_writable(arguments.results);
  return requests;
}

void add_what(CLI::App& command, Arguments& arguments) {
  command.add_option("SCENARIO", arguments.scenarios, "Scenarios (see gupcheck list)")->required();
  command.add_option("--kernel", arguments.kernel, "Kernel version (default: the scenario's)")
      ->check(not_empty);
  command.add_option("--threads", arguments.threads, "Threads")->check(above_zero);
  command.add_option("--pages", arguments.pages, "Pages")->check(above_zero);
  command.add_option("--memory", arguments.memory, "Memory model: sc")->capture_default_str();
  command
      .add_option("--fairness", arguments.fairness,
                  "Of the scheduler, for livelock and starvation: none, weak, strong")
      ->capture_default_str();
  command.add_option("--locks", arguments.locks, "Spinlocks: unfair, fifo")->capture_default_str();
  command.add_option("--without", arguments.without, "Leave a check out; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',');
  CLI::Option* first =
      command.add_flag("--first", arguments.first, "Stop at the first broken check (default)");
  command.add_flag("--all", arguments.all, "Go on until each check has a verdict of its own")
      ->excludes(first);
}

void add_how(CLI::App& command, Arguments& arguments) {
  command.add_option("--jobs", arguments.jobs, "Cores to use; the result does not depend on it")
      ->check(above_zero);
  command.add_option("--max-states", arguments.max_states, "Stop after so many states")->check(above_zero);
  command.add_option("--max-memory", arguments.max_memory, "Stop when more memory is needed: 512M, 2G")
      ->check(not_empty);
  command
      .add_option("--spill", arguments.spill,
                  "Write states that wait to be expanded into this directory when --max-memory is reached")
      ->check(not_empty);
  command.add_option("--timeout", arguments.timeout, "Stop after this time, for each scenario: 30s, 5m")
      ->check(not_empty);
  command.add_option("--engine", arguments.engine, "memo, or raw (slow: native code for each step)")
      ->capture_default_str();
  command.add_flag("--no-quotient", arguments.no_quotient, "Do not merge local states that behave alike");
  command.add_flag("--no-transactions", arguments.no_transactions,
                   "Every step is an interleaving point, also where it commutes with all others");
  command.add_flag(
      "--sleep-sets", arguments.sleep_sets,
      "Explore one order of transactions that commute: fewer transitions, but more work for each\n"
      "(only --without livelock,starvation)");
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
