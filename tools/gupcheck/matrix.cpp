// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck matrix: kernel version x promise, what history says and what gupcheck found.
//
// A cell is found broken when a check of its promise breaks in any scenario that accepts the kernel, at the
// scenario's default size; it holds when none does and every run was complete.
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/recorded_history.hpp"
#include "tools/gupcheck/run.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "traces/enum_names.hpp"
#include "traces/lanes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace gupcheck::tools {

namespace {

using engine::Verdict;
using Json = nlohmann::ordered_json;

struct Arguments {
  std::string json;
  std::vector<std::string> scenarios; // empty: all that history's kernels run in
  std::string timeout;
};

struct Cell {
  const Promise* promise = nullptr;
  const Recorded* history = nullptr; // null: nothing is on record
  Verdict found = Verdict::holds;
  std::string evidence; // `list-integrity in two-pins, 14 steps`, or what is incomplete

  bool agrees() const {
    if (history == nullptr) return true; // nothing to agree with
    return (found == Verdict::broken) == history->broken && found != Verdict::incomplete;
  }
};

struct Row {
  std::string kernel;
  std::vector<Cell> cells;
};

bool on_record(const std::string& kernel) {
  return std::any_of(promises().begin(), promises().end(),
                     [&kernel](const Promise& promise) { return recorded(kernel, promise.name) != nullptr; });
}

// Kernels that history says something about, in the order in which the scenarios name them.
std::vector<std::string> kernels_on_record(const std::vector<const checks::ScenarioInfo*>& scenarios) {
  std::vector<std::string> kernels;
  for (const checks::ScenarioInfo* scenario : scenarios)
    for (const std::string& kernel : scenario->kernels)
      if (on_record(kernel) && std::find(kernels.begin(), kernels.end(), kernel) == kernels.end())
        kernels.push_back(kernel);
  return kernels;
}

bool accepts(const checks::ScenarioInfo& scenario, const std::string& kernel) {
  return std::find(scenario.kernels.begin(), scenario.kernels.end(), kernel) != scenario.kernels.end();
}

// One run's word on a cell: broken is stronger than incomplete, and that is stronger than holds.
void add_evidence(Cell& cell, const RunResult& result) {
  for (const CheckResult& check : result.checks) {
    const auto& wanted = cell.promise->checks;
    if (std::find(wanted.begin(), wanted.end(), check.name) == wanted.end() || cell.found == Verdict::broken)
      continue;
    if (check.verdict == Verdict::broken) {
      cell.found = Verdict::broken;
      cell.evidence = fmt::format("{} in {}: {}", check.name, result.request.scenario->name, check.message);
    } else if (check.verdict == Verdict::incomplete && cell.found == Verdict::holds) {
      cell.found = Verdict::incomplete;
      cell.evidence = fmt::format("{} has no verdict in {} ({})", check.name, result.request.scenario->name,
                                  result.stopped_by);
    }
  }
}

Row row_of(const std::string& kernel, const std::vector<const checks::ScenarioInfo*>& scenarios,
           const engine::Options& options) {
  Row row{.kernel = kernel, .cells = {}};
  for (const Promise& promise : promises())
    row.cells.push_back({.promise = &promise,
                         .history = recorded(kernel, promise.name),
                         .found = Verdict::holds,
                         .evidence = {}});
  for (const checks::ScenarioInfo* scenario : scenarios) {
    if (!accepts(*scenario, kernel)) continue;
    const RunResult result = run({.scenario = scenario,
                                  .parameters = parameters_for(*scenario, kernel, 0, 0),
                                  .options = options,
                                  .every_check = true});
    for (Cell& cell : row.cells) add_evidence(cell, result);
  }
  return row;
}

std::string_view history_words(const Cell& cell) {
  if (cell.history == nullptr) return "-";
  return cell.history->broken ? "broken" : "holds";
}

std::string_view because(const Cell& cell) { return cell.history == nullptr ? "" : cell.history->because; }

std::string as_text(const std::vector<Row>& rows) {
  std::string out = fmt::format("{:<12}", "kernel");
  for (const Promise& promise : promises()) out += fmt::format("{:<30}", promise.name);
  out.erase(out.find_last_not_of(' ') + 1);
  out += "\n            ";
  for (std::size_t i = 0; i < promises().size(); ++i) out += fmt::format("{:<14}{:<16}", "history", "found");
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
  for (const Row& row : rows) {
    std::string line = fmt::format("{:<12}", row.kernel);
    for (const Cell& cell : row.cells)
      line += fmt::format("{:<14}{:<16}", history_words(cell),
                          std::string(traces::name_of(cell.found)) + (cell.agrees() ? "" : " (!)"));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  out += "\n-: history has no verdict on it.\n\n";
  for (const Promise& promise : promises())
    out += fmt::format("{}: {}\n    {}\n", promise.name, promise.summary, fmt::join(promise.checks, ", "));
  for (const Row& row : rows)
    for (const Cell& cell : row.cells) {
      if (cell.found == Verdict::holds && cell.agrees()) continue;
      std::string words =
          fmt::format("{}, {}{}: {}", row.kernel, cell.promise->name, cell.agrees() ? "" : " (!)",
                      cell.evidence.empty() ? "no check breaks" : cell.evidence);
      if (!because(cell).empty()) words += fmt::format(" [history: {}]", because(cell));
      bool first = true;
      for (const std::string& line : traces::wrap(words, 96)) {
        out += std::string(first ? 0 : 4, ' ') + line + '\n';
        first = false;
      }
    }
  return out;
}

std::string as_json(const std::vector<Row>& rows) {
  Json cells = Json::array();
  for (const Row& row : rows)
    for (const Cell& cell : row.cells)
      cells.push_back({{"kernel", row.kernel},
                       {"promise", cell.promise->name},
                       {"checks", cell.promise->checks},
                       {"history", history_words(cell)},
                       {"because", because(cell)},
                       {"found", traces::name_of(cell.found)},
                       {"evidence", cell.evidence},
                       {"agrees", cell.agrees()}});
  return Json{{"version", 1}, {"cells", cells}}.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

int status_of(const std::vector<Row>& rows) {
  bool incomplete = false;
  for (const Row& row : rows)
    for (const Cell& cell : row.cells) {
      if (cell.history == nullptr) continue;
      if (cell.found == Verdict::incomplete) {
        incomplete = true;
      } else if (!cell.agrees()) {
        return exit_broken;
      }
    }
  return incomplete ? exit_incomplete : exit_expected;
}

int matrix(const Arguments& arguments) {
  std::vector<const checks::ScenarioInfo*> scenarios;
  scenarios.reserve(checks::scenarios().size());
  for (const std::string& name : arguments.scenarios) scenarios.push_back(&scenario_named(name));
  if (scenarios.empty())
    for (const checks::ScenarioInfo& scenario : checks::scenarios()) scenarios.push_back(&scenario);
  engine::Options options;
  options.shortest = false; // nobody sees the traces
  if (!arguments.timeout.empty()) options.timeout = parse_duration("--timeout", arguments.timeout);
  options.interrupted = &catch_interrupts();
  if (!arguments.json.empty()) require_writable(arguments.json);
  const std::vector<std::string> kernels = kernels_on_record(scenarios);
  if (kernels.empty()) throw UsageError("no scenario runs a kernel that history says something about");
  std::vector<Row> rows;
  rows.reserve(kernels.size());
  for (const std::string& kernel : kernels) rows.push_back(row_of(kernel, scenarios, options));
  if (arguments.json != "-") print(as_text(rows));
  if (!arguments.json.empty()) write_output(arguments.json, as_json(rows));
  return status_of(rows);
}

} // namespace

void add_matrix_command(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("matrix", "Kernel version x promise: what history says, what gupcheck found");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--json", arguments->json, "Write it as JSON; - is stdout, then nothing else is");
  command->add_option("--scenario", arguments->scenarios, "Only this scenario; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--timeout", arguments->timeout, "Stop a single run after this time: 30s, 5m");
  command->final_callback([arguments, &status] { status = matrix(*arguments); });
  command->footer("Exit status 0 where every cell agrees with history.");
}

} // namespace gupcheck::tools
