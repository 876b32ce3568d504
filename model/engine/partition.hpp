// SPDX-License-Identifier: GPL-2.0-only
//
// The quotient: which local states behave alike.
//
// Two local states are in one block when they post the same operation and every result that was seen for that
// operation leads them into one block: the coarsest bisimulation of the automata learnt so far. It is
// computed from scratch each time, because placing new states one by one gives splits that depend on their
// order.
#pragma once

#include "model/engine/local_states.hpp"

#include <cstdint>
#include <vector>

namespace gupcheck::engine {

class Partition {
public:
  // `expanded[l]`: the steps of l on all results of its key are known; other local states are blocks of
  // their own. `results[k]`: the results seen for key k.
  void refine(LocalStates& locals, const std::vector<bool>& expanded,
              const std::vector<std::vector<std::uint64_t>>& results);

  std::size_t size() const { return block_.size(); } // local states it knows
  std::uint32_t block(LocalId local) const { return block_[local]; }
  std::uint64_t work() const { return work_; } // elementary steps of all refinements so far

private:
  std::vector<std::uint32_t> block_;
  std::uint64_t work_ = 0;
};

} // namespace gupcheck::engine
