// SPDX-License-Identifier: GPL-2.0-only
//
// Results to stdout and to files: whole or not at all.
//
// A file appears under its name only when all of it is on the disk; until then the name keeps what it had.
// What cannot be written is a UsageError that names the file and the reason. `-` means stdout.
#pragma once

#include <string>
#include <string_view>

namespace gupcheck::tools {

void write_output(const std::string& path, std::string_view text);
inline void print(std::string_view text) { write_output("-", text); }

// Whether both names are of one file, which need not be there; false for stdout and devices.
bool is_same_file(const std::string& one, const std::string& other);
// Whether `path` can be written, as far as that can be told before a long run; throws as write_output() does.
void require_writable(const std::string& path);
// Makes the directory if it is not there.
void require_directory(const std::string& path);

// A terminal, and nobody set NO_COLOR.
bool colour_on_stdout();
bool stderr_is_terminal();

} // namespace gupcheck::tools
