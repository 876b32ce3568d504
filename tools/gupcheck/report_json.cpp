// SPDX-License-Identifier: GPL-2.0-only
//
// Results as JSON. Numbers that can pass 2^53 do not occur in a run that ends.
#include "tools/gupcheck/report.hpp"
#include "traces/enum_names.hpp"

#include <nlohmann/json.hpp>

namespace gupcheck::tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned result_version = 1;

Json json_of(const CheckResult& check) {
  return {{"name", check.name},
          {"verdict", traces::name_of(check.verdict)},
          {"message", check.message},
          {"trace", check.trace_file.empty() ? Json(nullptr) : Json(check.trace_file)}};
}

Json json_of(const RunResult& result) {
  const engine::Options& options = result.request.options;
  const engine::Statistics& statistics = result.statistics;
  Json checks = Json::array();
  for (const CheckResult& check : result.checks) checks.push_back(json_of(check));
  return {{"version", result_version},
          {"scenario", result.request.scenario->name},
          {"kernel", result.request.parameters.kernel},
          {"memory", "sc"},
          {"threads", result.request.parameters.threads},
          {"pages", result.request.parameters.pages},
          {"fairness", traces::name_of(options.fairness)},
          {"locks", traces::name_of(options.locks)},
          {"engine", traces::name_of(options.executor)},
          {"quotient", options.quotient},
          {"transactions", options.transactions},
          {"sleep_sets", options.sleep_sets},
          {"symmetry", options.symmetry},
          {"search", traces::name_of(options.order)},
          {"jobs", options.jobs},
          {"without", options.without},
          {"verdict", traces::name_of(result.verdict)},
          {"stopped_by", result.stopped_by.empty() ? Json(nullptr) : Json(result.stopped_by)},
          {"states", statistics.states},
          {"transitions", statistics.transitions},
          {"native_runs", statistics.native_runs},
          {"local_states", statistics.local_states},
          {"restarts", statistics.restarts},
          {"renamings", traces::name_of(statistics.renamings)},
          {"why_not_all_renamings",
           statistics.why_not_all_renamings.empty() ? Json(nullptr) : Json(statistics.why_not_all_renamings)},
          {"depth", statistics.depth},
          {"seconds", statistics.seconds},
          {"peak_memory_bytes", statistics.peak_memory_bytes},
          {"omission_probability", statistics.omission_probability},
          {"checks", checks}};
}

} // namespace

std::string report_json(const std::vector<RunResult>& results) {
  Json document = Json::array();
  for (const RunResult& result : results) document.push_back(json_of(result));
  if (results.size() == 1) document = Json(document[0]);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace gupcheck::tools
