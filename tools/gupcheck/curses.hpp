// SPDX-License-Identifier: GPL-2.0-only
//
// The terminal as a sheet of lines and a source of keys: ncurses, without its names in ours.
//
// While one exists the terminal is in its hands; afterwards it is as it was. Colours only if there are some
// and nobody set NO_COLOR; what matters can be seen without. Text is cut at the width that it is given.
#pragma once

#include "tools/gupcheck/explore_layout.hpp"

namespace gupcheck::tools {

class Curses {
public:
  // What key() returns besides characters.
  enum Key : int {
    nothing = -1, // for a while
    gone = -2,    // the terminal
    resized = 256,
    up,
    down,
    page_up,
    page_down,
    enter,
    backspace,
    escape,
    interrupt, // Ctrl-C, when no search runs
  };

  // Throws UsageError when the terminal is of a kind that nobody knows.
  Curses();
  ~Curses();
  Curses(const Curses&) = delete;
  Curses& operator=(const Curses&) = delete;

  static bool is_possible();

  int rows() const;
  int columns() const;
  void clear();
  void put(int row, int column, int width, const ScreenLine& line);
  void show();
  // For an answer that is typed on the line above the last.
  void cursor_at_end_of_status(std::size_t column);
  void hide_cursor();
  // Waits for one, but not for ever.
  int key();

private:
  bool colours_ = false;
};

} // namespace gupcheck::tools
