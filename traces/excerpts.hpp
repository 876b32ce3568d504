// SPDX-License-Identifier: GPL-2.0-only
//
// The source lines that a counterexample is about, from a source tree at hand.
//
// A trace comes from anywhere and must not choose what is read: a file counts only if its name is relative,
// has no `..` and ends like a C or C++ source file, and if it then is a regular file of at most
// max_source_bytes inside the root, symbolic links followed. Everything else is as if it were not there.
// Each file is read once.
#pragma once

#include "traces/counterexample.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace gupcheck::traces {

inline constexpr std::size_t max_source_bytes = std::size_t{2} * 1024 * 1024;

// By file, then by line from 1; lines without their end and without control characters. The other bytes are
// the file's: who needs UTF-8 has to see to that.
using Excerpts = std::map<std::string, std::map<std::uint32_t, std::string>>;

// Up to `around` lines before and after each place of the trace.
Excerpts excerpts(const Counterexample& trace, const std::filesystem::path& root, std::uint32_t around = 3);

// Whether any source file of the trace is there.
bool has_sources(const Counterexample& trace, const std::filesystem::path& root);

} // namespace gupcheck::traces
