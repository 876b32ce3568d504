// SPDX-License-Identifier: GPL-2.0-only
//
// The subcommands, one file each. A subcommand registers itself with the parser and, when it was asked for,
// runs while parsing ends and leaves its exit status.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace gupcheck::tools {

void add_list_command(CLI::App& app, int& status);
void add_check_command(CLI::App& app, int& status);
void add_explore_command(CLI::App& app, int& status);
void add_resume_command(CLI::App& app, int& status);
void add_matrix_command(CLI::App& app, int& status);
void add_trace_command(CLI::App& app, int& status);

// gupcheck without a subcommand; returns the exit status. Traces go to `directory`, all of it as one page to
// `page` unless that is empty.
int run_discussion(const std::string& directory, const std::string& page);

} // namespace gupcheck::tools
