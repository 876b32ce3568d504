// SPDX-License-Identifier: GPL-2.0-only
//
// Numbers for the states of a search that must give a schedule or a graph afterwards, and where each state
// comes from: the least (predecessor, thread, choice) among all that reach it in as few transactions. However
// many workers there are and whoever comes first, the numbers are the same.
//
// While a level is found its states have provisional numbers; finish_level() sorts them by origin and gives
// the final ones. Costs 8 bytes a state for the origin, 4 for the final number; reserved, not used, for the
// most states there can be.
#pragma once

#include "model/engine/byte_stream.hpp"
#include "model/engine/explore.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace gupcheck::engine {

// An array of up to 2^32 elements that several threads may fill without its ever moving.
template <class T> class ReservedArray {
public:
  ReservedArray();
  ~ReservedArray();
  ReservedArray(const ReservedArray&) = delete;
  ReservedArray& operator=(const ReservedArray&) = delete;
  T& operator[](std::uint64_t index) const { return data_[index]; }
  T* data() const { return data_; }

private:
  T* data_ = nullptr;
};

class Numbering {
public:
  // Final numbers.
  struct Origin {
    std::uint32_t from;
    Move move;
  };

  static std::uint64_t pack(std::uint32_t from, const Move& move) {
    return std::uint64_t{from} << 16 | std::uint64_t{move.thread} << 12 | move.choice;
  }

  // The numbers of the states where the search begins, from 0 on; they are final.
  void add_initial(std::uint32_t states = 1);
  // Depth first: a new state's number, final at once.
  std::uint32_t add_final(std::uint64_t origin);
  // Any thread, while a level is found: a new state's provisional number.
  std::uint32_t add(std::uint64_t origin);
  // The state was reached again. True when this origin is less than those before: then the record that was
  // written for it before is stale, and this one's counts.
  bool reached_again(std::uint32_t provisional, std::uint64_t origin);
  bool is_provisional(std::uint32_t number) const { return number >= level_begin_; }

  // One thread. What was found becomes final; the numbers of the new level start at level_begin() before.
  void finish_level();

  std::uint32_t final(std::uint32_t number) const { return final_[number]; }
  bool is_stale(std::uint32_t final_number, std::uint64_t origin) const {
    return origin_[final_number] != origin;
  }
  Origin origin(std::uint32_t final_number) const;
  std::uint64_t size() const { return next_.load(std::memory_order_relaxed); }
  std::uint64_t memory_bytes() const { return size() * 12; }

  // For checkpoints; one thread. read() throws std::runtime_error when there cannot be so many.
  void write(const ByteSink& sink) const;
  void read(const ByteSource& source, std::uint64_t most);

  static constexpr std::uint64_t most_states = (std::uint64_t{1} << 32) - 2;

private:
  std::atomic<std::uint64_t> next_{0};
  std::uint64_t level_begin_ = 0;       // where the numbers that are not final begin
  ReservedArray<std::uint64_t> origin_; // by provisional number in the level that is found, else by final
  ReservedArray<std::uint32_t> final_;  // by provisional number
};

} // namespace gupcheck::engine
