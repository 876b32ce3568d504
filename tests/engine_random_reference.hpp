// SPDX-License-Identifier: GPL-2.0-only
//
// Explores a random program the plain way: full states in a std::map, breadth first, no engine. It knows the
// meaning of the instructions, of checks and of fairness on its own.
#pragma once

#include "tests/engine_random_model.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace gupcheck::engine::test {

struct ReferenceFacts {
  bool complete = false; // false: too many states, or (with queues) a lock is misused or taken twice
  std::size_t states = 0;
  std::size_t transitions = 0; // the initial state counts as one
  // The same when threads whose futures cannot be told apart are merged: what the quotient must find.
  std::size_t merged_states = 0;
  std::size_t merged_transitions = 0;
  // The length of a shortest schedule that breaks anything, and all checks which one of that length breaks.
  std::optional<std::size_t> shortest;
  std::set<std::string> broken;
  // For each of them the fewest switches between threads in such a schedule.
  std::map<std::string, unsigned> switches;
  std::set<FinalWorld> final_worlds;
  bool livelock = false;
  bool starvation[3] = {}; // by fairness: none, weak, strong
};

ReferenceFacts explore_plainly(const RandomProgram& program, bool queues, std::size_t most_states);

} // namespace gupcheck::engine::test
