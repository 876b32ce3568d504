// SPDX-License-Identifier: GPL-2.0-only
//
// What is said about a counterexample as a whole, and about its end, in words that every form of it shares.
#pragma once

#include "traces/counterexample.hpp"

#include <string>
#include <string_view>

namespace gupcheck::traces {

// `1 step`, `2 steps`
std::string counted(std::size_t count, std::string_view thing, std::string_view things);

// `two-pins, kernel seed-v1, threads 2, memory sc, fairness strong, locks unfair`
std::string subject_words(const Counterexample& trace);

// `16 steps with 3 context switches; no schedule is shorter`
std::string length_words(const Counterexample& trace);

// Where it broke: a thread that failed on its own says so itself, otherwise it is the last step. Empty for
// an endless run.
std::string where_it_broke(const Counterexample& trace);

// What the thread does next, or why it cannot.
std::string pending_words(const Pending& pending);

} // namespace gupcheck::traces
