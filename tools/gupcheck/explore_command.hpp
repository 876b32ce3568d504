// SPDX-License-Identifier: GPL-2.0-only
//
// The commands of `gupcheck explore`: one language for people at the terminal and for programs at a pipe.
#pragma once

#include "tools/gupcheck/explore_session.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gupcheck::tools {

struct ExploreCommand {
  enum class Kind { step, back, redo, go_to, finish, jump, save, state, history, help, quit };
  Kind kind = Kind::state;
  std::string text;         // a thread, a check or a file, as typed
  std::size_t number = 0;   // of steps, or a step's
  std::uint32_t choice = 0; // of `step`
};

// Throws UsageError for what is none. Commands are one line; what a file is called may hold blanks.
ExploreCommand parse_command(std::string_view line);

struct ExploreReply {
  ExploreCommand::Kind kind;
  std::string message;                // one line for people
  std::optional<FinishResult> finish; // of finish, and of jump if it searched
};

// Does it. Throws UsageError for what cannot be done; then the session goes on where it was. (`help`, `state`
// and `quit` do nothing.)
ExploreReply execute(ExploreSession& session, const ExploreCommand& command);

struct CommandHelp {
  std::string_view name; // of Kind
  std::string_view usage;
  std::string_view says;
};
std::span<const CommandHelp> command_help();
std::string_view name_of(ExploreCommand::Kind kind);

} // namespace gupcheck::tools
