// SPDX-License-Identifier: GPL-2.0-only
//
// See format_checks.hpp. Nothing that a trace says may end a string, a comment or markup that it is put into.
#include "tests/fuzz/format_checks.hpp"

#include "traces/dot.hpp"
#include "traces/html.hpp"
#include "traces/itf.hpp"
#include "traces/json.hpp"
#include "traces/litmus.hpp"
#include "traces/perfetto.hpp"
#include "traces/steps.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace gupcheck::tests {

namespace {

using traces::Counterexample;
using Json = nlohmann::ordered_json;

// What `write` writes, if it does not refuse to.
template <class Write> std::optional<std::string> written(Write write) {
  try {
    return write();
  } catch (const std::runtime_error& refusal) {
    check_refusal(refusal.what());
    return std::nullopt;
  }
}

Json parsed(const std::string& text, const char* what) {
  Json document = Json::parse(text, nullptr, false);
  require(!document.is_discarded(), what, text);
  return document;
}

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size()))
    ++found;
  return found;
}

// The text without its quoted strings; nothing if one does not end.
std::optional<std::string> outside_quotes(std::string_view text) {
  std::string outside;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      outside += text[i];
    }
  }
  if (quoted) return std::nullopt;
  return outside;
}

void check_graph(const Counterexample& trace, bool unfold) {
  const auto graph = written([&] { return traces::dot(trace, {.unfold = unfold}); });
  if (!graph) return;
  require(!has_control_characters(*graph, true), "the graph has control characters", *graph);
  const auto outside = outside_quotes(*graph);
  require(outside.has_value(), "a string in the graph does not end", *graph);
  require(std::all_of(outside->begin(), outside->end(),
                      [](unsigned char c) {
                        return std::isalnum(c) != 0 ||
                               std::string_view(" \n_[]{}=,;>-").find(static_cast<char>(c)) !=
                                   std::string_view::npos;
                      }),
          "something of the trace is outside strings", *outside);
  require(count(*outside, "{") == trace.threads.size() + 3, "the graph has other boxes", *graph);
}

// How deep the functions of each track are nested.
using Depths = std::map<std::uint64_t, std::vector<std::string>>;

void check_event(const Json& event, Depths& open, std::set<std::uint64_t>& arrows,
                 const std::string& timeline) {
  const std::string phase = event["ph"];
  auto& functions = open[event["tid"].get<std::uint64_t>()];
  if (phase == "B") functions.push_back(event["name"]);
  if (phase == "E") {
    require(!functions.empty() && functions.back() == event["name"], "an end ends nothing", timeline);
    functions.pop_back();
  }
  if (phase == "X") require(event["dur"].get<std::int64_t>() > 0, "a slice takes no time", timeline);
  if (phase == "s")
    require(arrows.insert(event["id"].get<std::uint64_t>()).second, "an arrow is there twice", timeline);
  if (phase == "f")
    require(arrows.erase(event["id"].get<std::uint64_t>()) == 1, "an arrow begins nowhere", timeline);
}

} // namespace

void require(bool promise, const char* what, std::string_view shown) {
  if (promise) return;
  std::fprintf(stderr, "BROKEN: %s:\n%.*s\n", what,
               static_cast<int>(std::min<std::size_t>(shown.size(), 4000)), shown.data());
  std::abort();
}

bool has_control_characters(std::string_view text, bool may_have_lines) {
  return std::any_of(text.begin(), text.end(), [may_have_lines](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && !(may_have_lines && c == '\n')) || byte == 0x7f;
  });
}

void check_refusal(std::string_view refusal) {
  require(!has_control_characters(refusal, false), "a refusal is not one line", refusal);
  require(refusal.size() < 1000, "a refusal is too long", refusal);
}

void check_dot(const Counterexample& trace) {
  check_graph(trace, false);
  check_graph(trace, true);
}

void check_perfetto(const Counterexample& trace) {
  const auto timeline = written([&] { return traces::perfetto(trace); });
  if (!timeline) return;
  require(!has_control_characters(*timeline, true), "the timeline has control characters", *timeline);
  const Json document = parsed(*timeline, "the timeline is not JSON");
  std::int64_t now = 0;
  Depths open;
  std::set<std::uint64_t> arrows;
  for (const Json& event : document["traceEvents"]) {
    if (event["ph"] == "M") continue;
    require(event["ts"].get<std::int64_t>() >= now, "time goes back", *timeline);
    now = event["ts"];
    check_event(event, open, arrows, *timeline);
  }
  require(arrows.empty(), "an arrow ends nowhere", *timeline);
  for (const auto& [track, functions] : open) require(functions.empty(), "a function never ends", *timeline);
}

void check_itf(const Counterexample& trace) {
  const auto states = written([&] { return traces::itf(trace); });
  if (!states) return;
  require(!has_control_characters(*states, true), "the states have control characters", *states);
  const Json document = parsed(*states, "the states are not JSON");
  require(document["states"].size() == traces::Steps(trace).size() + 1, "a state is missing", *states);
  const std::set<std::string> names = document["vars"];
  require(names.size() == document["vars"].size(), "a variable is there twice", *states);
  for (const Json& state : document["states"]) {
    require(state.size() == names.size() + 1, "a state has other variables", *states);
    for (const std::string& name : names) require(state.contains(name), "a variable has no value", *states);
  }
}

void check_litmus(const Counterexample& trace) {
  for (const bool unfold : {false, true}) {
    const auto test = written([&] { return traces::litmus(trace, {.unfold = unfold, .max_steps = 1000}); });
    if (!test) continue;
    const std::string& text = *test;
    std::string untabbed = text;
    std::erase(untabbed, '\t');
    require(!has_control_characters(untabbed, true), "the litmus test has control characters", text);
    const std::size_t begin = text.find("(*");
    const std::size_t end = text.find("*)");
    require(text.find("(*", begin + 1) > end && text.compare(end, 6, "*)\n\n{\n") == 0,
            "the comment of the litmus test ends early", text);
    const std::size_t processes = count(text, "\nP");
    require(processes >= 1 && count(text, "{") == processes + 1 && count(text, "}") == processes + 1,
            "a body of the litmus test ends early", text);
    require(count(text, "\nexists (") == 1 && text.ends_with(")\n") && count(text, "exists ()") == 0,
            "the litmus test has no clause", text);
  }
}

void check_html(const Counterexample& trace) {
  const auto page = written([&] { return traces::html(trace); });
  if (!page) return;
  static const std::size_t scripts = count(traces::html({}), "<script");
  require(count(*page, "<script") == scripts && count(*page, "</script") == scripts,
          "something of the trace is a script", *page);
  constexpr std::string_view begin = R"(<script type="application/json" id="data">)";
  const std::size_t from = page->find(begin) + begin.size();
  const Json data =
      parsed(page->substr(from, page->find("</script", from) - from), "the page's data is not JSON");
  require(traces::from_json(data["view"]["trace"].dump(), "page") == trace, "the page has another trace",
          *page);
}

} // namespace gupcheck::tests
