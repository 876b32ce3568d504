// SPDX-License-Identifier: GPL-2.0-only
//
// See request_options.hpp.
#include "tools/gupcheck/request_options.hpp"

#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"

#include <algorithm>

namespace gupcheck::tools {

namespace {

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

} // namespace

void add_subject_options(CLI::App& command, SubjectArguments& arguments) {
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
}

void add_limit_options(CLI::App& command, LimitArguments& arguments) {
  command.add_option("--jobs", arguments.jobs, "Cores to use; the result does not depend on it")
      ->check(number_of_workers);
  command.add_option("--max-states", arguments.max_states, "Stop after so many states")->check(above_zero);
  command.add_option("--max-memory", arguments.max_memory, "Stop when more memory is needed: 512M, 2G")
      ->check(not_empty);
  command.add_option("--timeout", arguments.timeout, "Stop after this time, for each scenario: 30s, 5m")
      ->check(not_empty);
}

void set_options(engine::Options& options, const SubjectArguments& arguments) {
  options.fairness = enum_of<engine::Fairness>("--fairness", arguments.fairness);
  options.locks = enum_of<engine::Locks>("--locks", arguments.locks);
  options.without = checks_to_leave_out(arguments.without);
  require_known("--memory", arguments.memory, {"sc"});
}

void set_options(engine::Options& options, const LimitArguments& arguments) {
  options.jobs = arguments.jobs;
  if (arguments.max_states != 0) options.max_states = arguments.max_states;
  if (!arguments.max_memory.empty())
    options.max_memory_bytes = parse_size("--max-memory", arguments.max_memory);
  if (!arguments.timeout.empty()) options.timeout = parse_duration("--timeout", arguments.timeout);
}

} // namespace gupcheck::tools
