// SPDX-License-Identifier: GPL-2.0-only
//
// What the screen of `gupcheck explore` shows, as lines of text; knows nothing of terminals.
#pragma once

#include "tools/gupcheck/explore_session.hpp"

#include <string>
#include <vector>

namespace gupcheck::tools {

enum class Look { plain, strong, faint, alarm, good, selected };

struct ScreenLine {
  std::string text;
  Look look = Look::plain;
};

// Each thread with its next step, or what it waits for: two lines each if `roomy`, else one.
std::vector<ScreenLine> thread_lines(const ExploreSession& session, std::size_t selected, bool roomy);
std::vector<ScreenLine> picture_lines(const ExploreSession& session);
// `height` lines of the steps so far and those ahead, around the present one.
std::vector<ScreenLine> history_lines(const ExploreSession& session, std::size_t height);
// The same lines, none wider than `width`: those that are go on in further ones.
std::vector<ScreenLine> wrapped(const std::vector<ScreenLine>& lines, std::size_t width);
// What is broken here; empty if nothing is.
std::string broken_line(const ExploreSession& session);
// `explore: gup-micro, kernel seed, 2 threads, 1 page`, and `step 3 of 10` to be put at its right.
std::string title(const ExploreSession& session);
std::string position_words(const ExploreSession& session);
// Keys and commands, for the help screen.
std::vector<ScreenLine> help_lines();

} // namespace gupcheck::tools
