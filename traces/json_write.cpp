// SPDX-License-Identifier: GPL-2.0-only
//
// Writes counterexamples as JSON: every member always, in the order in which a person would read them.
#include "traces/enum_names.hpp"
#include "traces/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace gupcheck::traces {

namespace {

using Json = nlohmann::ordered_json;

// Hexadecimal text, because numbers beyond 2^53 do not survive every JSON reader.
Json json_of(const Value& value) {
  return {{"words", value.words}, {"hex", fmt::format("{:#x}", value.raw)}};
}

Json json_of(const std::optional<Value>& value) { return value ? json_of(*value) : Json(nullptr); }

Json json_of(const Action& action) {
  return {{"kind", name_of(action.kind)},
          {"location", action.location},
          {"bits", action.bits},
          {"operand", json_of(action.operand)},
          {"operand2", json_of(action.operand2)},
          {"shows", name_of(action.shows)},
          {"order", name_of(action.order)},
          {"access", action.plain ? "plain" : "atomic"},
          {"size", action.size},
          {"source",
           {{"file", action.where.file}, {"line", action.where.line}, {"function", action.where.function}}},
          {"stack", action.stack}};
}

Json json_of(const std::vector<PictureLine>& picture) {
  Json lines = Json::array();
  for (const PictureLine& line : picture) lines.push_back({{"name", line.name}, {"state", line.state}});
  return lines;
}

Json json_of(const std::vector<Step>& steps) {
  Json list = Json::array();
  for (const Step& step : steps)
    list.push_back({{"thread", step.move.thread},
                    {"choice", step.move.choice},
                    {"operation", json_of(step.action)},
                    {"before", json_of(step.before)},
                    {"after", json_of(step.after)},
                    {"result", json_of(step.result)},
                    {"changed", json_of(step.changed)},
                    {"matters", step.matters}});
  return list;
}

Json json_of(const std::vector<Pending>& threads) {
  Json list = Json::array();
  for (const Pending& thread : threads)
    list.push_back({{"finished", thread.finished},
                    {"enabled", thread.enabled},
                    {"operation", thread.finished ? Json(nullptr) : json_of(thread.action)},
                    {"last", json_of(thread.last)}});
  return list;
}

} // namespace

std::string to_json(const Counterexample& trace) {
  const Json document = {{"format", trace_format},
                         {"version", trace_version},
                         {"scenario", trace.subject.scenario},
                         {"kernel", trace.subject.kernel},
                         {"parameters", trace.subject.parameters},
                         {"options",
                          {{"memory", trace.semantics.memory},
                           {"fairness", name_of(trace.semantics.fairness)},
                           {"locks", name_of(trace.semantics.locks)},
                           {"without", trace.semantics.without}}},
                         {"check", trace.check},
                         {"message", trace.message},
                         {"explanation", trace.explanation},
                         {"shortest", trace.shortest},
                         {"fewest_switches", trace.fewest_switches},
                         {"looked_at", trace.looked_at},
                         {"threads", trace.threads},
                         {"initial", json_of(trace.initial)},
                         {"stem", json_of(trace.stem)},
                         {"cycle", json_of(trace.cycle)},
                         {"end", json_of(trace.pending)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace gupcheck::traces
