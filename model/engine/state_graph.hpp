// SPDX-License-Identifier: GPL-2.0-only
//
// The graph of visited states, kept when checks of progress are on: whose transaction leads from where to
// where, and which threads live and which could move in each state.
#pragma once

#include "model/engine/explore.hpp"

#include <cstdint>
#include <tuple>
#include <vector>

namespace gupcheck::engine {

struct StateGraph {
  struct Edge {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t thread : 4 = 0;
    std::uint32_t choice : 12 = 0;
    // Threads that could move, and that lived and could not, in some state within the transaction.
    std::uint32_t enabled_between : 8 = 0;
    std::uint32_t blocked_between : 8 = 0;
    Move move() const { return {static_cast<std::uint8_t>(thread), choice}; }
    bool operator<(const Edge& other) const {
      return std::make_tuple(from, std::uint32_t{thread}, std::uint32_t{choice}) <
             std::make_tuple(other.from, std::uint32_t{other.thread}, std::uint32_t{other.choice});
    }
  };
  static_assert(sizeof(Edge) == 12);
  std::uint32_t roots = 1; // the first states: where runs begin
  std::vector<Edge> edges;
  std::vector<std::uint8_t> live;    // by state: threads that have not finished, a bit each
  std::vector<std::uint8_t> enabled; // by state: threads that can move

  void clear() {
    edges.clear();
    live.clear();
    enabled.clear();
  }
  void add_states(std::size_t states) {
    live.resize(states);
    enabled.resize(states);
  }
  void note_state(std::uint32_t state, unsigned live_threads, unsigned enabled_threads) {
    live[state] = static_cast<std::uint8_t>(live_threads);
    enabled[state] = static_cast<std::uint8_t>(enabled_threads);
  }
  std::uint64_t memory_bytes() const { return edges.capacity() * sizeof(Edge) + live.capacity() * 2; }
};

} // namespace gupcheck::engine
