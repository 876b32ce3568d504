// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck: the command line. Parses, dispatches, and turns whatever went wrong into one line on stderr and
// an exit status (status.hpp).
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace gupcheck::tools;

#ifndef GUPCHECK_VERSION
#define GUPCHECK_VERSION "unknown"
#endif

void log_to_stderr() {
  spdlog::set_default_logger(spdlog::stderr_color_st("gupcheck"));
  spdlog::set_pattern("%n: %^%v%$");
}

// One line, whatever the message holds.
int report(std::string message) {
  for (char& c : message)
    if (c == '\n' || c == '\r' || c == '\x1b') c = ' ';
  spdlog::error("{}", message);
  return exit_usage;
}

// What stands where a subcommand should: the parser only calls it unexpected.
int report_unexpected(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> left = app.remaining();
  if (left.empty() || left.front().starts_with('-') || !app.get_subcommands().empty())
    return report(error.what());
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return report(unknown_name("command", left.front(), names));
}

// Something is missing: a command after `trace`, or an argument.
int report_missing(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) return report(error.what());
  std::vector<std::string> names;
  for (const CLI::App* command : chosen.front()->get_subcommands(nullptr))
    names.push_back(command->get_name());
  const std::string command = chosen.front()->get_name();
  if (names.empty() || !chosen.front()->get_subcommands().empty())
    return report(fmt::format("{}: {} (gupcheck {} --help)", command, error.what(), command));
  return report(fmt::format("{}: a command is required; possible: {}", command, fmt::join(names, ", ")));
}

int run(int argc, char** argv) {
  int status = exit_expected;
  CLI::App app("Checks every interleaving of the get_user_pages(FOLL_LONGTERM) migration path.\n"
               "Without a command: the mailing-list discussion of December 2020, claim by claim.",
               "gupcheck");
  app.set_version_flag("--version", "gupcheck " GUPCHECK_VERSION);
  app.require_subcommand(0, 1);
  std::string traces = "gupcheck-traces";
  const CLI::Option* traces_option =
      app.add_option("--traces", traces, "Without a command: where the traces go")->capture_default_str();
  std::string page;
  const CLI::Option* page_option =
      app.add_option("--html", page,
                     "Without a command: also write the discussion as one page, with its traces")
          ->check(not_empty);
  // Before any command runs.
  app.parse_complete_callback([&app, traces_option, page_option] {
    if (!app.get_subcommands().empty() && traces_option->count() != 0)
      throw UsageError("--traces before a command means nothing; it comes after `check`");
    if (!app.get_subcommands().empty() && page_option->count() != 0)
      throw UsageError(
          "--html before a command means nothing; `trace export --format html` makes a page of a trace");
  });
  app.footer("Exit status: 0 as expected, 1 a promise is broken, 2 wrong usage or bad input, 3 incomplete.");
  add_list_command(app, status);
  add_check_command(app, status);
  add_explore_command(app, status);
  add_resume_command(app, status);
  add_matrix_command(app, status);
  add_trace_command(app, status);
  try {
    app.parse(argc, argv);
    return app.get_subcommands().empty() ? run_discussion(traces, page) : status;
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ExtrasError& error) {
    return report_unexpected(app, error);
  } catch (const CLI::RequiredError& error) {
    return report_missing(app, error);
  }
}

} // namespace

int main(int argc, char** argv) {
  // Where stdin is closed, no file of ours may come to be it: one that cannot be read takes its place.
  if (::fcntl(STDIN_FILENO, F_GETFD) < 0) ::open("/dev/null", O_WRONLY);
  try {
    log_to_stderr();
    return run(argc, argv);
  } catch (const std::exception& error) {
    return report(error.what());
  }
}
