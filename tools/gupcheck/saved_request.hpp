// SPDX-License-Identifier: GPL-2.0-only
//
// What a checkpoint says about the run that it is of, so that `gupcheck resume FILE` needs nothing else. And
// the options about checkpoints, which `check` and `resume` share.
#pragma once

#include "tools/gupcheck/run.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace gupcheck::tools {

// As they were typed.
struct CheckpointArguments {
  std::string file;
  std::string interval;
};

void add_checkpoint_options(CLI::App& command, CheckpointArguments& arguments, const std::string& file_help);
// Makes the request one that leaves checkpoints, if it was asked for. Throws UsageError for what cannot be.
void set_checkpoints(RunRequest& request, const CheckpointArguments& arguments);

std::string saved_request(const RunRequest& request);
// The same again. Throws UsageError when the text is none, engine::CheckpointError when the file is no
// checkpoint that this build can go on from.
RunRequest request_of_file(const std::string& path);

} // namespace gupcheck::tools
