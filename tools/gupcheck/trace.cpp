// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck trace: shows, replays and converts stored counterexamples.
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "tools/gupcheck/trace_diff.hpp"
#include "tools/gupcheck/trace_formats.hpp"
#include "tools/gupcheck/trace_subject.hpp"
#include "traces/json.hpp"
#include "traces/replay.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>

namespace gupcheck::tools {

namespace {

struct Arguments {
  std::string file;
  std::string format = "text";
  std::string output = "-";
  FormatOptions options;
};

int show(const Arguments& arguments) {
  const TraceFormat& format = format_named(arguments.format, true);
  FormatOptions options = arguments.options;
  options.colour = colour_on_stdout();
  print(format.write(traces::read_trace(arguments.file), options));
  return exit_expected;
}

int replay(const Arguments& arguments) {
  const traces::Counterexample trace = traces::read_trace(arguments.file);
  const std::unique_ptr<engine::Program> program = program_of(arguments.file, trace);
  try {
    const traces::Counterexample today = traces::replay(*program, trace);
    print(fmt::format("{}: followed, {} steps; {}\n", arguments.file, today.stem.size() + today.cycle.size(),
                      today.check.empty() ? "nothing breaks"
                                          : fmt::format("{} breaks: {}", today.check, today.message)));
    return exit_expected;
  } catch (const traces::Divergence& divergence) {
    spdlog::error("{}: no longer followed: {}", arguments.file, divergence.what());
    return exit_broken;
  }
}

int export_as(const Arguments& arguments) {
  const TraceFormat& format = format_named(arguments.format, false);
  std::error_code ignored;
  if (std::filesystem::equivalent(arguments.file, arguments.output, ignored))
    throw UsageError(fmt::format("{}: is the trace itself; export it to another file", arguments.output));
  require_writable(arguments.output);
  const traces::Counterexample trace = traces::read_trace(arguments.file);
  std::string converted;
  try {
    converted = format.write(trace, arguments.options);
  } catch (const UsageError&) {
    throw;
  } catch (const std::runtime_error& error) { // the trace cannot be told in this format
    throw UsageError(fmt::format("{}: {}", arguments.file, error.what()));
  }
  write_output(arguments.output, converted);
  return exit_expected;
}

} // namespace

void add_trace_command(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("trace", "Show, replay or convert a stored counterexample");
  command->require_subcommand(1);
  const auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const char* name, const char* summary, int (*action)(const Arguments&)) {
    CLI::App* sub = command->add_subcommand(name, summary);
    sub->add_option("FILE", arguments->file, "The trace: a file that check --traces or explore wrote")
        ->required();
    sub->final_callback([arguments, action, &status] { status = action(*arguments); });
    return sub;
  };
  CLI::App* shower = add("show", "Print it for people", show);
  add("replay", "Execute it again; fails if the program no longer follows it", replay)
      ->footer("Exit status: 0 the program follows it and the same check breaks, 1 it does not, 2 no trace "
               "of ours.");
  CLI::App* exporter = add("export", "Convert it", export_as);
  for (CLI::App* sub : {shower, exporter}) {
    sub->add_option("--format", arguments->format,
                    fmt::format("{}", fmt::join(format_names(sub == shower), ", ")))
        ->capture_default_str();
    sub->add_flag("--unfold", arguments->options.unfold,
                  "Also the steps that do not matter (always in json, html, perfetto, itf)");
  }
  std::string formats = "Formats:";
  for (const TraceFormat& format : trace_formats())
    formats += fmt::format("\n  {:<9} {}", format.name, format.summary);
  exporter->footer(formats);
  exporter->add_option("--max-steps", arguments->options.max_steps, "In litmus: refuse to write more")
      ->capture_default_str()
      ->check(above_zero);
  exporter
      ->add_option("--source", arguments->options.source,
                   "In html: where source lines come from (default: the tree this program was built from)")
      ->check(not_empty);
  exporter->add_option("--output", arguments->output, "File; - is stdout")->capture_default_str();
  add_trace_diff(*command, status);
}

} // namespace gupcheck::tools
