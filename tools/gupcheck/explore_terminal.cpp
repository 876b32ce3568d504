// SPDX-License-Identifier: GPL-2.0-only
//
// Draws the session with ncurses and turns keys into commands. See explore_terminal.hpp.
#include "tools/gupcheck/explore_terminal.hpp"

#include "tools/gupcheck/curses.hpp"
#include "tools/gupcheck/explore_command.hpp"
#include "tools/gupcheck/explore_layout.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gupcheck::tools {

namespace {

constexpr int least_rows = 12;
constexpr int least_columns = 40;
constexpr std::size_t page_of_steps = 10;

class Terminal {
public:
  explicit Terminal(ExploreSession& session) : session_(session) {
    session_.set_progress([this](const engine::Progress& progress) {
      status_ =
          fmt::format("looking: {} states, depth {}, {} (Ctrl-C stops it)", count_words(progress.states),
                      count_words(progress.depth), duration_words(progress.seconds));
      alarm_ = false;
      draw();
    });
  }
  ~Terminal() { session_.set_progress({}); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void run() {
    while (!done_) {
      draw();
      const int key = next_key();
      if (told_to_end() || key == Curses::gone) return;
      if (key != Curses::nothing) press(key);
      forget_interrupts(); // one that stopped a search was for that
    }
  }

private:
  // --- keys -----------------------------------------------------------------------------------------------

  // Ctrl-C is a key like any other while no search runs.
  int next_key() {
    const int key = curses_.key();
    const bool interrupted = session_.request().options.interrupted->load();
    if (interrupted) forget_interrupts();
    return interrupted && key == Curses::nothing ? Curses::interrupt : key;
  }

  void press(int key) {
    if (key == Curses::resized) return;
    if (std::exchange(helping_, false)) return; // any key ends it
    const std::size_t threads = session_.now().threads.size();
    if (key >= '1' && key <= '8') return step(static_cast<std::size_t>(key - '1'));
    switch (key) {
    case Curses::up: selected_ = (selected_ + threads - 1) % threads; return;
    case Curses::down: selected_ = (selected_ + 1) % threads; return;
    case Curses::enter: return step(selected_);
    case 'u':
    case Curses::backspace: return command("back");
    case 'r': return command("redo");
    case Curses::page_up:
      return command(
          fmt::format("goto {}", session_.position() - std::min(session_.position(), page_of_steps)));
    case Curses::page_down:
      return command(
          fmt::format("goto {}", std::min(session_.length(), session_.position() + page_of_steps)));
    case 'g': return ask("go to step: ", "goto ");
    case 'f': return command("finish");
    case 'j': return command("jump");
    case 's': return ask("save as: ", "save ");
    case ':': return ask(":", "");
    case '?': helping_ = true; return;
    case 'q': done_ = true; return;
    case Curses::interrupt: return say("Ctrl-C stops a search; q quits", false);
    default: say("no such key; ? lists them", true);
    }
  }

  void step(std::size_t thread) {
    if (thread >= session_.now().threads.size())
      return say(fmt::format("there is no thread {}", thread + 1), true);
    selected_ = thread;
    // By its number: names may be those of other threads' numbers.
    if (session_.choices(thread) > 1)
      return ask(
          fmt::format("{} chooses, 0 to {}: ", session_.now().threads[thread], session_.choices(thread) - 1),
          fmt::format("step {} ", thread));
    command(fmt::format("step {}", thread));
  }

  // Asks for the rest of a command; Escape, or nothing typed, is no answer.
  void ask(const std::string& question, const std::string& begin) {
    std::string answer;
    for (;;) {
      say(question + answer, false);
      draw();
      curses_.cursor_at_end_of_status(question.size() + answer.size());
      const int key = next_key();
      if (told_to_end() || key == Curses::gone || key == Curses::escape || key == Curses::interrupt) break;
      if (key == Curses::enter) {
        curses_.hide_cursor();
        if (answer.empty()) break;
        return command(begin + answer);
      }
      if (key == Curses::backspace) erase_last(answer);
      if (key >= ' ' && key < 256 && key != 127 && answer.size() < longest_answer)
        answer += static_cast<char>(key);
    }
    curses_.hide_cursor();
    say("", false);
  }

  // A character of UTF-8.
  static void erase_last(std::string& text) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0U) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
  }

  void command(const std::string& line) {
    try {
      const ExploreCommand command = parse_command(line);
      if (command.kind == ExploreCommand::Kind::quit) done_ = true;
      if (command.kind == ExploreCommand::Kind::help) helping_ = true;
      if (command.kind == ExploreCommand::Kind::finish || command.kind == ExploreCommand::Kind::jump) {
        say("looking ... (Ctrl-C stops it)", false);
        draw();
      }
      const ExploreReply reply = execute(session_, command);
      const bool found =
          command.kind == ExploreCommand::Kind::finish && reply.finish->verdict == engine::Verdict::broken;
      say(reply.message + (found && reply.finish->steps != 0 ? " (j jumps there, r goes step by step)" : ""),
          false);
    } catch (const std::runtime_error& error) {
      say(error.what(), true);
    }
  }

  void say(std::string words, bool alarm) {
    status_ = std::move(words);
    alarm_ = alarm;
  }

  // --- the screen -----------------------------------------------------------------------------------------

  void draw() {
    const int rows = curses_.rows();
    const int columns = curses_.columns();
    curses_.clear();
    if (rows < least_rows || columns < least_columns) {
      curses_.put(0, 0, columns, {fmt::format("needs {}x{}", least_columns, least_rows), Look::plain});
    } else if (helping_) {
      draw_help(rows, columns);
    } else {
      draw_session(rows, columns);
    }
    curses_.show();
  }

  void draw_help(int rows, int columns) {
    const std::vector<ScreenLine> lines = help_lines();
    for (int row = 0; row < rows && row < static_cast<int>(lines.size()); ++row)
      curses_.put(row, 0, columns, lines[static_cast<std::size_t>(row)]);
  }

  // The title; threads at the left and pages at the right; the steps; what is broken, the status, the keys.
  void draw_session(int rows, int columns) {
    const std::string position = position_words(session_);
    const std::size_t room =
        static_cast<std::size_t>(columns) - std::min<std::size_t>(position.size() + 2, 20);
    std::string head = title(session_).substr(0, room);
    head.resize(static_cast<std::size_t>(columns) - position.size() - 1, ' ');
    curses_.put(0, 0, columns, {head + position + " ", Look::selected});

    const int split = columns * 3 / 5;
    const auto left_width = static_cast<std::size_t>(split - 2);
    const auto right_width = static_cast<std::size_t>(columns - split - 1);
    constexpr int least_history = 4;
    const std::vector<ScreenLine> broken =
        wrapped({{broken_line(session_), Look::alarm}}, static_cast<std::size_t>(columns));
    const int below = 2 + static_cast<int>(std::min<std::size_t>(broken.size(), 2)); // status, keys
    const int room_above = rows - 2 - below - least_history;                         // title, rule
    // As much as there is room for.
    std::vector<ScreenLine> left = wrapped(thread_lines(session_, selected_, true), left_width);
    if (static_cast<int>(left.size()) > room_above) left = thread_lines(session_, selected_, true);
    if (static_cast<int>(left.size()) > room_above) left = thread_lines(session_, selected_, false);
    std::vector<ScreenLine> right = wrapped(picture_lines(session_), right_width);
    if (static_cast<int>(right.size()) > room_above) right = picture_lines(session_);
    const int picture_height = static_cast<int>(right.size());
    const int height = std::min(room_above, std::max(static_cast<int>(left.size()), picture_height));
    for (int row = 0; row < height; ++row) {
      const auto at = static_cast<std::size_t>(row);
      if (at < left.size()) curses_.put(1 + row, 0, split - 1, left[at]);
      curses_.put(1 + row, split - 1, 2, {"| ", Look::faint});
      if (at < right.size()) curses_.put(1 + row, split + 1, columns - split - 1, right[at]);
    }
    curses_.put(1 + height, 0, columns, {std::string(static_cast<std::size_t>(columns), '-'), Look::faint});
    const int history_height = rows - height - 2 - below;
    const std::vector<ScreenLine> history = history_lines(session_, static_cast<std::size_t>(history_height));
    for (std::size_t i = 0; i < history.size(); ++i)
      curses_.put(2 + height + static_cast<int>(i), 0, columns, history[i]);
    for (int i = 0; i < below - 2; ++i)
      curses_.put(rows - below + i, 0, columns, broken[static_cast<std::size_t>(i)]);
    curses_.put(rows - 2, 0, columns, {status_, alarm_ ? Look::alarm : Look::good});
    curses_.put(
        rows - 1, 0, columns,
        {"1-8 step u back r redo f finish j jump s save g go to : command ? help q quit", Look::faint});
  }

  static constexpr std::size_t longest_answer = 1024;

  ExploreSession& session_;
  Curses curses_;
  std::size_t selected_ = 0;
  std::string status_;
  bool alarm_ = false; // the status is a complaint
  bool helping_ = false;
  bool done_ = false;
};

} // namespace

bool is_screen() { return Curses::is_possible(); }

void explore_at_terminal(ExploreSession& session) { Terminal(session).run(); }

} // namespace gupcheck::tools
