// SPDX-License-Identifier: GPL-2.0-only
//
// How a state is laid out while it waits to be expanded: words, so that frontiers need not know what is in
// them. First the fingerprint, then where the state comes from, the class of each thread, and the world.
#pragma once

#include "model/engine/automaton.hpp"

#include <array>
#include <cstring>
#include <span>

namespace gupcheck::engine {

class RecordLayout {
public:
  RecordLayout(unsigned threads, std::size_t world_words)
      : world_at_(first_class + (threads + 1) / 2), words_(world_at_ + world_words) {}

  // The fingerprint: different in each record.
  static constexpr std::size_t raw_words = 2;

  std::size_t words() const { return words_; }
  std::size_t world_words() const { return words_ - world_at_; }

  static Fingerprint fingerprint(const std::uint64_t* record) { return {record[0], record[1]}; }
  static void set_fingerprint(std::uint64_t* record, const Fingerprint& fingerprint) {
    record[0] = fingerprint.low;
    record[1] = fingerprint.high;
  }
  // In a numbered search where it comes from (numbering.hpp) and its number.
  static std::uint64_t& origin(std::uint64_t* record) { return record[2]; }
  static std::uint32_t number(const std::uint64_t* record) { return static_cast<std::uint32_t>(record[3]); }
  // In one that is not numbered: the threads that are asleep, one bit each.
  static unsigned asleep(const std::uint64_t* record) { return static_cast<unsigned>(record[2]); }
  static void set_asleep(std::uint64_t* record, unsigned asleep) { record[2] = asleep; }
  // Transactions from the initial state, as the search found it.
  static std::uint32_t depth(const std::uint64_t* record) {
    return static_cast<std::uint32_t>(record[3] >> 32);
  }
  static void set_number(std::uint64_t* record, std::uint32_t number, std::uint32_t depth) {
    record[3] = std::uint64_t{depth} << 32 | number;
  }

  static ClassId local(const std::uint64_t* record, unsigned thread) {
    return static_cast<ClassId>(record[first_class + thread / 2] >> (thread % 2 * 32));
  }
  static void set_local(std::uint64_t* record, unsigned thread, ClassId local) {
    std::uint64_t& word = record[first_class + thread / 2];
    const unsigned shift = thread % 2 * 32;
    word = (word & ~(std::uint64_t{0xffff'ffff} << shift)) | std::uint64_t{local} << shift;
  }

  // All of them; beyond the threads there are it is unsaid what.
  using Classes = std::array<ClassId, max_threads>;
  void copy_classes(const std::uint64_t* record, Classes& classes) const {
    for (std::size_t word = first_class; word < world_at_; ++word)
      std::memcpy(&classes[2 * (word - first_class)], &record[word], sizeof record[word]);
  }

  std::uint64_t* world(std::uint64_t* record) const { return record + world_at_; }
  const std::uint64_t* world(const std::uint64_t* record) const { return record + world_at_; }

private:
  static constexpr std::size_t first_class = 4;
  std::size_t world_at_;
  std::size_t words_;
};

} // namespace gupcheck::engine
