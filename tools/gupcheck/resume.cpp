// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck resume: goes on with a run from its checkpoint, to the verdict that it would have come to.
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/results.hpp"
#include "tools/gupcheck/saved_request.hpp"

#include <memory>

namespace gupcheck::tools {

namespace {

// The options as they were typed.
struct Arguments {
  std::string file;
  unsigned jobs = 0;            // 0: as the run began
  std::uint64_t max_states = 0; // 0: no limit
  std::string max_memory;
  std::string spill;
  std::string timeout;
  CheckpointArguments checkpoints;
  ResultFiles results;
};

RunRequest request_of(const Arguments& arguments) {
  RunRequest request = request_of_file(arguments.file);
  engine::Options& options = request.options;
  if (arguments.jobs != 0) options.jobs = arguments.jobs;
  if (arguments.max_states != 0) options.max_states = arguments.max_states;
  if (!arguments.max_memory.empty())
    options.max_memory_bytes = parse_size("--max-memory", arguments.max_memory);
  if (!arguments.spill.empty()) options.spill_directory = arguments.spill;
  if (!arguments.timeout.empty()) options.timeout = parse_duration("--timeout", arguments.timeout);
  options.checkpoints.file = arguments.file;
  set_checkpoints(request, arguments.checkpoints);
  require_writable(arguments.results, {arguments.file, arguments.checkpoints.file});
  return request;
}

} // namespace

void add_resume_command(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("resume", "Go on with a run from its checkpoint (check --checkpoint)");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->file, "The checkpoint; it is yours to remove when the run has ended")
      ->required()
      ->check(not_empty);
  command->add_option("--jobs", arguments->jobs, "Cores to use (default: as the run began)")
      ->check(number_of_workers);
  command
      ->add_option("--max-states", arguments->max_states,
                   "Stop after so many states, counted from the first one")
      ->check(above_zero);
  command
      ->add_option("--max-memory", arguments->max_memory,
                   "Stop when more memory is needed: 512M, 2G (default: as the run began)")
      ->check(not_empty);
  command
      ->add_option("--spill", arguments->spill,
                   "Where states that wait go when --max-memory is reached (default: as above)")
      ->check(not_empty);
  command->add_option("--timeout", arguments->timeout, "Stop after this time, from now on: 30s, 5m")
      ->check(not_empty);
  add_checkpoint_options(*command, arguments->checkpoints, "Leave further checkpoints here (default: FILE)");
  add_result_options(*command, arguments->results);
  command->final_callback(
      [arguments, &status] { status = run_and_report({request_of(*arguments)}, arguments->results); });
}

} // namespace gupcheck::tools
