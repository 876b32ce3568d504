// SPDX-License-Identifier: GPL-2.0-only
//
// Lays a counterexample out: what was run, the picture at first, the steps in their lanes, what broke.
#include "traces/text.hpp"

#include "traces/lanes.hpp"
#include "traces/narration.hpp"
#include "traces/steps.hpp"
#include "traces/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::traces {

namespace {

// `label` in a column of its own, then `text` wrapped beside it.
std::string block(std::string_view label, std::string_view body, const TextOptions& options,
                  Style style = Style::plain) {
  constexpr std::size_t column = 10;
  std::string out;
  bool first = true;
  const std::size_t hang = std::max(column, label.size() + 2);
  for (const std::string& line : wrap(body, options.columns - hang)) {
    out += styled(fmt::format("{:<{}}", first ? label : std::string_view(), hang), Style::strong,
                  options.colour);
    out += styled(line, style, options.colour) + '\n';
    first = false;
  }
  return out;
}

// The steps in their lanes, with what each thread enters on the way.
std::string sheet_of(const Counterexample& trace, const TextOptions& options) {
  Lanes sheet(trace.threads, options.columns, options.colour);
  const Steps steps(trace);
  sheet.head();
  for (const Row& row : narrate(trace, options.unfold)) {
    if (!trace.cycle.empty() && row.first == trace.stem.size()) sheet.across("for ever:");
    const Step& step = steps[row.first];
    const std::uint8_t thread = step.move.thread;
    if (row.folded) {
      sheet.row(thread, "..", 2, row.line, Style::faint);
      continue;
    }
    if (!row.entered.empty()) sheet.row(thread, "", 0, row.entered, Style::strong);
    sheet.row(thread, std::to_string(row.first + 1), 2, row.line, Style::plain);
    for (const PictureLine& changed : step.changed)
      sheet.row(thread, "", 6,
                fmt::format("=> {}: {}", changed.name, changed.state.empty() ? "gone" : changed.state),
                Style::faint);
  }
  if (!trace.cycle.empty()) sheet.across(fmt::format("and again from step {}", trace.stem.size() + 1));
  return sheet.take();
}

} // namespace

std::string text(const Counterexample& trace, const TextOptions& options) {
  const bool breaks = !trace.check.empty();
  const std::string broken = verdict_words(trace);
  std::string out = block("broken", breaks ? broken : "nothing", options, Style::strong);
  out += block("in", subject_words(trace), options);
  if (!trace.explanation.empty()) out += block("how", trace.explanation, options);
  out += block("by", length_words(trace), options);
  if (const std::size_t folded = options.unfold ? 0 : steps_that_do_not_matter(trace); folded != 0)
    out += block("",
                 fmt::format("(.. {} without influence on it: --unfold shows them)",
                             counted(folded, "step is", "steps are")),
                 options);
  out += '\n';

  for (std::size_t i = 0; i < trace.initial.size(); ++i)
    out += block(i == 0 ? "at first" : "",
                 fmt::format("{}: {}", trace.initial[i].name, trace.initial[i].state), options);
  if (!trace.initial.empty()) out += '\n';

  if (!trace.stem.empty() || !trace.cycle.empty()) out += sheet_of(trace, options) + '\n';

  if (breaks) out += block("BROKEN", broken, options, Style::strong);
  if (const std::string where = where_it_broke(trace); breaks && !where.empty())
    out += block("", where, options);
  for (std::size_t thread = 0; thread < trace.pending.size(); ++thread)
    out += block(clipped(trace.threads[thread], 24), pending_words(trace.pending[thread]), options);
  return out;
}

} // namespace gupcheck::traces
