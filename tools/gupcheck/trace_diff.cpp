// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck trace diff: where two versions of the loop part on the same schedule.
#include "tools/gupcheck/trace_diff.hpp"

#include "checks/scenarios/registry.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "tools/gupcheck/trace_subject.hpp"
#include "traces/diff.hpp"
#include "traces/json.hpp"
#include "traces/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace gupcheck::tools {

namespace {

struct Arguments {
  std::string a;
  std::string b;
  std::string format = "text";
  std::string output = "-";
};

traces::DiffSide stored(const std::string& file) { return {.name = file, .trace = traces::read_trace(file)}; }

bool is_kernel(const std::string& name) {
  const auto& scenarios = checks::scenarios();
  return std::any_of(scenarios.begin(), scenarios.end(), [&name](const checks::ScenarioInfo& scenario) {
    return std::find(scenario.kernels.begin(), scenario.kernels.end(), name) != scenario.kernels.end();
  });
}

// What kernel `id` does on the schedule of a trace of another one.
traces::DiffSide guided(const std::string& id, const traces::DiffSide& along) {
  traces::Counterexample other = along.trace;
  other.subject.kernel = id;
  const std::unique_ptr<engine::Program> program = program_of(along.name, other);
  traces::Guided found = traces::guide(*program, along.trace);
  found.trace.subject.kernel = id;
  return {.name = "kernel " + id + " on that schedule",
          .trace = std::move(found.trace),
          .guided = found.guided,
          .ending = found.ending};
}

traces::DiffSide other_side(const std::string& name, const traces::DiffSide& a) {
  if (is_kernel(name)) return guided(name, a);
  std::error_code no_file;
  if (std::filesystem::exists(name, no_file)) return stored(name);
  const checks::ScenarioInfo* scenario = checks::find_scenario(a.trace.subject.scenario);
  throw UsageError(scenario == nullptr
                       ? name + ": is neither a file nor a kernel"
                       : name + ": is no file; " + unknown_name("kernel", name, scenario->kernels));
}

int compare(const Arguments& arguments) {
  require_known("--format", arguments.format, {"text", "json"});
  for (const std::string& file : {arguments.a, arguments.b}) {
    std::error_code ignored;
    if (std::filesystem::equivalent(file, arguments.output, ignored))
      throw UsageError(fmt::format("{}: is one of the traces; write to another file", arguments.output));
  }
  require_writable(arguments.output);
  traces::DiffSide a = stored(arguments.a);
  traces::DiffSide b = other_side(arguments.b, a);
  const traces::TraceDiff diff = traces::diff(std::move(a), std::move(b));
  const bool colour = arguments.output == "-" && colour_on_stdout();
  write_output(arguments.output,
               arguments.format == "json" ? traces::to_json(diff) : traces::text(diff, {.colour = colour}));
  return diff.is_same() ? exit_expected : exit_broken;
}

} // namespace

void add_trace_diff(CLI::App& trace, int& status) {
  CLI::App* command = trace.add_subcommand("diff", "Where two versions part on the same schedule");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("A", arguments->a, "A trace: a file that check --traces wrote")->required();
  command
      ->add_option("B", arguments->b,
                   "A kernel (see gupcheck list), which is executed along A's schedule;\n"
                   "or another trace (a file that is called like a kernel: ./5.13)")
      ->required();
  command->add_option("--format", arguments->format, "text, json")->capture_default_str();
  command->add_option("--output", arguments->output, "File; - is stdout")->capture_default_str();
  command->footer("Exit status, as of diff(1): 0 no difference, 1 they part, 2 wrong usage or bad input.");
  command->final_callback([arguments, &status] { status = compare(*arguments); });
}

} // namespace gupcheck::tools
