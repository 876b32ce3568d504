// SPDX-License-Identifier: GPL-2.0-only
//
// How a graph of a counterexample looks: what its nodes say, colours, and what tells edges apart where
// colours are not seen.
#pragma once

#include "traces/counterexample.hpp"
#include "traces/dependence.hpp"
#include "traces/dot_text.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gupcheck::traces {

inline constexpr const char* broken_colour = "#c01c28";
inline constexpr const char* cycle_colour = "#613583";
inline constexpr const char* order_colour = "#77767b";

// `graph [...]; node [...]; edge [...];`, with the title.
std::string defaults_of_graph(const Counterexample& trace);

// Step `i`, counted from 0; `seen` is what it depends on.
DotAttributes look_of_step(const Counterexample& trace, std::size_t i, const std::vector<Dependence>& seen);
// What the thread does when the trace ends; `broken`: that is what breaks.
DotAttributes look_of_end(const Counterexample& trace, std::size_t thread, bool broken,
                          const std::vector<Dependence>& seen);
DotAttributes look_of_name(const std::string& thread);
DotAttributes look_of_break(const Counterexample& trace);

// Edges: of a kind, with the label; of program order; from a cycle's last step to its first; of what breaks;
// and those that only say what is above what.
DotAttributes look_of(Relation relation);
DotAttributes look_of_order(std::size_t steps_left_out);
DotAttributes look_of_cycle();
DotAttributes look_of_cause();
DotAttributes look_of_nothing();

} // namespace gupcheck::traces
