// SPDX-License-Identifier: GPL-2.0-only
//
// What `gupcheck check` prints.
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/report.hpp"
#include "traces/enum_names.hpp"
#include "traces/lanes.hpp"
#include "traces/text.hpp"

#include <fmt/format.h>

namespace gupcheck::tools {

namespace {

using engine::Verdict;

std::string_view verdict_words(Verdict verdict) {
  switch (verdict) {
  case Verdict::holds: return "HOLDS";
  case Verdict::broken: return "BROKEN";
  case Verdict::incomplete: return "INCOMPLETE";
  }
  return "?";
}

std::string stop_words(const std::string& reason) {
  if (reason == "first-broken") return "stopped at the first broken promise (--all goes on)";
  if (reason == "interrupt") return "stopped by a signal";
  if (reason == "max-states") return "stopped by --max-states";
  if (reason == "max-memory") return "stopped by --max-memory";
  if (reason == "timeout") return "stopped by --timeout";
  if (reason.find(' ') != std::string::npos) return "stopped: " + reason; // no name of a check
  if (!reason.empty()) return "stopped at " + reason + ": what comes after it means nothing";
  return "every interleaving was explored";
}

// `label  a, b, c`, wrapped; nothing if there are none.
std::string name_list(std::string_view label, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string out;
  std::string_view shown = label;
  for (const std::string& line : traces::wrap(fmt::format("{}", fmt::join(names, ", ")), 84)) {
    out += fmt::format("  {:<12}{}\n", shown, line);
    shown = {};
  }
  return out;
}

std::vector<std::string> names_with(const RunResult& result, Verdict verdict) {
  std::vector<std::string> names;
  for (const CheckResult& check : result.checks)
    if (check.verdict == verdict)
      names.push_back(verdict == Verdict::holds ? kept_words(check.name) : check.name);
  return names;
}

// What the verdict on endless runs depends on.
std::string scheduler_words(const engine::Options& options) {
  return fmt::format("scheduler with {} fairness, {} locks", traces::name_of(options.fairness),
                     traces::name_of(options.locks));
}

} // namespace

std::string report_text(const RunResult& result, bool colour) {
  const engine::Statistics& statistics = result.statistics;
  std::string out =
      traces::styled(fmt::format("{}: {}", words(result.request), verdict_words(result.verdict)),
                     traces::Style::strong, colour) +
      '\n';
  out += fmt::format("  {}, {}, depth {}, {}, {}\n", plural(statistics.states, "state"),
                     plural(statistics.transitions, "transition"), count_words(statistics.depth),
                     duration_words(statistics.seconds), size_words(statistics.peak_memory_bytes));
  out += fmt::format("  {}", stop_words(result.stopped_by));
  if (result.stopped_by.empty())
    out += fmt::format(", but for states missed with probability {:.1g}", statistics.omission_probability);
  out += fmt::format("\n  {}\n", scheduler_words(result.request.options));
  const std::string why_not =
      statistics.why_not_all_renamings.empty() ? "" : ": " + statistics.why_not_all_renamings;
  std::string symmetry;
  if (statistics.renamings == engine::Renamings::all)
    symmetry = "threads that do the same are interchangeable: each state counts once, whoever is who";
  else if (statistics.renamings == engine::Renamings::rotations)
    symmetry =
        "each state counts once, however the threads are rotated; swapping two makes a difference" + why_not;
  else if (!why_not.empty())
    symmetry = "every thread by itself" + why_not;
  for (const std::string& line : traces::wrap(symmetry, 96)) out += fmt::format("  {}\n", line);
  for (const CheckResult& check : result.checks) {
    if (check.verdict != Verdict::broken) continue;
    bool first = true;
    for (const std::string& line : traces::wrap(fmt::format("{}: {}", check.name, check.message), 84)) {
      out += fmt::format("  {:<12}{}\n", first ? "broken" : "", line);
      first = false;
    }
    if (!check.trace_file.empty()) out += fmt::format("  {:<12}{}\n", "trace", check.trace_file);
  }
  out += name_list("holds", names_with(result, Verdict::holds));
  out += name_list("undecided", names_with(result, Verdict::incomplete));
  out += name_list("left out", result.request.options.without);
  for (const CheckResult& check : result.checks)
    if (check.trace) out += '\n' + traces::text(*check.trace, {.colour = colour});
  return out;
}

} // namespace gupcheck::tools
