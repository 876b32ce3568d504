// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck without a command: the discussion, claim by claim, and message 12 in full.
#include "checks/claims/claims.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/discussion_page.hpp"
#include "tools/gupcheck/discussion_words.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/progress.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/trace_files.hpp"
#include "traces/lanes.hpp"

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

// The path of the text.
std::string write_trace(const std::string& directory, const traces::Counterexample& trace) {
  const std::string name = directory + "/" + trace_name(trace);
  write_trace_files(name, trace);
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
  for (const Evidence& evidence : answer.evidence) {
    if (!decides(answer, evidence)) continue;
    print_wrapped("          - ", "            ", words(evidence));
    if (evidence.trace) print(fmt::format("            {}\n", write_trace(directory, *evidence.trace)));
  }
}

// stdout is for the text.
void require_page(const std::string& file) {
  if (file == "-") throw UsageError("--html needs a file, not -: stdout is for the text");
  require_writable(file);
}

// Which version waits for another thread's isolation, and which can spin for ever. Whether it was complete.
bool print_spinning(checks::Explorations& explorations, const std::atomic<bool>& interrupted,
                    const std::string& directory, DiscussionPage& page) {
  const auto print_row = [](const auto& cells) {
    print(fmt::format("{:<12}{:<13}{:<10}{:<10}{:<22}{:<15}{}\n", cells[0], cells[1], cells[2], cells[3],
                      cells[4], cells[5], cells[6]));
  };
  print(fmt::format("\n{}\n\n", spinning_intro));
  print_row(spinning_columns);
  bool complete = true;
  std::vector<std::string> files;
  for (const std::string& kernel : checks::spinning_kernels()) {
    const checks::Spinning row = checks::spinning(kernel, explorations);
    print_row(spinning_cells(row));
    page.add(row);
    for (const Evidence* evidence : {&row.unfair, &row.weak, &row.strong, &row.fifo, &row.off_lru})
      complete = complete && evidence->result.verdict != Verdict::incomplete;
    for (const Evidence* evidence : {&row.unfair, &row.off_lru})
      if (goes_round(*evidence)) files.push_back(write_trace(directory, *evidence->trace));
    if (interrupted.load()) return false;
  }
  print(fmt::format("\n{}\n", spinning_legend));
  for (const std::string& file : files) print(fmt::format("  {}\n", file));
  return complete;
}

} // namespace

int run_discussion(const std::string& directory, const std::string& page_file) {
  if (!page_file.empty()) require_page(page_file);
  require_directory(directory);
  engine::Options options;
  options.interrupted = &catch_interrupts();
  ProgressLine line("the discussion");
  options.progress = line.callback();
  const bool colour = colour_on_stdout();
  print(fmt::format("{}\n{}\n\n", discussion_title, discussion_intro));
  print(fmt::format("{:<8}{:<13}{:<11}{}\n", claim_columns[0], claim_columns[1], claim_columns[2],
                    claim_columns[3]));
  DiscussionPage page;
  checks::Explorations explorations(options);
  bool complete = true;
  double missed = 0;
  for (const checks::Claim& claim : checks::claims()) {
    const Answer answer = checks::answer(claim, explorations);
    complete = complete && answer.verdict != ClaimVerdict::incomplete;
    for (const Evidence& evidence : answer.evidence)
      missed = std::max(missed, evidence.result.statistics.omission_probability);
    print_answer(answer, directory, colour);
    page.add(answer);
    if (options.interrupted->load()) break;
  }
  if (!options.interrupted->load())
    complete = print_spinning(explorations, *options.interrupted, directory, page) && complete;
  if (options.interrupted->load()) {
    if (!page_file.empty()) write_output(page_file, page.html("Interrupted: what is not shown was not run."));
    spdlog::warn("interrupted: what is not shown was not run");
    return exit_incomplete;
  }
  const std::string missed_words = fmt::format(
      "Exhaustive: every interleaving, but for states missed with a probability of at most {:.0e} a run.",
      missed);
  print(fmt::format(
      "\n{}\nTraces are in {}/, as text to read and paste, as pages to step through and as JSON for gupcheck "
      "trace.\n",
      missed_words, directory));
  if (!page_file.empty()) write_output(page_file, page.html(missed_words));
  return complete ? exit_expected : exit_incomplete;
}

} // namespace gupcheck::tools
