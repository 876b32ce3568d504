// SPDX-License-Identifier: GPL-2.0-only
//
// How many states a program has, and how many are left when threads that run the same function are
// interchangeable: counted the slow way, to hold against what a search with symmetry says.
//
// Concrete states are explored breadth first, without the search; of each, every renaming of like threads is
// written out in full (world, stacks and pending operations, with everything that names a thread renamed) and
// the least text stands for all of them. Costs n! texts a state: for a few thousand states of up to four
// threads. Shares with the engine how threads run and what operations do, nothing of states and symmetry.
#pragma once

#include "model/engine/explore.hpp"

#include <cstdint>

namespace gupcheck::engine::test {

struct Orbits {
  std::uint64_t states = 0;
  std::uint64_t orbits = 0;
  std::uint64_t rotated = 0; // of the renamings by which all threads move on by some number, if all are alike
};

// Local states count as without the quotient. Threads that start in the same local state are taken for equal.
Orbits count_orbits(Program& program, const Options& options);

} // namespace gupcheck::engine::test
