// SPDX-License-Identifier: GPL-2.0-only
//
// Drawing in lanes: where each text goes, how it wraps, and which bars stay visible.
#include "traces/lanes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::traces {

namespace {

void trim(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

} // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
  }
  return lines;
}

std::string clipped(std::string_view name, std::size_t most) {
  if (name.size() <= most) return std::string(name);
  std::size_t end = most - 2;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end; // not inside a character
  return std::string(name.substr(0, end)) + "..";
}

std::string styled(std::string_view text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", style == Style::strong ? "1" : "2", text);
}

Lanes::Lanes(std::vector<std::string> names, std::size_t columns, bool colour)
    : names_(std::move(names)), columns_(columns), width_(columns), colour_(colour) {
  for (std::string& name : names_) name = clipped(name, longest_name);
  const std::size_t lanes = names_.size();
  const std::size_t room = columns - margin_width;
  if (!lanes_fit() || lanes < 2) return;
  // The texts of the last lane have nowhere to run over to, so it is the widest.
  const std::size_t last = std::max(room / lanes, std::min(room * 3 / 5, 38 + 14 / (lanes - 1)));
  width_ = (room - last) / (lanes - 1);
}

void Lanes::head() {
  if (!lanes_fit()) return;
  std::string line = fmt::format("{:<{}}", "step", margin_width);
  for (const std::string& name : names_) line += fmt::format("{:<{}}", clipped(name, width_ - 1), width_);
  trim(line);
  sheet_ += styled(line, Style::strong, colour_) + '\n';
}

void Lanes::row(std::size_t thread, std::string_view margin, std::size_t indent, std::string_view text,
                Style style) {
  std::size_t lane = thread;
  std::string marker;
  if (!lanes_fit()) {
    lane = 0;
    std::size_t longest = 0;
    for (const std::string& name : names_) longest = std::max(longest, name.size());
    marker = fmt::format("{:<{}} ", names_[thread], longest);
  }
  const std::size_t lanes = lanes_fit() ? names_.size() : 1;
  const std::size_t left = start(lane) + marker.size() + indent;
  // Two columns to spare for the hanging indent of what does not fit.
  const std::size_t room = std::max<std::size_t>(columns_ - left, 12) - 2;
  bool first = true;
  for (const std::string& part : wrap(text, room)) {
    std::string line = fmt::format("{:>4}  ", first ? margin : std::string_view());
    for (std::size_t other = 0; other < lane; ++other) line += fmt::format("{:<{}}", "|", width_);
    const std::string shown = std::string(first ? 0 : 2, ' ') + part;
    line += (first ? marker : std::string(marker.size(), ' ')) + std::string(indent, ' ');
    std::size_t used = line.size() + shown.size();
    line += styled(shown, style, colour_);
    for (std::size_t other = lane + 1; other < lanes; ++other) {
      if (used >= start(other)) continue;
      line += std::string(start(other) - used, ' ') + '|';
      used = start(other) + 1;
    }
    trim(line);
    sheet_ += line + '\n';
    first = false;
  }
}

void Lanes::across(std::string_view text) {
  const std::string ruled = fmt::format("----- {} ", text);
  sheet_ += styled(fmt::format("{:-<{}}", ruled, columns_), Style::strong, colour_) + '\n';
}

} // namespace gupcheck::traces
