// SPDX-License-Identifier: GPL-2.0-only
//
// See html.hpp. The data is the trace's own JSON and beside it what follows from it, so that the script
// draws and decides nothing.
#include "traces/html.hpp"

#include "traces/dependence.hpp"
#include "traces/enum_names.hpp"
#include "traces/excerpts.hpp"
#include "traces/html_files.hpp"
#include "traces/json.hpp"
#include "traces/narration.hpp"
#include "traces/steps.hpp"
#include "traces/summary.hpp"
#include "traces/text.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace gupcheck::traces {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// The row of each step unfolded, what is announced before it when others are folded, and the folds.
Json steps_of(const Counterexample& trace, Json& folds) {
  Json steps = Json::array();
  for (const Row& row : narrate(trace, true))
    steps.push_back({{"line", row.line}, {"entered", row.entered}, {"entered_folded", ""}});
  for (const Row& row : narrate(trace, false)) {
    if (row.folded) {
      folds.push_back({{"first", row.first}, {"last", row.last}, {"line", row.line}});
    } else {
      steps[row.first]["entered_folded"] = row.entered;
    }
  }
  const Steps all(trace);
  for (std::size_t i = 0; i < all.size(); ++i) {
    steps[i]["place"] = words(all[i].action.where);
    steps[i]["words"] = words(all[i]);
    steps[i]["functions"] = call_path(all[i].action.stack);
  }
  return steps;
}

Json end_of(const Counterexample& trace) {
  Json end = Json::array();
  for (const Pending& pending : trace.pending)
    end.push_back({{"line", pending_words(pending)},
                   {"place", pending.finished ? std::string() : words(pending.action.where)},
                   {"functions", call_path(pending.action.stack)}});
  return end;
}

Json dependences_of(const Counterexample& trace) {
  Json list = Json::array();
  for (const auto& [from, to, relation] : dependences(trace)) list.push_back({from, to, name_of(relation)});
  return list;
}

Json sources_of(const Counterexample& trace, const HtmlOptions& options) {
  Json sources = Json::object();
  if (options.source_root.empty()) return sources;
  for (const auto& [file, lines] : excerpts(trace, options.source_root))
    for (const auto& [line, text] : lines) sources[file][std::to_string(line)] = text;
  return sources;
}

std::string escaped(std::string_view text, const std::map<char, std::string_view>& replacements) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    if (const auto found = replacements.find(c); found != replacements.end()) {
      out += found->second;
    } else {
      out += c;
    }
  }
  return out;
}

std::string as_markup(std::string_view text) {
  return escaped(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}});
}

// In JSON these occur in strings only. Nothing that looks like markup is left to end the script element.
std::string as_script_data(std::string_view json) {
  return escaped(json, {{'<', "\\u003c"}, {'>', "\\u003e"}, {'&', "\\u0026"}});
}

} // namespace

std::string html_view(const Counterexample& trace, const HtmlOptions& options) {
  require_at_most(trace, max_html_steps, "a page");
  Json folds = Json::array();
  const Json rows = steps_of(trace, folds);
  const Json derived = {{"subject", subject_words(trace)},
                        {"length", length_words(trace)},
                        {"where", trace.check.empty() ? std::string() : where_it_broke(trace)},
                        {"steps", rows},
                        {"folds", folds},
                        {"end", end_of(trace)},
                        {"dependences", dependences_of(trace)},
                        {"sources", sources_of(trace, options)}};
  const std::string name = options.name.empty() ? "" : fmt::format("\"name\": {}, ", dump(options.name));
  return fmt::format(R"({{{}"trace": {}, "derived": {}}})", name, to_json(trace), dump(derived));
}

std::string html_page(const std::string& title, const std::string& data, const std::string& text) {
  const std::string safe_title = as_markup(title);
  const std::string safe_data = as_script_data(data);
  const std::string safe_text = as_markup(text);
  const std::array<std::pair<std::string_view, std::string_view>, 7> parts = {
      {{"{{title}}", safe_title},
       {"{{style}}", page_css},
       {"{{style hash}}", page_css_hash},
       {"{{script}}", page_js},
       {"{{script hash}}", page_js_hash},
       {"{{data}}", safe_data},
       {"{{text}}", safe_text}}};
  std::string page;
  std::string_view left = page_html;
  while (!left.empty()) {
    const std::size_t brace = left.find("{{");
    page += left.substr(0, brace);
    if (brace == std::string_view::npos) break;
    left.remove_prefix(brace);
    bool known = false;
    for (const auto& [name, part] : parts) {
      if (!left.starts_with(name)) continue;
      page += part;
      left.remove_prefix(name.size());
      known = true;
      break;
    }
    if (!known) throw std::logic_error("html/page.html has a place that nothing fills");
  }
  return page;
}

std::string html(const Counterexample& trace, const HtmlOptions& options) {
  const std::string_view broken = trace.check.empty() ? std::string_view("nothing broken") : trace.check;
  const std::string title = fmt::format("{}: {}", broken, trace.subject.scenario);
  return html_page(title, fmt::format(R"({{"view": {}}})", html_view(trace, options)), text(trace));
}

} // namespace gupcheck::traces
