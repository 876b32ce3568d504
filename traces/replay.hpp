// SPDX-License-Identifier: GPL-2.0-only
//
// Executes a stored counterexample again and says whether the program still follows it.
//
// "Follows" means: each step is the same operation on the same location, finds and leaves the same values and
// shows the thread the same result, and the same check breaks at the end. Lines, function names and pictures
// may differ, so a trace survives edits that do not change what the program does.
#pragma once

#include "model/engine/program.hpp"
#include "traces/counterexample.hpp"

#include <stdexcept>

namespace gupcheck::traces {

// The program does not follow the trace; what() is one line that names the first step that differs.
class Divergence : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Returns the trace of the new execution: the same schedule, with today's lines, functions and pictures.
Counterexample replay(engine::Program& program, const Counterexample& trace);

// The options that a trace was made with, as far as they matter for executing it.
engine::Options replay_options(const Counterexample& trace);

} // namespace gupcheck::traces
