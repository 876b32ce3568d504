// SPDX-License-Identifier: GPL-2.0-only
//
// The formats that a counterexample can be written in, one line each: what `trace show` and `trace export`
// accept, what their help lists, and what the tests go through.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace gupcheck::tools {

// What the command line can ask for; each format takes what concerns it.
struct FormatOptions {
  bool colour = false;
  bool unfold = false;        // also the steps that do not matter
  std::size_t max_steps = 32; // of a litmus test
  std::string source;         // of a page: where source lines come from, see html_options()
};

struct TraceFormat {
  const char* name;
  const char* summary;
  bool on_terminal; // `trace show` has it, too
  std::string (*write)(const traces::Counterexample&, const FormatOptions&);
};

std::span<const TraceFormat> trace_formats();
// The names of all, or of those that `trace show` has.
std::vector<std::string> format_names(bool on_terminal);
// Unknown names are a UsageError.
const TraceFormat& format_named(const std::string& name, bool on_terminal);

} // namespace gupcheck::tools
