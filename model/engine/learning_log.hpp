// SPDX-License-Identifier: GPL-2.0-only
//
// Everything that determined what the automata are, in order: for checkpoints. Native runs are deterministic,
// so to do it again gives the same local states, classes and numbers, and takes as long as it took to learn.
//
// 16 bytes for each pair (class, result) that was learnt, in each search anew.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

namespace gupcheck::engine {

struct LearningLog {
  enum class Act : std::uint32_t { restart, start, learn, settle, allow_work };
  struct Entry {
    Act act = Act::restart;
    std::uint32_t from = 0;  // restart: what to merge; start: the thread; learn: the class
    std::uint64_t value = 0; // learn: the result; allow_work: the transitions
    bool operator==(const Entry&) const = default;
  };
  static_assert(std::has_unique_object_representations_v<Entry>);

  bool on = false;
  std::vector<Entry> entries = {};
  std::uint64_t transitions = 0; // that are in the log

  void note(Act act, std::uint32_t from = 0, std::uint64_t value = 0) {
    if (on) entries.push_back({act, from, value});
  }
  // They count only where something is learnt.
  void note_work(std::uint64_t allowed) {
    if (!on || transitions == allowed) return;
    transitions = allowed;
    note(Act::allow_work, 0, allowed);
  }
};

} // namespace gupcheck::engine
