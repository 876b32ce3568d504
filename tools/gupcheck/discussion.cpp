// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck without a command: the discussion, claim by claim, and message 12 in full.
#include "checks/claims/claims.hpp"
#include "checks/pin_placement.hpp"
#include "model/kernel/mutant_names.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/progress.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"
#include "traces/json.hpp"
#include "traces/lanes.hpp"
#include "traces/text.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace gupcheck::tools {

namespace {

using checks::Answer;
using checks::ClaimVerdict;
using checks::Evidence;
using engine::Verdict;

constexpr std::size_t columns = 100;

std::string_view word(ClaimVerdict verdict) {
  switch (verdict) {
  case ClaimVerdict::confirmed: return "CONFIRMED";
  case ClaimVerdict::refuted: return "REFUTED";
  case ClaimVerdict::incomplete: break;
  }
  return "incomplete";
}

// `list-integrity holds in all 1,220,793 states: concurrent-pins, kernel seed-v1, 3 threads, 1 page`
std::string words(const Evidence& evidence) {
  const auto& [scenario, parameters, promises, predicted, fairness, locks] = evidence.prediction;
  const engine::Result& result = evidence.result;
  std::string text;
  if (result.verdict == Verdict::broken) {
    const engine::Violation& violation = result.violation.value();
    text = violation.cycle.empty()
               ? fmt::format("{} breaks after {}{}", violation.check, plural(violation.stem.size(), "step"),
                             violation.shortest ? " (no schedule is shorter)" : "")
               : fmt::format("{}: {} lead to a cycle of {}", violation.check,
                             plural(violation.stem.size(), "step"), violation.cycle.size());
  } else if (result.verdict == Verdict::holds) {
    std::vector<std::string> kept;
    kept.reserve(promises.size());
    for (const std::string& promise : promises) kept.push_back(kept_words(promise));
    const bool names_the_promise = kept.front() == promises.front();
    text = fmt::format("{}{} in all {} (exhaustive)", fmt::join(kept, " and "),
                       names_the_promise ? " is kept" : "", plural(result.statistics.states, "state"));
  } else {
    text = fmt::format("{} has no verdict: {} after {}", fmt::join(promises, " and "), result.stopped_by,
                       plural(result.statistics.states, "state"));
  }
  text += fmt::format(": {}, kernel {}, {}, {}", scenario, parameters.kernel,
                      plural(parameters.threads, "thread"), plural(parameters.pages, "page"));
  if (fairness == engine::Fairness::none) text += ", any scheduler";
  if (locks == engine::Locks::fifo) text += ", locks that queue";
  if (parameters.mutant != kernel::Mutant::none)
    text += fmt::format(", mutant {}", kernel::name_of(parameters.mutant));
  return text;
}

// Writes the trace as JSON and, for people, as text; the path of the latter.
std::string write_trace(const std::string& directory, const traces::Counterexample& trace) {
  const auto& [scenario, kernel, parameters] = trace.subject;
  std::string name = fmt::format("{}/{}-{}-{}x{}-{}", directory, scenario, kernel, parameters.at("threads"),
                                 parameters.at("pages"), trace.check);
  if (parameters.contains("mutant")) name += "-" + parameters.at("mutant");
  write_output(name + ".json", traces::to_json(trace));
  write_output(name + ".txt", traces::text(trace));
  return name + ".txt";
}

void print_wrapped(std::string_view first, std::string_view indent, std::string_view text) {
  bool is_first = true;
  for (const std::string& line : traces::wrap(text, columns - indent.size())) {
    print(fmt::format("{}{}\n", is_first ? first : indent, line));
    is_first = false;
  }
}

void print_answer(const Answer& answer, const std::string& directory, bool colour) {
  const auto& [message, who, claim, predictions] = answer.claim;
  const traces::Style style =
      answer.verdict == ClaimVerdict::incomplete ? traces::Style::plain : traces::Style::strong;
  const std::vector<std::string> claim_lines = traces::wrap(claim, columns - 40);
  const std::vector<std::string> who_lines = traces::wrap(who, 12);
  for (std::size_t i = 0; i < std::max(claim_lines.size(), who_lines.size()); ++i)
    print(fmt::format("{:<8}{:<13}{}{}\n", i == 0 ? message : "", i < who_lines.size() ? who_lines[i] : "",
                      i == 0 ? traces::styled(fmt::format("{:<11}", word(answer.verdict)), style, colour)
                             : std::string(11, ' '),
                      i < claim_lines.size() ? claim_lines[i] : ""));
  // What decided comes alone; a confirmed claim rests on all of it.
  for (const Evidence& evidence : answer.evidence) {
    if (answer.verdict == ClaimVerdict::refuted && evidence.came_true()) continue;
    print_wrapped("          - ", "            ", words(evidence));
    if (evidence.trace) print(fmt::format("            {}\n", write_trace(directory, *evidence.trace)));
  }
}

std::string cell(const Evidence& evidence) {
  if (evidence.result.verdict == Verdict::incomplete) return "?";
  if (evidence.result.verdict == Verdict::holds) return "ends";
  const std::string& check = evidence.result.violation->check;
  if (check == engine::starvation.name) return "starves";
  if (check == engine::livelock.name || check == engine::deadlock.name) return check;
  return check == checks::pin_placement.name ? "pins it" : "corrupts";
}

bool goes_round(const Evidence& evidence) {
  return cell(evidence) == "starves" || cell(evidence) == "livelock";
}

// Which version waits for another thread's isolation, and which can spin for ever. Whether it was complete.
bool print_spinning(checks::Explorations& explorations, const std::atomic<bool>& interrupted,
                    const std::string& directory) {
  print("\nMessage 12 in full: can the loop go round for ever? Two tasks pin one page (concurrent-pins) "
        "under a\n"
        "scheduler that may leave one aside, a weakly and a strongly fair one, and a weakly fair one with "
        "locks\n"
        "that queue; and one task pins a page that is never on an LRU list (pin-off-lru).\n\n");
  print(fmt::format("{:<12}{:<13}{:<10}{:<10}{:<22}{:<15}{}\n", "kernel", "no fairness", "weak", "strong",
                    "weak, queueing locks", "never on LRU", "states"));
  bool complete = true;
  std::vector<std::string> files;
  for (const std::string& kernel : checks::spinning_kernels()) {
    const checks::Spinning row = checks::spinning(kernel, explorations);
    print(fmt::format("{:<12}{:<13}{:<10}{:<10}{:<22}{:<15}{}\n", kernel, cell(row.unfair), cell(row.weak),
                      cell(row.strong), cell(row.fifo), cell(row.off_lru),
                      count_words(row.unfair.result.statistics.states)));
    for (const Evidence* evidence : {&row.unfair, &row.weak, &row.strong, &row.fifo, &row.off_lru})
      complete = complete && evidence->result.verdict != Verdict::incomplete;
    for (const Evidence* evidence : {&row.unfair, &row.off_lru})
      if (goes_round(*evidence)) files.push_back(write_trace(directory, *evidence->trace));
    if (interrupted.load()) return false;
  }
  print("\nstarves: a task takes no step while the other repeats, because that one has the page isolated.\n"
        "livelock: every task that is left repeats. ends: no such cycle under that scheduler. pins it: ends, "
        "but\n"
        "with the page that may not be pinned. corrupts: a list or a count is wrong before anything can be "
        "said.\n");
  for (const std::string& file : files) print(fmt::format("  {}\n", file));
  return complete;
}

} // namespace

int run_discussion(const std::string& directory) {
  require_directory(directory);
  engine::Options options;
  options.interrupted = &catch_interrupts();
  ProgressLine line("the discussion");
  options.progress = line.callback();
  const bool colour = colour_on_stdout();
  print("linux-mm, December 2020: \"mm/gup: migrate pinned pages out of movable zone\"\n"
        "Each verdict is computed now, by exploring every interleaving of the modelled kernel.\n\n");
  print(fmt::format("{:<8}{:<13}{:<11}{}\n", "message", "who", "verdict",
                    "claim, and what the verdict rests on"));
  checks::Explorations explorations(options);
  bool complete = true;
  double missed = 0;
  for (const checks::Claim& claim : checks::claims()) {
    const Answer answer = checks::answer(claim, explorations);
    complete = complete && answer.verdict != ClaimVerdict::incomplete;
    for (const Evidence& evidence : answer.evidence)
      missed = std::max(missed, evidence.result.statistics.omission_probability);
    print_answer(answer, directory, colour);
    if (options.interrupted->load()) break;
  }
  if (!options.interrupted->load())
    complete = print_spinning(explorations, *options.interrupted, directory) && complete;
  if (options.interrupted->load()) {
    spdlog::warn("interrupted: what is not shown was not run");
    return exit_incomplete;
  }
  print(fmt::format(
      "\nExhaustive: every interleaving, but for states missed with a probability of at most {:.0e} a run.\n"
      "Traces are in {}/, as text to read and paste and as JSON for gupcheck trace.\n",
      missed, directory));
  return complete ? exit_expected : exit_incomplete;
}

} // namespace gupcheck::tools
