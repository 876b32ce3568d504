// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck list: what there is to check.
#include "checks/promises.hpp"
#include "checks/scenarios/registry.hpp"
#include "model/history/history.hpp"
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

// `name`, and what there is to say of it in a column beside it.
std::string entry(std::string_view name, std::string_view text, std::size_t name_width) {
  std::string out;
  for (const std::string& line : traces::wrap(text, 98 - name_width)) {
    out += fmt::format("  {:<{}}{}\n", name, name_width, line);
    name = "";
  }
  return out;
}

std::string kernel_entry(const std::string& id) {
  const history::Version* version = history::find(id);
  if (version == nullptr) return entry(id, "a variant of gup-micro, not a kernel", 12);
  return entry(id, fmt::format("{}: {} ({})", version->number, version->description, version->source), 12);
}

std::string as_text() {
  std::string out = "scenarios (of every kernel version, where nothing else is said)\n";
  for (const checks::ScenarioInfo& scenario : checks::scenarios()) {
    out += fmt::format("  {}  ({}, {}; default kernel {})\n", scenario.name,
                       range(scenario.min_threads, scenario.max_threads, "thread"),
                       range(scenario.min_pages, scenario.max_pages, "page"), scenario.default_kernel);
    std::string text = scenario.summary;
    if (scenario.kernels.size() != history::all().size())
      text += fmt::format("; kernels: {}", fmt::join(scenario.kernels, ", "));
    for (const std::string& line : traces::wrap(text, 94)) out += fmt::format("      {}\n", line);
  }
  out += "\nkernels\n";
  for (const std::string& kernel : kernels()) out += kernel_entry(kernel);
  out += "\nchecks\n";
  for (const checks::Promise& promise : checks::promises())
    out += entry(promise.check->name, promise.says, 16);
  out += "\nmemory models\n" + entry("sc", "sequential consistency", 12);
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
