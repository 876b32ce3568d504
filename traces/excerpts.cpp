// SPDX-License-Identifier: GPL-2.0-only
//
// See excerpts.hpp.
#include "traces/excerpts.hpp"

#include "traces/steps.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

namespace gupcheck::traces {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> endings = {".c", ".h", ".cc", ".hh", ".cpp", ".hpp", ".cxx", ".S"};

bool may_be_read(const fs::path& name) {
  if (name.empty() || name.is_absolute()) return false;
  if (std::any_of(name.begin(), name.end(), [](const fs::path& part) { return part == ".."; })) return false;
  return std::find(endings.begin(), endings.end(), name.extension().string()) != endings.end();
}

// Where the file is; nothing if it may not be read.
std::optional<fs::path> find_source(const fs::path& root, const std::string& name) {
  if (!may_be_read(name)) return std::nullopt;
  std::error_code error;
  const fs::path inside = fs::canonical(root, error);
  if (error) return std::nullopt;
  fs::path file = fs::canonical(inside / name, error);
  if (error || !fs::is_regular_file(file, error) || fs::file_size(file, error) > max_source_bytes || error)
    return std::nullopt;
  if (std::mismatch(inside.begin(), inside.end(), file.begin(), file.end()).first != inside.end())
    return std::nullopt;
  return file;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    for (char& c : line)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

// The lines that steps and threads at the end are at, by file.
std::map<std::string, std::set<std::uint32_t>> places_of(const Counterexample& trace) {
  std::map<std::string, std::set<std::uint32_t>> places;
  const auto add = [&places](const Source& where) {
    if (where.line != 0) places[where.file].insert(where.line);
  };
  const Steps steps(trace);
  for (std::size_t i = 0; i < steps.size(); ++i) add(steps[i].action.where);
  for (const Pending& pending : trace.pending)
    if (!pending.finished) add(pending.action.where);
  return places;
}

} // namespace

Excerpts excerpts(const Counterexample& trace, const fs::path& root, std::uint32_t around) {
  Excerpts found;
  for (const auto& [name, places] : places_of(trace)) {
    const std::optional<fs::path> file = find_source(root, name);
    if (!file) continue;
    const std::vector<std::string> lines = lines_of(*file);
    for (const std::uint32_t line : places) {
      if (line > lines.size()) continue;
      const std::size_t last = std::min<std::size_t>(lines.size(), std::size_t{line} + around);
      for (std::size_t i = line > around ? line - around : 1; i <= last; ++i)
        found[name][static_cast<std::uint32_t>(i)] = lines[i - 1];
    }
  }
  return found;
}

bool has_sources(const Counterexample& trace, const fs::path& root) {
  const auto places = places_of(trace);
  return std::any_of(places.begin(), places.end(),
                     [&root](const auto& place) { return find_source(root, place.first).has_value(); });
}

} // namespace gupcheck::traces
