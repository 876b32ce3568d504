// SPDX-License-Identifier: GPL-2.0-only
//
// Runs suites from the command line and prints what came of it. See check_main.hpp.
#include "traces/check_main.hpp"

#include "model/engine/explore.hpp"
#include "traces/record.hpp"
#include "traces/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace gupcheck::traces {

namespace {

constexpr int status_holds = 0;
constexpr int status_broken = 1;
constexpr int status_usage = 2;
constexpr int status_incomplete = 3;

int check(const NamedSuite& suite) {
  const std::unique_ptr<engine::Program> program = suite.make();
  const engine::Options options;
  const engine::Result result = engine::explore(*program, options);
  const std::string counted =
      fmt::format("{} states, {} transitions", result.statistics.states, result.statistics.transitions);
  switch (result.verdict) {
  case engine::Verdict::holds:
    fmt::print("{}: holds in all of {}\n", suite.name, counted);
    return status_holds;
  case engine::Verdict::incomplete:
    fmt::print("{}: incomplete, stopped by {} after {}\n", suite.name, result.stopped_by, counted);
    return status_incomplete;
  case engine::Verdict::broken: break;
  }
  fmt::print("{}: broken\n\n", suite.name);
  const Subject subject{.scenario = std::string(suite.name),
                        .kernel = {},
                        .parameters = {{"threads", std::to_string(program->threads())}}};
  fmt::print("{}\n", text(record(*program, options, subject, result.violation.value())));
  return status_broken;
}

} // namespace

std::string_view suite_name(std::string_view pretty_function) {
  constexpr std::string_view before = "[with S = ";
  const std::size_t found = pretty_function.find(before);
  if (found == std::string_view::npos) return pretty_function;
  std::string_view name = pretty_function.substr(found + before.size());
  name = name.substr(0, name.rfind(']'));
  if (const std::size_t colon = name.rfind("::", name.find('<')); colon != std::string_view::npos)
    name = name.substr(colon + 2);
  return name;
}

int check_suites(std::span<const NamedSuite> suites, int argc, char** argv) {
  const std::vector<std::string_view> wanted(argv + std::min(argc, 1), argv + argc);
  const auto is_known = [&](std::string_view name) {
    return std::any_of(suites.begin(), suites.end(),
                       [&](const NamedSuite& suite) { return suite.name == name; });
  };
  for (const std::string_view name : wanted) {
    if (is_known(name)) continue;
    std::string names;
    for (const NamedSuite& suite : suites) names += fmt::format(" '{}'", suite.name);
    fmt::print(stderr, "{}: no suite '{}'; there are:{}\n", argv[0], name, names);
    return status_usage;
  }

  int status = status_holds;
  for (const NamedSuite& suite : suites) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), suite.name) == wanted.end()) continue;
    try {
      const int one = check(suite);
      if (status != status_broken && one != status_holds) status = one;
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}: {}: {}\n", argv[0], suite.name, error.what());
      return status_usage;
    }
  }
  return status;
}

} // namespace gupcheck::traces
