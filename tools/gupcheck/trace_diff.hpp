// SPDX-License-Identifier: GPL-2.0-only
//
// gupcheck trace diff, which registers itself under `trace`.
#pragma once

#include <CLI/CLI.hpp>

namespace gupcheck::tools {

void add_trace_diff(CLI::App& trace, int& status);

} // namespace gupcheck::tools
