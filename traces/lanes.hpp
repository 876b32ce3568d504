// SPDX-License-Identifier: GPL-2.0-only
//
// The sheet that a trace is drawn on: numbered rows, and side by side a lane for each thread.
//
// A text starts in its thread's lane and may run over the lanes to its right, which are empty in that row;
// lanes that are not covered show a bar. With more threads than lanes fit, there is one lane and each text is
// marked with its thread's name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gupcheck::traces {

enum class Style { plain, faint, strong };

// `text` in lines of at most `width`, broken at blanks; a word that is longer has a line of its own.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// The beginning of a name that is longer than `most` bytes (at least 4), marked as such: names come from
// files and must not push everything else off the page.
std::string clipped(std::string_view name, std::size_t most);

// `text` in terminal colours if `colour` is set.
std::string styled(std::string_view text, Style style, bool colour);

class Lanes {
public:
  Lanes(std::vector<std::string> names, std::size_t columns, bool colour);

  // The names of the lanes; nothing if there is one lane for all.
  void head();
  // One text in the lane of `thread`, after `margin` (a step's number, or empty), indented by `indent`.
  void row(std::size_t thread, std::string_view margin, std::size_t indent, std::string_view text,
           Style style);
  // A line across all lanes.
  void across(std::string_view text);
  void blank() { sheet_ += '\n'; }

  std::string take() { return std::move(sheet_); }

private:
  static constexpr std::size_t margin_width = 6;
  static constexpr std::size_t longest_name = 24;
  bool lanes_fit() const { return names_.size() <= 4; }
  std::size_t start(std::size_t lane) const { return margin_width + lane * width_; }

  std::vector<std::string> names_;
  std::size_t columns_;
  std::size_t width_; // of a lane
  bool colour_;
  std::string sheet_;
};

} // namespace gupcheck::traces
