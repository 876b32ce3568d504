// SPDX-License-Identifier: GPL-2.0-only
//
// See curses.hpp.
#include "tools/gupcheck/curses.hpp"

#include "tools/gupcheck/status.hpp"

#define NCURSES_NOMACROS
#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <curses.h>
#include <string_view>
#include <unistd.h>

namespace gupcheck::tools {

namespace {

constexpr int wait_ms = 250;
constexpr int escape_ms = 25; // the rest of a key's sequence comes at once
constexpr short alarm_pair = 1;
constexpr short good_pair = 2;
constexpr int escape_key = 27;
constexpr int delete_key = 127;

attr_t pair(short number) { return static_cast<attr_t>(COLOR_PAIR(number)); }

// ncurses' own handlers must not run on a model thread's stack while one runs.
void move_handlers_off_the_stack() {
  for (const int signal : {SIGWINCH, SIGTSTP}) {
    struct sigaction action = {};
    if (sigaction(signal, nullptr, &action) != 0) continue;
    action.sa_flags |= SA_ONSTACK;
    sigaction(signal, &action, nullptr);
  }
}

} // namespace

bool Curses::is_possible() {
  const char* const term = std::getenv("TERM");
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0 && term != nullptr &&
         std::string_view(term) != "dumb" && *term != '\0';
}

Curses::Curses() {
  std::setlocale(LC_CTYPE, ""); // names of files may hold what is no ASCII
  SCREEN* screen = newterm(nullptr, stdout, stdin);
  if (screen == nullptr)
    throw UsageError(std::string("explore: no description of the terminal ") + std::getenv("TERM") +
                     " (--pipe needs none)");
  set_term(screen);
  cbreak();
  noecho();
  keypad(stdscr, true);
  set_escdelay(escape_ms);
  wtimeout(stdscr, wait_ms);
  curs_set(0);
  if (has_colors() && std::getenv("NO_COLOR") == nullptr) {
    colours_ = true;
    start_color();
    use_default_colors();
    init_pair(alarm_pair, COLOR_RED, -1);
    init_pair(good_pair, COLOR_GREEN, -1);
  }
  move_handlers_off_the_stack();
}

Curses::~Curses() { endwin(); }

int Curses::rows() const { return getmaxy(stdscr); }
int Curses::columns() const { return getmaxx(stdscr); }
void Curses::clear() { werase(stdscr); }

void Curses::put(int row, int column, int width, const ScreenLine& line) {
  if (width <= 0) return;
  attr_t attributes = A_NORMAL;
  switch (line.look) {
  case Look::plain: break;
  case Look::strong: attributes = A_BOLD; break;
  case Look::faint: attributes = A_DIM; break;
  case Look::alarm: attributes = A_BOLD | (colours_ ? pair(alarm_pair) : A_NORMAL); break;
  case Look::good: attributes = colours_ ? pair(good_pair) : A_NORMAL; break;
  case Look::selected: attributes = A_REVERSE; break;
  }
  wattrset(stdscr, static_cast<int>(attributes));
  mvwaddnstr(stdscr, row, column, line.text.c_str(), width);
  wattrset(stdscr, A_NORMAL);
}

void Curses::show() { wrefresh(stdscr); }

void Curses::cursor_at_end_of_status(std::size_t column) {
  wmove(stdscr, rows() - 2, std::min(static_cast<int>(column), columns() - 1));
  curs_set(1);
  wrefresh(stdscr);
}

void Curses::hide_cursor() { curs_set(0); }

int Curses::key() {
  const int key = wgetch(stdscr);
  switch (key) {
  case ERR:
    // Nothing for a while, or a signal. From a terminal that is gone one reads nothing at once, for ever.
    return ::isatty(STDIN_FILENO) == 0 ? gone : nothing;
  case KEY_RESIZE: return resized;
  case KEY_UP: return up;
  case KEY_DOWN: return down;
  case KEY_PPAGE: return page_up;
  case KEY_NPAGE: return page_down;
  case KEY_ENTER:
  case '\n':
  case '\r': return enter;
  case KEY_BACKSPACE:
  case '\b':
  case delete_key: return backspace;
  case escape_key: return escape;
  default: return key < 256 ? key : nothing;
  }
}

} // namespace gupcheck::tools
