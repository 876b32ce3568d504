// SPDX-License-Identifier: GPL-2.0-only
//
// The graph of visited states, kept when checks of progress are on: who moves from where to where, and which
// threads live and which could move in each state.
#pragma once

#include "model/engine/explore.hpp"

#include <cstdint>
#include <vector>

namespace gupcheck::engine {

struct StateGraph {
  struct Edge {
    std::uint32_t from;
    std::uint32_t to;
    std::uint32_t thread : 4;
    std::uint32_t choice : 28;
    Move move() const { return {static_cast<std::uint8_t>(thread), choice}; }
  };
  static_assert(sizeof(Edge) == 12);
  std::vector<Edge> edges;
  std::vector<std::uint8_t> live;    // by state: threads that have not finished, a bit each
  std::vector<std::uint8_t> enabled; // by state: threads that can move

  void clear() {
    edges.clear();
    live.clear();
    enabled.clear();
  }
  void note_state(std::uint32_t state, unsigned live_threads, unsigned enabled_threads) {
    if (live.size() <= state) {
      live.resize(state + 1);
      enabled.resize(state + 1);
    }
    live[state] = static_cast<std::uint8_t>(live_threads);
    enabled[state] = static_cast<std::uint8_t>(enabled_threads);
  }
  std::uint64_t memory_bytes() const { return edges.capacity() * sizeof(Edge) + live.capacity() * 2; }
};

} // namespace gupcheck::engine
