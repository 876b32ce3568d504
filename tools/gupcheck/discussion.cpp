// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck without a command: the discussion, claim by claim, and message 12 in full.
#include "checks/claims/claims.hpp"
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

#include <algorithm>

namespace gupcheck::tools {

namespace {

using checks::Answer;
using checks::ClaimVerdict;
using checks::Evidence;
using engine::Verdict;

constexpr std::size_t columns = 100;

std::string plural(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count_words(count), what, count == 1 ? "" : "s");
}

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
  const auto& [scenario, parameters, promises, predicted, fairness] = evidence.prediction;
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
    text = fmt::format("{} {} in all {} (exhaustive)", fmt::join(promises, " and "),
                       promises.size() == 1 ? "holds" : "hold", plural(result.statistics.states, "state"));
  } else {
    text = fmt::format("{} has no verdict: {} after {}", fmt::join(promises, " and "), result.stopped_by,
                       plural(result.statistics.states, "state"));
  }
  text += fmt::format(": {}, kernel {}, {}, {}", scenario, parameters.kernel,
                      plural(parameters.threads, "thread"), plural(parameters.pages, "page"));
  if (fairness == engine::Fairness::none) text += ", any scheduler";
  if (parameters.mutant != kernel::Mutant::none)
    text += fmt::format(", with the fault {}", kernel::name_of(parameters.mutant));
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
  return evidence.result.violation->check == engine::livelock.name ? "livelock" : "starves";
}

// Which version waits for another thread's isolation, and which can spin for ever.
bool print_spinning(const engine::Options& options) {
  print(
      "\nMessage 12 in full: can the loop go round for ever? Two tasks pin one page (concurrent-pins) while "
      "the\n"
      "scheduler is free to leave one aside, is weakly fair, strongly fair, or weakly fair with locks that\n"
      "queue; and one task pins a page that is never on the LRU (pin-off-lru).\n\n");
  print(fmt::format("{:<12}{:<14}{:<12}{:<14}{:<22}{}\n", "kernel", "no fairness", "weak", "strong",
                    "weak, queueing locks", "never on the LRU"));
  bool complete = true;
  for (const std::string& kernel : checks::spinning_kernels()) {
    const checks::Spinning row = checks::spinning(kernel, options);
    print(fmt::format("{:<12}{:<14}{:<12}{:<14}{:<22}{}\n", kernel, cell(row.unfair), cell(row.weak),
                      cell(row.strong), cell(row.fifo), cell(row.off_lru)));
    for (const Evidence* evidence : {&row.unfair, &row.weak, &row.strong, &row.fifo, &row.off_lru})
      complete = complete && evidence->result.verdict != Verdict::incomplete;
  }
  print("\nstarves: a task takes no step while the other repeats, because that one has the page isolated.\n"
        "livelock: every task that is left repeats. ends: no such cycle in any interleaving.\n");
  return complete;
}

} // namespace

int run_discussion(const std::string& directory) {
  require_directory(directory);
  engine::Options options;
  options.interrupted = &catch_interrupts();
  ProgressLine line("the discussion");
  options.progress = line.callback();
  const bool colour = stdout_is_terminal();
  print("linux-mm, December 2020: \"mm/gup: migrate pinned pages out of movable zone\"\n"
        "Each verdict is computed now, by exploring every interleaving of the modelled kernel.\n\n");
  print(fmt::format("{:<8}{:<13}{:<11}{}\n", "message", "who", "verdict",
                    "claim, and what the verdict rests on"));
  bool complete = true;
  for (const checks::Claim& claim : checks::claims()) {
    const Answer answer = checks::answer(claim, options);
    complete = complete && answer.verdict != ClaimVerdict::incomplete;
    print_answer(answer, directory, colour);
  }
  complete = print_spinning(options) && complete;
  print(fmt::format("\nTraces are in {}/, as text to read and paste and as JSON for gupcheck trace.\n",
                    directory));
  return complete ? exit_expected : exit_incomplete;
}

} // namespace gupcheck::tools
