// SPDX-License-Identifier: GPL-2.0-only
//
// A diff as JSON: `gupcheck-trace-diff`, version 1. See docs/trace-schema.md.
#include "traces/diff.hpp"
#include "traces/json.hpp"

#include <nlohmann/json.hpp>

namespace gupcheck::traces {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const DiffSide& side) {
  return {{"name", side.name},
          {"ending", name_of(side.ending)},
          {"guided", side.guided},
          {"trace", Json::parse(to_json(side.trace))}};
}

// Steps and rows are counted from 1 in everything that people see, from 0 in arrays.
Json json_of(const std::optional<std::size_t>& index) { return index ? Json(*index) : Json(nullptr); }

std::string_view what_differs(const DiffRow& row) {
  if (!row.b) return "only_a";
  if (!row.a) return "only_b";
  switch (row.differs) {
  case StepPart::nothing: return "nothing";
  case StepPart::operation: return "operation";
  case StepPart::value: return "value";
  case StepPart::result: return "result";
  case StepPart::new_value: return "new_value";
  }
  return "nothing";
}

} // namespace

std::string_view name_of(Ending ending) {
  switch (ending) {
  case Ending::broken: return "broken";
  case Ending::finished: return "finished";
  case Ending::stuck: return "stuck";
  case Ending::endless: return "endless";
  case Ending::stopped: break;
  }
  return "stopped";
}

std::string to_json(const TraceDiff& diff) {
  Json rows = Json::array();
  for (const DiffRow& row : diff.rows)
    rows.push_back({{"a", json_of(row.a)}, {"b", json_of(row.b)}, {"differs", what_differs(row)}});
  const Json document = {{"format", "gupcheck-trace-diff"},
                         {"version", 1},
                         {"same", diff.is_same()},
                         {"first", json_of(diff.first)},
                         {"parting", json_of(diff.parting)},
                         {"schedules_part", diff.schedules_part},
                         {"rows", rows},
                         {"a", json_of(diff.a)},
                         {"b", json_of(diff.b)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace gupcheck::traces
