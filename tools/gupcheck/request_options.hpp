// SPDX-License-Identifier: GPL-2.0-only
//
// The options that `check` and `explore` share: what is looked at, and how far a search may go.
#pragma once

#include "tools/gupcheck/run.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "traces/enum_names.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gupcheck::tools {

// As they were typed.
struct SubjectArguments {
  std::string kernel;
  unsigned threads = 0; // 0: the scenario's default
  unsigned pages = 0;
  std::string memory = "sc";
  std::string fairness = "strong";
  std::string locks = "unfair";
  std::vector<std::string> without;
};
struct LimitArguments {
  unsigned jobs = 1;
  std::uint64_t max_states = 0; // 0: no limit, as for the others
  std::string max_memory;
  std::string timeout;
};

void add_subject_options(CLI::App& command, SubjectArguments& arguments);
void add_limit_options(CLI::App& command, LimitArguments& arguments);

// What they say of the options of a run. Throws UsageError for what makes no sense.
void set_options(engine::Options& options, const SubjectArguments& arguments);
void set_options(engine::Options& options, const LimitArguments& arguments);

// The value of that name; throws UsageError with the possible ones.
template <class Enum> Enum enum_of(const std::string& option, const std::string& name) {
  const auto& names = traces::enum_names<Enum>;
  require_known(option, name, std::vector<std::string>(names.begin(), names.end()));
  return traces::named<Enum>(name).value();
}

} // namespace gupcheck::tools
