// SPDX-License-Identifier: GPL-2.0-only
//
// What transactions came to, so that they are seldom executed twice.
//
// What a thread does in a transaction follows from who it is, its class, its choice, and the values of the
// words that it and its checks look at on the way. So the transactions that were executed are a decision
// tree: look at this word, and its value says which word comes next, or what the transaction comes to. There
// are few of them beside the transitions of a search, and following the tree takes a handful of loads where
// executing takes decoding, checks, and hashes of every word that changes.
//
// Each worker has its own. It stands as long as what the search has learnt about classes and locations does;
// clear() is to be called when that changes. It stops to grow at about `most_bytes`, or
// when the tree's places run out: what it does not know is executed.
#pragma once

#include "model/engine/arena.hpp"
#include "model/engine/automaton.hpp"
#include "model/engine/fingerprint.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace gupcheck::engine {

struct WordChange {
  std::uint32_t word;
  std::uint64_t before;
  std::uint64_t after;
};

// What a transaction has to do with that others may, too: scheduling points and locks, a bit each (some
// share one).
struct Footprint {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;
  void add(const Footprint& other) {
    reads |= other.reads;
    writes |= other.writes;
  }
  bool depends_on(const Footprint& other) const {
    return (writes & (other.reads | other.writes)) != 0 || (other.writes & reads) != 0;
  }
};

// What a transaction comes to, but for what only some searches need. Points to where it is kept.
struct TransactionOutcome {
  Fingerprint words;    // what it adds to the share of the words in the state's fingerprint
  ClassId local = 0;    // of the thread, afterwards
  unsigned touched = 0; // threads, one bit each, whose own data changes; or rotations (symmetry.hpp)
  std::span<const WordChange> changes = {}; // each word once
  const Fingerprint* owned = nullptr;       // what it adds to the data of each touched thread, or by rotation
};

class TransactionMemo {
public:
  static constexpr std::uint64_t most_bytes = std::uint64_t{16} << 20;

  // A word that was looked at, and the value that it had before the transaction.
  struct Look {
    std::uint32_t word;
    std::uint64_t value;
  };
  // In place of a word: a step that touches none. Looking there gives the thread's choice.
  static constexpr std::uint32_t no_word = Arena::max_world / 8;

  static constexpr std::uint32_t unknown = ~std::uint32_t{0};

  TransactionMemo();

  // The number of what it comes to, or `unknown`. Numbers stand until forget_unlearnt() or clear().
  std::uint32_t find(unsigned thread, ClassId local, std::uint32_t choice, const std::uint64_t* world) const {
    const std::vector<Place>& roots = roots_[thread];
    if (local >= roots.size()) return unknown;
    Place at = roots[local];
    while (!at.is_outcome()) {
      const std::uint64_t value = at.word() == no_word ? choice : world[at.word()];
      at = branches_[slot_of(at, value)].to;
    }
    return at.outcome();
  }
  void prefetch(std::uint32_t number) const {
    if (number != unknown) __builtin_prefetch(&kept_[number]);
  }
  TransactionOutcome operator[](std::uint32_t number) const {
    const Kept& kept = kept_[number];
    return {kept.words, kept.local, kept.touched,
            std::span(changes_).subspan(kept.first_change, kept.change_count),
            owned_.data() + kept.first_owned};
  }
  const Footprint& footprint(std::uint32_t number) const { return footprints_[number]; }
  // Each step, whatever it changes.
  std::span<const WordChange> steps(std::uint32_t number) const {
    return std::span(steps_).subspan(first_step_[number], first_step_[number + 1] - first_step_[number]);
  }

  // Gives it a number; `steps`: see above.
  std::uint32_t keep(const TransactionOutcome& outcome, const Footprint& footprint,
                     std::span<const WordChange> steps);
  // find() will find it (if there is room); it was kept just before. `looks`: in the order in which the
  // transaction looked, each word once, at least one.
  void learn(unsigned thread, ClassId local, std::span<const Look> looks);
  // Forgets what was kept only, roughly.
  void forget_unlearnt() {
    if (kept_.size() != learnt_) [[unlikely]]
      shrink(learnt_);
  }
  void clear();

  std::uint64_t memory_bytes() const { return bytes_; }

private:
  // Where one is in the tree: at a node and the word that it looks at, or at the end: an outcome.
  class Place {
  public:
    Place() = default; // nowhere: the outcome is not known
    Place(std::uint32_t node, std::uint32_t word) : bits_(node << word_bits | word) {}
    static Place of_outcome(std::uint32_t number) {
      Place place;
      place.bits_ = end | number;
      return place;
    }
    bool is_outcome() const { return (bits_ & end) != 0; }
    bool is_nowhere() const { return bits_ == unknown; }
    std::uint32_t outcome() const { return is_nowhere() ? unknown : bits_ & ~end; }
    std::uint32_t word() const { return bits_ & ((1U << word_bits) - 1); }
    bool operator==(const Place&) const = default;

    static constexpr unsigned word_bits = std::bit_width(no_word);
    static constexpr std::uint32_t end = 1U << 31;
    static constexpr std::uint32_t most_nodes = end >> word_bits;

  private:
    std::uint32_t bits_ = unknown;
    friend class TransactionMemo;
  };
  struct Branch {
    std::uint64_t value = 0;
    Place from = {}; // nowhere: free
    Place to = {};
  };
  struct Kept {
    Fingerprint words;
    ClassId local;
    std::uint32_t first_change;
    std::uint32_t first_owned;
    std::uint8_t change_count;
    std::uint8_t touched;
  };

  // Where the branch for this value is, or would be.
  std::size_t slot_of(Place from, std::uint64_t value) const {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;
    const std::uint64_t hash = ((value ^ value >> 32) + from.bits_ * odd) * 0xbf58'476d'1ce4'e5b9U;
    for (std::size_t slot = hash >> shift_;; slot = (slot + 1) & mask_) {
      const Branch& branch = branches_[slot];
      if ((branch.from == from && branch.value == value) || branch.from.is_nowhere()) return slot;
    }
  }
  Branch& branch(Place from, std::uint64_t value);
  void make_room();
  void set_size();
  void shrink(std::uint32_t outcomes);
  void count_bytes();

  std::array<std::vector<Place>, max_threads> roots_; // by thread, by class
  std::vector<Branch> branches_;                      // a hash table
  std::size_t mask_ = 0;
  unsigned shift_ = 0; // of a hash: its first bits say which slot
  std::size_t used_ = 0;
  std::uint32_t nodes_ = 0;
  std::uint32_t learnt_ = 0; // one more than the last outcome that find() knows
  std::vector<Kept> kept_;   // by number; the others, too
  std::vector<WordChange> changes_;
  std::vector<Fingerprint> owned_;
  std::vector<Footprint> footprints_;
  std::vector<std::uint32_t> first_step_; // and one more
  std::vector<WordChange> steps_;
  std::uint64_t bytes_ = 0;
};

} // namespace gupcheck::engine
