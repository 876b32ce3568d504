// SPDX-License-Identifier: GPL-2.0-only
//
// See discussion_page.hpp. The data is what traces/html/report.js draws.
#include "tools/gupcheck/discussion_page.hpp"

#include "tools/gupcheck/discussion_words.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/trace_files.hpp"
#include "traces/steps.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace gupcheck::tools {

namespace {

using checks::Answer;
using checks::ClaimVerdict;
using checks::Evidence;
using checks::Spinning;
using Json = nlohmann::ordered_json;

// The traces of the page, each once.
class Views {
public:
  // Adds the trace's number to a cell or an item, if there is a trace.
  Json with_view(Json json, const Evidence& evidence) {
    if (!evidence.trace || traces::Steps(*evidence.trace).size() > traces::max_html_steps) return json;
    const std::string name = trace_name(*evidence.trace);
    const auto [found, is_new] = numbers_.try_emplace(name, numbers_.size());
    if (is_new) {
      traces::HtmlOptions options = html_options(*evidence.trace);
      options.name = name;
      views_ += (views_.empty() ? "" : ",\n") + traces::html_view(*evidence.trace, options);
    }
    json["view"] = found->second;
    return json;
  }

  std::string take() { return std::move(views_); }

private:
  std::map<std::string, std::size_t> numbers_;
  std::string views_;
};

std::string_view kind_of(ClaimVerdict verdict) {
  switch (verdict) {
  case ClaimVerdict::confirmed: return "confirmed";
  case ClaimVerdict::refuted: return "refuted";
  case ClaimVerdict::incomplete: break;
  }
  return "incomplete";
}

Json cell_of(std::string_view words) { return {{"words", words}}; }

Json row_of(const Answer& answer, Views& views) {
  Json evidence = Json::array();
  for (const Evidence& item : answer.evidence)
    if (decides(answer, item)) evidence.push_back(views.with_view({{"words", words(item)}}, item));
  return {cell_of(answer.claim.message),
          cell_of(answer.claim.who),
          {{"words", word(answer.verdict)}, {"kind", kind_of(answer.verdict)}},
          {{"words", answer.claim.words}, {"evidence", evidence}}};
}

Json row_of(const Spinning& row, Views& views) {
  const std::array<std::string, 7> cells = spinning_cells(row);
  return {cell_of(cells[0]),
          views.with_view(cell_of(cells[1]), row.unfair),
          views.with_view(cell_of(cells[2]), row.weak),
          views.with_view(cell_of(cells[3]), row.strong),
          views.with_view(cell_of(cells[4]), row.fifo),
          views.with_view(cell_of(cells[5]), row.off_lru),
          cell_of(cells[6])};
}

template <class Rows> Json rows_of(const Rows& rows, Views& views) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(row_of(row, views));
  return list;
}

// The lines are broken for a terminal; a page breaks its own.
std::string flowing(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// For those who have no JavaScript.
std::string text_of(const std::vector<Answer>& answers, const std::vector<Spinning>& spinning) {
  std::string text = fmt::format("{}\n{}\n\n", discussion_title, discussion_intro);
  for (const Answer& answer : answers) {
    text += fmt::format("{}  {}  {}\n  {}\n", answer.claim.message, answer.claim.who, word(answer.verdict),
                        answer.claim.words);
    for (const Evidence& evidence : answer.evidence)
      if (decides(answer, evidence)) text += fmt::format("  - {}\n", words(evidence));
  }
  if (spinning.empty()) return text;
  text += fmt::format("\n{}\n\n{}\n", spinning_intro, fmt::join(spinning_columns, " | "));
  for (const Spinning& row : spinning) text += fmt::format("{}\n", fmt::join(spinning_cells(row), " | "));
  return text + fmt::format("\n{}\n", spinning_legend);
}

} // namespace

std::array<std::string, 7> spinning_cells(const Spinning& row) {
  return {row.kernel,
          cell(row.unfair),
          cell(row.weak),
          cell(row.strong),
          cell(row.fifo),
          cell(row.off_lru),
          count_words(row.unfair.result.statistics.states)};
}

std::string DiscussionPage::html(const std::string& note) const {
  Views views;
  Json tables = Json::array();
  tables.push_back({{"kind", "claims"},
                    {"intro", Json::array()},
                    {"columns", claim_columns},
                    {"rows", rows_of(answers_, views)},
                    {"notes", Json::array()}});
  if (!spinning_.empty())
    tables.push_back({{"kind", "spinning"},
                      {"intro", Json::array({flowing(spinning_intro)})},
                      {"columns", spinning_columns},
                      {"rows", rows_of(spinning_, views)},
                      {"notes", Json::array({flowing(spinning_legend)})}});
  const Json report = {{"title", discussion_title},
                       {"intro", Json::array({discussion_intro})},
                       {"tables", tables},
                       {"notes", Json::array({note})}};
  const std::string data = fmt::format("{{\"report\": {},\n\"views\": [{}]}}", report.dump(), views.take());
  return traces::html_page("gupcheck: the discussion", data, text_of(answers_, spinning_));
}

} // namespace gupcheck::tools
