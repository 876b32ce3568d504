// SPDX-License-Identifier: GPL-2.0-only
//
// What is said about a counterexample as a whole, and about its end, in words that every form of it shares.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gupcheck::traces {

// `1 step`, `2 steps`
std::string counted(std::size_t count, std::string_view thing, std::string_view things);

// `pin-placement: a page of ZONE_MOVABLE is returned`, or `nothing breaks` of a schedule explored by hand.
std::string verdict_words(const Counterexample& trace);

// `two-pins, kernel seed-v1, threads 2, memory sc, fairness strong, locks unfair`
std::string subject_words(const Counterexample& trace);

// `16 steps with 3 context switches; no schedule is shorter`
std::string length_words(const Counterexample& trace);

// Where it broke: a thread that failed on its own says so itself, otherwise it is the last step. Empty for
// an endless run.
std::string where_it_broke(const Counterexample& trace);

// What the thread does next, or why it cannot.
std::string pending_words(const Pending& pending);

// For forms that take longer than a trace is long, or that nobody could look at: a std::runtime_error of one
// line if there are more than `most` steps. `form` is what is refused: `a page`.
void require_at_most(const Counterexample& trace, std::size_t most, std::string_view form);

} // namespace gupcheck::traces
