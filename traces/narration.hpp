// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample as the rows that a reader sees, in every form that shows steps one below the other: which
// steps are folded into one row, which functions are announced before a step, and the line of each step.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gupcheck::traces {

// Steps are counted from 0, the stem first, then the cycle.
struct Row {
  std::size_t first = 0;
  std::size_t last = 0; // the same as first, unless steps of one thread are folded
  bool folded = false;
  std::string entered; // the functions entered or come back to since the last row of the thread that shows a
                       // step; empty if it stayed
  std::string line;    // what the step did, or how many are folded
};

// With `unfold` a row for each step. A fold never reaches from the stem into the cycle.
std::vector<Row> narrate(const Counterexample& trace, bool unfold);

} // namespace gupcheck::traces
