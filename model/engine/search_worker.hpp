// SPDX-License-Identifier: GPL-2.0-only
//
// What one worker of a search has for itself. For search*.cpp only.
#pragma once

#include "model/engine/search.hpp"

namespace gupcheck::engine {

// Some of the states that this worker reached last. Four in ten of the transitions that are looked at lead to
// one of them (gup-micro 6x2: 38 %), and this is in the cache of the processor, where the table of visited
// states is not. 256 KB. What is here is in the table, or its worker will hand it to the table in this batch;
// so it must be handed over, and nothing else about a transition may matter: no numbers.
class RecentStates {
public:
  // Whether it is one; it is from now on.
  bool look_up(const Fingerprint& fingerprint) {
    Fingerprint& slot = slots_[fingerprint.low % size];
    const bool found = slot == fingerprint;
    slot = fingerprint;
    return found;
  }

private:
  static constexpr std::size_t size = 16384;
  std::vector<Fingerprint> slots_ = std::vector<Fingerprint>(size);
};

struct alignas(128) Search::Worker {
  static constexpr std::size_t batch_size = 16; // states
  static_assert(batch_size <= Expander::most_states);

  Worker(unsigned index, Machine& machine, LevelQueue& queue)
      : number(index),
        expander(machine),
        writer(queue),
        batch(batch_size * machine.layout.words()),
        plans(batch_size),
        record(machine.layout.words()),
        successor(machine.layout.words()) {}

  std::uint64_t memory_bytes() const {
    return (deferred.capacity() + refused.capacity()) * sizeof(std::uint64_t) +
           deferred_plans.capacity() * sizeof(Plan) +
           (arrivals.capacity() + edges.capacity()) * sizeof(StateGraph::Edge) + expander.memory_bytes();
  }

  // Where the record that is added next to the batch goes.
  std::uint64_t* next_in_batch() { return &batch[batch_used * record.size()]; }

  unsigned number;
  Expander expander;
  ChunkWriter writer;
  RecentStates recent;
  std::vector<std::uint64_t> batch; // records
  std::vector<Plan> plans;          // what to expand of each
  std::size_t batch_used = 0;
  std::vector<const Candidate*> far; // of the batch: those whose place in the table must be loaded first
  std::vector<std::uint64_t> record;
  std::vector<std::uint64_t> successor;
  // States to be expanded again when what they need has been learnt.
  std::vector<std::uint64_t> deferred;
  std::vector<Plan> deferred_plans;
  // Successors that the table had no room for, and how they were reached.
  std::vector<std::uint64_t> refused;
  std::vector<StateGraph::Edge> arrivals;
  std::vector<StateGraph::Edge> edges;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0; // without those that were left out
  std::uint64_t asleep = 0;
  std::uint64_t depth = 0;
};

} // namespace gupcheck::engine
