// SPDX-License-Identifier: GPL-2.0-only
//
// Counterexamples in files: the format `gupcheck-trace`, version 2 (docs/trace-schema.md,
// traces/schema.json).
//
// from_json(to_json(trace)) == trace, for strings of UTF-8 without control characters. What from_json()
// accepts is complete and within the bounds of the format: thread numbers are of threads that exist, no
// string can drive a terminal. Everything else is a std::runtime_error of one line that says which file,
// where in it and what.
#pragma once

#include "traces/counterexample.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace gupcheck::traces {

inline constexpr std::string_view trace_format = "gupcheck-trace";
inline constexpr unsigned trace_version = 2;
// Larger files are refused unread; the longest schedule that makes sense is far below.
inline constexpr std::size_t max_trace_bytes = 64 * 1024 * 1024;

std::string to_json(const Counterexample& trace);
// `origin` names the text in messages.
Counterexample from_json(std::string_view text, const std::string& origin);
Counterexample read_trace(const std::filesystem::path& file);

} // namespace gupcheck::traces
