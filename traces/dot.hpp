// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample as a graph for Graphviz: time runs downwards, a box for each thread, a node for each step.
//
// Edges: program order (grey), reads-from (blue), lock order (dotted), waits-for (dashed), each also
// labelled. What follows anyway is not drawn (transitive reduction), for each kind by itself: an edge is left
// out only if it follows from program order and edges of its own kind, so no kind hides another. What a step
// sees is in its tooltip even then. In a cycle an edge that comes from the round before points upwards; it
// takes no part in the reduction nor in the layout. Node `step_12` is step 12.
//
// Costs: what Boost's transitive reduction does, at worst the cube of the number of steps; those that are not
// drawn count, too. Graphviz takes longer, so what it could not draw is refused.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <string>

namespace gupcheck::traces {

struct DotOptions {
  bool unfold = false; // also the steps that do not matter, in grey; else an edge says how many there are
};

inline constexpr std::size_t max_dot_steps = 10'000;
inline constexpr std::size_t max_dot_nodes = 1000;

// A std::runtime_error of one line says that there are more.
std::string dot(const Counterexample& trace, const DotOptions& options = {});

} // namespace gupcheck::traces
