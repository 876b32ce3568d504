// SPDX-License-Identifier: GPL-2.0-only
//
// Runs that never end: fair cycles in the graph of visited states.
//
// livelock    a cycle in which every live thread takes steps, so that it is fair under any notion of fairness
// starvation  a cycle that is fair and in which some live thread takes no step
//
// In a cycle no thread finishes, so nobody comes to an end. What counts as fair is the user's choice:
//   none    any cycle: the scheduler may leave a thread that could run aside for ever
//   weak    a thread that takes no step is blocked somewhere in the cycle
//   strong  a thread that takes no step is blocked everywhere in the cycle
// Cost: the strongly connected components of the graph (Boost.Graph), once more for each thread where
// the graph has cycles at all; about 30 bytes a transition while it runs.
#pragma once

#include "model/engine/limits.hpp"
#include "model/engine/state_graph.hpp"

#include <optional>
#include <vector>

namespace gupcheck::engine {

struct Lasso {
  const Check* check; // livelock or starvation
  std::string message;
  std::optional<unsigned> starved = {}; // the thread
  std::uint32_t root = 0;               // of the graph's roots the one where it begins
  std::vector<Move> stem = {};          // from there, a shortest way into the component
  std::vector<Move> cycle = {};
};

// The states that some run comes back to, and one of each strongly connected part of them.
struct CyclicStates {
  std::vector<bool> on_cycle; // by state
  std::vector<std::uint32_t> of_each_part;
};
CyclicStates cyclic_states(const StateGraph& graph, Limits& limits);

// Livelock is looked for first. Stops when a limit is reached (Limits::reason()): then nothing found means
// nothing.
std::optional<Lasso> find_endless_run(const StateGraph& graph, const Options& options, const Program& program,
                                      Limits& limits);

} // namespace gupcheck::engine
