// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck list: what there is to check.
#include "checks/scenarios/registry.hpp"
#include "tools/gupcheck/commands.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/status.hpp"
#include "traces/lanes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace gupcheck::tools {

namespace {

using Json = nlohmann::ordered_json;

std::string range(unsigned least, unsigned most, std::string_view one) {
  if (least == most) return fmt::format("{} {}{}", least, one, least == 1 ? "" : "s");
  return fmt::format("{}-{} {}s", least, most, one);
}

// Every kernel that some scenario accepts, in the order of first mention.
std::vector<std::string> kernels() {
  std::vector<std::string> all;
  for (const checks::ScenarioInfo& scenario : checks::scenarios())
    for (const std::string& kernel : scenario.kernels)
      if (std::find(all.begin(), all.end(), kernel) == all.end()) all.push_back(kernel);
  return all;
}

std::string block(std::string_view title, const std::vector<std::string>& names) {
  std::string out = fmt::format("{}\n", title);
  for (const std::string& line : traces::wrap(fmt::format("{}", fmt::join(names, ", ")), 96))
    out += fmt::format("  {}\n", line);
  return out;
}

std::string as_text() {
  std::string out = "scenarios\n";
  for (const checks::ScenarioInfo& scenario : checks::scenarios()) {
    out += fmt::format("  {}  ({}, {}; default kernel {})\n", scenario.name,
                       range(scenario.min_threads, scenario.max_threads, "thread"),
                       range(scenario.min_pages, scenario.max_pages, "page"), scenario.default_kernel);
    for (const std::string& line : traces::wrap(scenario.summary, 94)) out += fmt::format("      {}\n", line);
    for (const std::string& line :
         traces::wrap(fmt::format("kernels: {}", fmt::join(scenario.kernels, ", ")), 94))
      out += fmt::format("      {}\n", line);
  }
  out += block("kernels", kernels());
  out += block("checks", checks::check_names());
  out += block("memory models", {"sc"});
  return out;
}

std::string as_json() {
  Json scenarios = Json::array();
  for (const checks::ScenarioInfo& scenario : checks::scenarios())
    scenarios.push_back(
        {{"name", scenario.name},
         {"summary", scenario.summary},
         {"kernels", scenario.kernels},
         {"default_kernel", scenario.default_kernel},
         {"threads",
          {{"min", scenario.min_threads},
           {"max", scenario.max_threads},
           {"default", scenario.default_threads}}},
         {"pages",
          {{"min", scenario.min_pages}, {"max", scenario.max_pages}, {"default", scenario.default_pages}}}});
  const Json document = {{"version", 1},
                         {"scenarios", scenarios},
                         {"kernels", kernels()},
                         {"checks", checks::check_names()},
                         {"memory", Json::array({"sc"})}};
  return document.dump(2) + '\n';
}

} // namespace

void add_list_command(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("list", "Scenarios, kernel versions, checks and memory models");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "As JSON");
  command->final_callback([json, &status] {
    print(*json ? as_json() : as_text());
    status = exit_expected;
  });
}

} // namespace gupcheck::tools
