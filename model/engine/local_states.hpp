// SPDX-License-Identifier: GPL-2.0-only
//
// The local states that were seen: each the bytes of a live stack and the operation posted there, interned to
// a small number, with the steps that native runs have shown so far.
//
// Costs one native run for each pair (local state, result), and the bytes of each stack once.
#pragma once

#include "model/engine/fingerprint.hpp"
#include "model/engine/native.hpp"
#include "model/engine/sequential.hpp"

#include <unordered_map>
#include <vector>

namespace gupcheck::engine {

using LocalId = std::uint32_t;

struct LocalState {
  Posted posted;
  Access access;
  std::vector<Address> held;    // spinlocks, as the thread addresses them, in the order in which it took them
  bool names_peer = false;      // its operation has to do with an address in another thread's block
  std::uint32_t key = 0;        // local states with the same pending operation share one
  Fingerprint content;          // of image and operation
  std::vector<std::byte> image; // empty when the thread has ended
  struct Step {
    std::uint64_t result;
    LocalId next;
  };
  std::vector<Step> steps;
};

class LocalStates {
public:
  struct Hash {
    std::size_t operator()(const Fingerprint& fingerprint) const { return fingerprint.low; }
  };
  LocalStates(NativeRunner& runner, bool fifo) : runner_(&runner), fifo_(fifo) {}

  LocalId start(unsigned thread) { return intern(runner_->start(thread), {}); }
  // The local state that `result` leads to; memoised.
  LocalId step(LocalId from, std::uint64_t result);
  // The same by a native run, always.
  LocalId step_natively(LocalId from, std::uint64_t result);

  const LocalState& operator[](LocalId id) const { return states_[id]; }
  std::size_t size() const { return states_.size(); }
  std::uint64_t memory_bytes() const { return bytes_; }

private:
  LocalId intern(const Posted& posted, std::vector<Address> held);

  NativeRunner* runner_;
  bool fifo_;
  std::vector<LocalState> states_;
  std::unordered_map<Fingerprint, LocalId, Hash> by_content_;
  std::unordered_map<Fingerprint, std::uint32_t, Hash> key_by_operation_;
  std::uint32_t key_count_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace gupcheck::engine
