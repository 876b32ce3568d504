// SPDX-License-Identifier: GPL-2.0-only
//
// What transactions came to, so that they are seldom executed twice.
//
// What a thread does in a transaction follows from who it is, its class, its choice, and the values of the
// words that it and its checks look at on the way. So the transactions that were executed are a decision
// tree: look at this word, and its value says which word comes next, or what the transaction comes to. There
// are few of them beside the transitions of a search, and following the tree takes a handful of loads where
// executing takes decoding, checks, and hashes of every word that changes. That a thread cannot move is found
// in the same way.
//
// Each worker has its own. It stands as long as what the search has learnt about classes and locations does;
// clear() is to be called when that changes. It stops to grow at about `most_bytes`, or
// when a node of the tree has as many branches as there can be: what it does not know is executed.
#pragma once

#include "model/engine/arena.hpp"
#include "model/engine/automaton.hpp"
#include "model/engine/fingerprint.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gupcheck::engine {

struct WordChange {
  std::uint32_t word;
  std::uint64_t before;
  std::uint64_t after;
};

// What a transaction has to do with that others may, too (expander_sleep.cpp): a bit for each half of a word;
// some share one.
struct Footprint {
  static constexpr std::uint64_t always = std::uint64_t{1} << 63; // no location's: each reads it
  std::uint64_t reads = always;
  std::uint64_t writes = 0;
  // Of the location of so many bytes, from this one of the world on.
  static std::uint64_t bits(std::uint32_t offset, std::uint32_t bytes) {
    std::uint64_t all = 0;
    for (std::uint32_t half = offset / 4; half <= (offset + bytes - 1) / 4; ++half)
      all |= std::uint64_t{1} << half % 63;
    return all;
  }
  static constexpr Footprint everything() { return {~std::uint64_t{0}, ~std::uint64_t{0}}; }
  bool depends_on(const Footprint& other) const {
    return (writes & (other.reads | other.writes)) != 0 || (other.writes & reads) != 0;
  }
};

// What a transaction comes to, but for what only some searches need.
struct TransactionOutcome {
  // What it adds to the state's fingerprint if its thread owns nothing and it touches nobody's data. Where
  // symmetry rotates, what it adds to the share of the words.
  Fingerprint change;
  ClassId local = 0;    // the thread's class, afterwards
  unsigned touched = 0; // threads, one bit each, whose own data changes; or rotations (symmetry.hpp)
  bool chosen = false;  // it begins with a choice, of which there are others
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

  // In place of a number.
  static constexpr std::uint32_t unknown = ~std::uint32_t{0};
  static constexpr std::uint32_t blocked = unknown - 1;
  static constexpr std::uint32_t finished = unknown - 2;
  static constexpr std::uint32_t broken = unknown - 3;
  static constexpr bool is_number(std::uint32_t number) { return number < broken; }

  // What is kept of one. Half a cache line, since it is asked for at every transition; the rest, which few
  // need, is elsewhere.
  struct alignas(32) Kept {
    Fingerprint change;
    ClassId local;
    std::uint8_t touched;
    bool chosen;
    std::uint8_t touched_count;
    std::uint8_t change_count;
    std::uint32_t rest; // where that is
    std::uint8_t step_count;
  };

  TransactionMemo();

  // The number of what it comes to, or why there is none. Numbers stand until forget_unlearnt() or clear().
  [[gnu::always_inline]] std::uint32_t find(unsigned thread, ClassId local, std::uint32_t choice,
                                            const std::uint64_t* world) const {
    const std::vector<Place>& roots = roots_[thread];
    if (local >= roots.size()) return unknown;
    Place at = roots[local];
    if (at.word == no_word) at = next(at, choice);
    while (at.word != Place::end) at = next(at, world[at.word]);
    return at.first;
  }
  void prefetch(std::uint32_t number) const { // no branch: whether it is one is hard to predict
    __builtin_prefetch(kept_.data() + (is_number(number) ? number : 0));
  }
  const Kept& operator[](std::uint32_t number) const { return kept_[number]; }
  // What it adds to whom it touches.
  const Fingerprint* owned(const Kept& kept) const { return at<Fingerprint>(kept.rest); }
  std::span<const WordChange> changes(const Kept& kept) const {
    return {at<WordChange>(kept.rest + kept.touched_count * sizeof(Fingerprint)), kept.change_count};
  }
  // Each step, whatever it changes.
  std::span<const WordChange> steps(const Kept& kept) const {
    return {std::to_address(changes(kept).end()), kept.step_count};
  }
  // What depends on everything stands for one that is not known, or that is one of several choices.
  const Footprint& footprint(std::uint32_t number) const {
    return footprints_[is_number(number) ? number + std::size_t{1} : 0];
  }

  // Gives it a number; `steps`: see above.
  std::uint32_t keep(const TransactionOutcome& outcome, const Footprint& footprint,
                     std::span<const WordChange> steps);
  // find() will find it (if there is room): what keep() gave last, or what stands in place of a number.
  // `looks`: in the order in which the transaction looked, each word once.
  void learn(unsigned thread, ClassId local, std::span<const Look> looks, std::uint32_t number);
  // Forgets what was kept only, roughly.
  void forget_unlearnt() {
    kept_.resize(learnt_);
    footprints_.resize(learnt_ + 1);
    rests_.resize(learnt_rests_);
  }
  void clear();

  std::uint64_t memory_bytes() const { return bytes_; }

private:
  // Where one is in the tree: at a node and the word that it looks at, or at the end.
  struct Place {
    static constexpr std::uint16_t end = 0xffff; // in place of a word
    std::uint32_t first = unknown; // of the node's branches; or the number of the outcome, where it is known
    std::uint16_t word = end;
    std::uint16_t mask = 0; // one less than there are branches in the node
    bool is_nowhere() const { return first == unknown; }
  };
  // A node is a hash table by itself, so that following a branch takes one load.
  struct Branch {
    std::uint64_t value = 0;
    Place to = {}; // nowhere: free
  };
  // A branch lies where its hash says or so many places behind that, else the node grows.
  static constexpr std::size_t most_behind(std::size_t mask) { return 2 + mask / 16; }
  static constexpr std::size_t most_branches = 65536; // of a node
  static constexpr std::size_t no_room = ~std::size_t{0};

  template <class T> const T* at(std::size_t rest) const { return reinterpret_cast<const T*>(&rests_[rest]); }
  static std::size_t hash(std::uint64_t value) {
    return ((value ^ value >> 32) * 0x9e37'79b9'7f4a'7c15U) >> 48;
  }
  Place next(Place at, std::uint64_t value) const {
    const Branch* const node = &branches_[at.first];
    std::size_t slot = hash(value) & at.mask;
    for (std::size_t behind = 0; node[slot].value != value; slot = (slot + 1) & at.mask)
      if (node[slot].to.is_nowhere() || ++behind > most_behind(at.mask)) return {};
    return node[slot].to;
  }
  std::size_t slot_of(Place node, std::uint64_t value) const;
  Place new_node(std::uint16_t word, std::size_t branches);
  Place grown(Place node, std::uint64_t value);
  void count_bytes();

  std::array<std::vector<Place>, max_threads> roots_; // by thread, by class
  std::vector<Branch> branches_;                      // of a node side by side
  std::vector<Kept> kept_;
  std::vector<Footprint> footprints_; // of all, and of each of them
  std::vector<std::byte> rests_;      // for each of them: owned, changes, steps
  std::size_t learnt_ = 0;            // of those kept: beyond the last that find() knows
  std::size_t learnt_rests_ = 0;      // the same of the rests
  std::uint64_t bytes_ = 0;
  bool full_ = false; // a node had no room and cannot grow
};

} // namespace gupcheck::engine
