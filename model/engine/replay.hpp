// SPDX-License-Identifier: GPL-2.0-only
//
// Executes one schedule natively, step by step, with everything a trace shows.
#pragma once

#include "model/engine/explore.hpp"

#include <string>
#include <vector>

namespace gupcheck::engine {

struct ExecutedStep {
  Move move;
  Operation operation;      // address and operands resolved: never in the self window
  std::uint64_t before = 0; // the location's value; 0 where the operation touches none
  std::uint64_t after = 0;
  std::uint64_t result = 0;       // what the thread saw
  std::vector<std::string> stack; // function names, outermost first, without namespaces and parameters
  std::vector<std::pair<std::string, std::string>> picture; // Program::picture() after the step
};

struct Execution {
  std::vector<std::pair<std::string, std::string>> initial_picture;
  std::vector<ExecutedStep> steps; // stem, then cycle once
  std::size_t stem_length = 0;
  // What broke after the last step; empty when nothing did.
  std::string check;
  std::string message;
  std::vector<Address> looked_at; // what the check that broke read itself; each once, in their order
  // The threads that are left when it ends: what each is about to do or waits for.
  struct Pending {
    bool finished = false;
    bool enabled = false;
    Operation operation; // resolved
    std::vector<std::string> stack;
  };
  std::vector<Pending> pending;
  bool cycle_closes = false; // after the cycle every location and every next operation are as before it
};

// Stacks and pictures are for people; whether a check breaks can be had for less.
enum class ReplayDetail { everything, verdict };

// Throws std::runtime_error naming the step when the schedule cannot be followed (a thread that does not
// exist, has finished or is blocked; a choice out of range).
Execution replay(Program& program, const Options& options, const std::vector<Move>& stem,
                 const std::vector<Move>& cycle, ReplayDetail detail = ReplayDetail::everything);

} // namespace gupcheck::engine
