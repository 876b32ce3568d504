// SPDX-License-Identifier: GPL-2.0-only
//
// Draws the progress line over itself, cut to the width of the terminal.
#include "tools/gupcheck/progress.hpp"

#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/quantity.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace gupcheck::tools {

namespace {

std::size_t terminal_width() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

} // namespace

std::function<void(const engine::Progress&)> ProgressLine::callback() {
  if (!stderr_is_terminal()) return {};
  return [this](const engine::Progress& progress) { show(progress); };
}

void ProgressLine::show(const engine::Progress& progress) {
  const double rate = progress.seconds > 0 ? static_cast<double>(progress.states) / progress.seconds : 0;
  const std::string line = fmt::format(
      "{}: {}, {} states, {}/s, depth {}, {}, {}", what_, progress.phase, count_words(progress.states),
      count_words(static_cast<std::uint64_t>(rate)), count_words(progress.depth),
      size_words(progress.memory_bytes), duration_words(progress.seconds));
  fmt::print(stderr, "\r\x1b[K{}", std::string_view(line).substr(0, terminal_width() - 1));
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::erase() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

} // namespace gupcheck::tools
