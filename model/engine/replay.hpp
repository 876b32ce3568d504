// SPDX-License-Identifier: GPL-2.0-only
//
// Executes one schedule natively, step by step, with everything a trace shows.
#pragma once

#include "model/engine/explore.hpp"
#include "model/engine/stepper.hpp"

#include <string>
#include <vector>

namespace gupcheck::engine {

struct Execution {
  Picture initial_picture;
  std::vector<ExecutedStep> steps; // stem, then cycle once
  std::size_t stem_length = 0;
  // What broke after the last step; empty when nothing did.
  std::string check;
  std::string message;
  std::vector<Address> looked_at; // what the check that broke read itself; each once, in their order
  // The threads that are left when it ends.
  using Pending = PendingThread;
  std::vector<Pending> pending;
  bool cycle_closes = false; // after the cycle every location and every next operation are as before it
};

// What a stepper has come to, all of it as the stem.
Execution execution_of(const Stepper& stepper);

// Throws std::runtime_error naming the step when the schedule cannot be followed (a thread that does not
// exist, has finished or is blocked; a choice out of range).
Execution replay(Program& program, const Options& options, const std::vector<Move>& stem,
                 const std::vector<Move>& cycle, ReplayDetail detail = ReplayDetail::everything);

} // namespace gupcheck::engine
