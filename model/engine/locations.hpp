// SPDX-License-Identifier: GPL-2.0-only
//
// Which steps commute with everything that other threads may do at the same time: learnt from the accesses
// that a search makes, never declared.
//
// A location that only one thread uses, that nobody writes, or that everybody uses under one common spinlock
// is no scheduling point: a step on it commutes both ways. Taking a lock commutes to the right, releasing it
// to the left (Lipton 1975; Flanagan and Qadeer 2003). That is an assumption until the search has seen every
// access: note() says when one breaks it. Then the location is a scheduling point for good, and the search,
// which relied on it, has to start again.
#pragma once

#include "model/engine/byte_stream.hpp"
#include "model/engine/local_states.hpp"

#include <vector>

namespace gupcheck::engine {

enum class Mover : std::uint8_t { both, right, left, none };

class Locations {
public:
  using Threads = std::uint16_t; // a set, one bit each
  // Who reads in every state: a suite's invariant().
  static constexpr Threads observer = 1U << max_threads;

  // `queues`: threads queue for a lock in its word, so that changes while the lock is held.
  Locations(std::size_t world_bytes, bool queues)
      : queues_(queues),
        at_(world_bytes),
        lock_number_(world_bytes / 8, no_lock),
        is_overwritten_(world_bytes / 8) {}

  // Forgets who used what, keeps the scheduling points.
  void restart();
  // As many bytes, of which nothing is known but the scheduling points.
  Locations only_points() const;

  // How a pending operation moves, as far as is known, whichever of `threads` has it pending.
  Mover mover(const Access& access, Threads threads) const;
  bool is_point(std::uint32_t offset) const { return at_[offset].point; }

  // Thread `thread` executes this operation with these locks held. True when a location became a scheduling
  // point.
  bool note(const Access& access, const std::vector<Address>& held, unsigned thread);
  // The same for a read of a check; `held` as held_by() gives it. `who` may be the observer.
  bool note(const DirectRead& read, Threads who, std::uint64_t held);
  // Whether that would change nothing.
  bool knows(const DirectRead& read, Threads who, std::uint64_t held) const {
    const Location& location = at_[read.offset];
    return location.size == read.size && (location.users & who) == who &&
           (location.locks & ~protecting(held, read.offset / 8)) == 0;
  }
  // The set of locks, one bit each, that a thread holds.
  std::uint64_t held_by(const std::vector<Address>& held, unsigned thread) const;
  // The same where a lock may be seen for the first time.
  std::uint64_t number_locks(const std::vector<Address>& held, unsigned thread);

  // For checkpoints. read() takes what write() gave for a world of the same size; std::runtime_error for
  // what cannot be that.
  void write(const ByteSink& sink) const;
  void read(const ByteSource& source);

private:
  static constexpr std::uint8_t no_lock = 255;
  struct Location {
    std::uint64_t locks = ~std::uint64_t{0}; // held at every access so far
    Threads users = 0;
    Threads writers = 0;
    std::uint8_t size = 0; // bytes; 0: no access yet
    bool point = false;
  };

  bool add(std::uint32_t offset, std::uint32_t size, Threads who, bool writes, std::uint64_t held);
  std::uint64_t number_lock(std::uint32_t word);
  // Those of the locks held that protect an access to this word, other than taking or releasing a lock there.
  std::uint64_t protecting(std::uint64_t held, std::uint32_t word) const {
    const bool changes = queues_ && lock_number_[word] < 64;
    return changes ? held & ~(std::uint64_t{1} << lock_number_[word]) : held;
  }

  bool queues_;
  std::vector<Location> at_;              // by the offset of a location's first byte
  std::vector<std::uint8_t> lock_number_; // by word
  std::vector<bool> is_overwritten_;      // by word: who holds a lock there excludes nobody
  unsigned locks_ = 0;
};

} // namespace gupcheck::engine
