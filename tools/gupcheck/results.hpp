// SPDX-License-Identifier: GPL-2.0-only
//
// From requests to an exit status: runs them one after the other and reports each where the user wants it.
// `check` and `resume` share it.
#pragma once

#include "tools/gupcheck/run.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace gupcheck::tools {

// As they were typed; empty: not wanted.
struct ResultFiles {
  std::string json;
  std::string junit;
  std::string traces; // a directory
};

void add_result_options(CLI::App& command, ResultFiles& files);
// Before a long run: throws UsageError for what cannot be written, and for what would be written over each
// other or over one of `others` (checkpoints; empty: none).
void require_writable(const ResultFiles& files, const std::vector<std::string>& others);

// The exit status.
int run_and_report(std::vector<RunRequest> requests, const ResultFiles& files);

} // namespace gupcheck::tools
