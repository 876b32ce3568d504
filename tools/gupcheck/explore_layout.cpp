// SPDX-License-Identifier: GPL-2.0-only
//
// See explore_layout.hpp.
#include "tools/gupcheck/explore_layout.hpp"

#include "tools/gupcheck/explore_command.hpp"
#include "traces/lanes.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gupcheck::tools {

namespace {

using engine::OperationKind;

std::string next_words(const ExploreSession& session, std::size_t thread) {
  const traces::Pending& pending = session.now().pending[thread];
  if (pending.finished) return "has finished";
  if (pending.action.kind == OperationKind::failed) return "has failed: its assertion does not hold";
  if (pending.action.kind == OperationKind::fault) return "has crashed";
  std::string next = words(pending.action);
  if (pending.enabled) return next;
  const auto change = session.last_change(thread);
  if (!change) return "waits: " + next;
  const std::string& by = session.now().threads[change->thread];
  if (change->value == by) return fmt::format("waits: {} (held by {} since step {})", next, by, change->step);
  return fmt::format("waits: {} (now {}, by {} in step {})", next, change->value, by, change->step);
}

std::string place_words(const traces::Pending& pending) {
  if (pending.finished) return {};
  const std::vector<std::string>& stack = pending.action.stack;
  constexpr std::ptrdiff_t frames = 2; // the innermost
  const std::string path =
      traces::call_path({stack.end() - std::min(std::ssize(stack), frames), stack.end()});
  return words(pending.action.where) + (path.empty() ? "" : " in " + path);
}

ScreenLine history_line(const ExploreSession& session, std::size_t number) {
  const bool is_here = number == session.position();
  const char* const mark = is_here ? ">" : " ";
  if (number == 0) return {fmt::format("{}   0 the beginning", mark), is_here ? Look::strong : Look::plain};
  const std::vector<std::string>& names = session.now().threads;
  const engine::Move& move = session.moves()[number - 1];
  const std::string name = move.thread < names.size() ? names[move.thread] : "?";
  if (number > session.position()) {
    const std::vector<std::string>& ahead = session.ahead();
    const std::size_t at = number - session.position() - 1;
    return {fmt::format("  {:>3} {}: {}(ahead)", number, name, at < ahead.size() ? ahead[at] + " " : ""),
            Look::faint};
  }
  const traces::Step& step = session.now().stem[number - 1];
  std::string text = fmt::format("{} {:>3} {}: {}", mark, number, name, words(step));
  const std::string passed = session.passed_at(number);
  if (!passed.empty()) text += fmt::format("  [{} broke]", passed);
  return {text, !passed.empty() ? Look::alarm : is_here ? Look::strong : Look::plain};
}

constexpr std::array<std::array<std::string_view, 2>, 12> keys{{
    {"1-8", "a step of that thread (a number is asked for where it chooses)"},
    {"up, down, Enter", "select a thread, and a step of it"},
    {"u, Backspace", "back one step"},
    {"r", "redo: one of the steps that lie ahead"},
    {"g", "go to a step by its number"},
    {"f", "finish this: look for the shortest way to a broken promise"},
    {"j", "jump to the broken state that was found (looks for one if none was)"},
    {"s", "save the steps so far as a trace"},
    {"Page up, Page down", "back, or on, ten steps"},
    {":", "any command, as below"},
    {"Ctrl-C", "stop a search"},
    {"q", "quit"},
}};

} // namespace

std::vector<ScreenLine> thread_lines(const ExploreSession& session, std::size_t selected, bool roomy) {
  std::vector<ScreenLine> lines;
  for (std::size_t thread = 0; thread < session.now().threads.size(); ++thread) {
    const traces::Pending& pending = session.now().pending[thread];
    const bool enabled = !pending.finished && pending.enabled;
    const std::string choices =
        enabled && session.choices(thread) > 1 ? fmt::format(" (0 to {})", session.choices(thread) - 1) : "";
    lines.push_back({fmt::format("{}{} {}: {}{}", thread == selected ? '>' : ' ',
                                 enabled ? std::to_string(thread + 1) : "-", session.now().threads[thread],
                                 next_words(session, thread), choices),
                     thread == selected ? Look::selected
                     : enabled          ? Look::strong
                                        : Look::faint});
    if (roomy) lines.push_back({"     " + place_words(pending), Look::faint});
  }
  return lines;
}

std::vector<ScreenLine> picture_lines(const ExploreSession& session) {
  static const std::vector<traces::PictureLine> nothing;
  const std::vector<traces::PictureLine>& changed =
      session.position() == 0 ? nothing : session.now().stem.back().changed;
  std::vector<ScreenLine> lines;
  for (const traces::PictureLine& line : session.picture()) {
    const bool is_changed = std::any_of(changed.begin(), changed.end(),
                                        [&line](const auto& other) { return other.name == line.name; });
    lines.push_back({fmt::format("{}: {}", line.name, line.state), is_changed ? Look::strong : Look::plain});
  }
  return lines;
}

std::vector<ScreenLine> history_lines(const ExploreSession& session, std::size_t height) {
  // The present step, and a third of the lines for what lies ahead if there is so much.
  const std::size_t count = session.length() + 1;
  const std::size_t last = std::min(count, std::max(height, session.position() + 1 + height / 3));
  const std::size_t first = last > height ? last - height : 0;
  std::vector<ScreenLine> lines;
  for (std::size_t number = first; number < last; ++number) lines.push_back(history_line(session, number));
  return lines;
}

std::vector<ScreenLine> wrapped(const std::vector<ScreenLine>& lines, std::size_t width) {
  constexpr std::size_t hang = 6;
  std::vector<ScreenLine> narrow;
  for (const ScreenLine& line : lines) {
    if (line.text.size() <= width) {
      if (!line.text.empty()) narrow.push_back(line);
      continue;
    }
    const std::size_t indent = line.text.find_first_not_of(' ');
    bool first = true;
    for (const std::string& part : traces::wrap(line.text, width - hang)) {
      narrow.push_back({std::string(first ? indent : hang, ' ') + part, line.look});
      first = false;
    }
  }
  return narrow;
}

std::string broken_line(const ExploreSession& session) {
  const traces::Counterexample& now = session.now();
  return now.check.empty() ? std::string() : fmt::format("BROKEN {}: {}", now.check, now.message);
}

std::string title(const ExploreSession& session) { return "explore: " + words(session.request()); }

std::string position_words(const ExploreSession& session) {
  return session.position() == session.length()
             ? fmt::format("step {}", session.position())
             : fmt::format("step {} of {}", session.position(), session.length());
}

std::vector<ScreenLine> help_lines() {
  std::vector<ScreenLine> lines{{"Keys", Look::strong}};
  for (const auto& [key, says] : keys) lines.push_back({fmt::format("  {:<20} {}", key, says)});
  lines.push_back({"Commands after `:`", Look::strong});
  for (const CommandHelp& command : command_help())
    lines.push_back({fmt::format("  {:<20} {}", command.usage, command.says)});
  return lines;
}

} // namespace gupcheck::tools
