// SPDX-License-Identifier: GPL-2.0-only
//
// See explore_command.hpp.
#include "tools/gupcheck/explore_command.hpp"

#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace gupcheck::tools {

namespace {

using Kind = ExploreCommand::Kind;

// In the order of Kind.
constexpr std::array<CommandHelp, 11> commands{{
    {"step", "step THREAD [CHOICE]", "the thread's next step; THREAD is its name or its number, from 0"},
    {"back", "back [N]", "undo one step, or N"},
    {"redo", "redo [N]", "one step, or N, of those that lie ahead"},
    {"goto", "goto N", "to the state after step N; 0 is the beginning"},
    {"finish", "finish [CHECK]", "look for the shortest way from here to a state that breaks a promise"},
    {"jump", "jump [CHECK]", "go to the state that was found; look for one first if none was"},
    {"save", "save FILE", "write the steps so far as a trace, for `gupcheck trace`"},
    {"state", "state", "where we are: each thread's next step, the picture, what is broken"},
    {"history", "history", "the steps so far, and those that lie ahead"},
    {"help", "help", "this list"},
    {"quit", "quit", "end"},
}};

std::string_view take_word(std::string_view& rest) {
  const auto begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return rest = {};
  rest.remove_prefix(begin);
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t"));
  rest.remove_prefix(word.size());
  return word;
}

template <class Number> bool to_number(std::string_view text, Number& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size();
}

// What is left of a line, without the blanks around it.
std::string trimmed(std::string_view rest) {
  const auto begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(rest.substr(begin, rest.find_last_not_of(" \t") + 1 - begin));
}

[[noreturn]] void usage_of(Kind kind) {
  throw UsageError(fmt::format("usage: {}", commands.at(static_cast<std::size_t>(kind)).usage));
}

Kind kind_named(std::string_view name) {
  if (name.empty()) throw UsageError("an empty command; `help` lists them");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (commands.at(i).name == name) return static_cast<Kind>(i);
    names.emplace_back(commands.at(i).name);
  }
  throw UsageError(unknown_name("command", std::string(name), names));
}

unsigned thread_named(const ExploreSession& session, const std::string& text) {
  const std::vector<std::string>& names = session.now().threads;
  for (unsigned thread = 0; thread < names.size(); ++thread)
    if (names[thread] == text) return thread;
  unsigned number = 0;
  if (!to_number(text, number)) throw UsageError(unknown_name("thread", text, names));
  if (number >= names.size())
    throw UsageError(fmt::format("there is no thread {}: they are 0 to {}", number, names.size() - 1));
  return number;
}

std::string where_words(const ExploreSession& session) {
  const traces::Counterexample& now = session.now();
  if (!now.check.empty())
    return fmt::format("step {}: {} breaks: {}", session.position(), now.check, now.message);
  if (session.position() == 0) return "at the beginning";
  const traces::Step& last = now.stem.back();
  return fmt::format("step {}: {}: {}", session.position(), now.threads[last.move.thread], words(last));
}

std::string finish_words(const FinishResult& result) {
  switch (result.verdict) {
  case engine::Verdict::holds:
    return fmt::format("{} from here: all {} looked at",
                       result.only.empty() ? "no promise can be broken" : result.only + " cannot break",
                       plural(result.states, "state"));
  case engine::Verdict::incomplete:
    return fmt::format("stopped by {} after {}: nothing found so far", result.stopped_by,
                       plural(result.states, "state"));
  case engine::Verdict::broken: break;
  }
  if (result.steps == 0) return fmt::format("{} is broken here: {}", result.check, result.message);
  return fmt::format("{} breaks in {}{}: {}", result.check, plural(result.steps, "step"),
                     result.shortest ? ", no fewer" : ", there may be fewer", result.message);
}

} // namespace

std::span<const CommandHelp> command_help() { return commands; }
std::string_view name_of(Kind kind) { return commands.at(static_cast<std::size_t>(kind)).name; }

ExploreCommand parse_command(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) throw UsageError("a NUL byte in a command");
  ExploreCommand command{.kind = kind_named(take_word(line)), .text = {}, .number = 1, .choice = 0};
  switch (command.kind) {
  case Kind::step:
    command.text = take_word(line);
    if (command.text.empty()) usage_of(command.kind);
    if (const std::string choice = trimmed(line); !choice.empty() && !to_number(choice, command.choice))
      throw UsageError(fmt::format("a choice is a whole number, not `{}`", choice));
    break;
  case Kind::back:
  case Kind::redo:
  case Kind::go_to:
    if (const std::string number = trimmed(line); number.empty() && command.kind == Kind::go_to) {
      usage_of(command.kind);
    } else if (!number.empty() &&
               (!to_number(number, command.number) || (command.number == 0 && command.kind != Kind::go_to))) {
      throw UsageError(fmt::format("expected a whole number{}, not `{}`",
                                   command.kind == Kind::go_to ? "" : " above 0", number));
    }
    break;
  case Kind::finish:
  case Kind::jump: command.text = trimmed(line); break;
  case Kind::save:
    command.text = trimmed(line);
    if (command.text.empty()) usage_of(command.kind);
    break;
  default:
    if (!trimmed(line).empty()) usage_of(command.kind);
  }
  return command;
}

ExploreReply execute(ExploreSession& session, const ExploreCommand& command) {
  ExploreReply reply{.kind = command.kind, .message = {}, .finish = {}};
  switch (command.kind) {
  case Kind::step: session.step(thread_named(session, command.text), command.choice); break;
  case Kind::back: session.back(command.number); break;
  case Kind::redo: session.redo(command.number); break;
  case Kind::go_to: session.go_to(command.number); break;
  case Kind::finish:
    reply.finish = session.finish(command.text);
    reply.message = finish_words(*reply.finish);
    return reply;
  case Kind::jump:
    reply.finish = session.jump(command.text);
    if (reply.finish && reply.finish->verdict != engine::Verdict::broken) {
      reply.message = finish_words(*reply.finish);
      return reply;
    }
    break;
  case Kind::save:
    session.save(command.text);
    reply.message = fmt::format("{} written to {}", plural(session.position(), "step"), command.text);
    return reply;
  case Kind::help:
  case Kind::quit: return reply;
  default: break;
  }
  reply.message = where_words(session);
  return reply;
}

} // namespace gupcheck::tools
