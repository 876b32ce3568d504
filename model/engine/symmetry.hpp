// SPDX-License-Identifier: GPL-2.0-only
//
// One image for each orbit: states that differ only in which of several like threads is which.
//
// Threads that start in the same local state run the same function; they form a group, and renaming them
// within it maps runs to runs. The fingerprint of a state is a sum over the words of the world, with thread
// identities made anonymous, and over the threads: a hash of the thread's class, its group, and all that is
// its own, which is the contents of its block, the locks it holds (or queues for, and where in the queue),
// and the places where pointers into its block are kept. Each such identity names one thread, so two states
// have the same fingerprint exactly if a renaming maps one to the other (up to collisions); nothing is sorted
// or permuted, and states and traces stay concrete.
//
// What this cannot express switches symmetry off for the run, which says so: with three threads or more, a
// thread that holds another's address, and a block that names another thread. With two, "the other one" is
// no name.
#pragma once

#include "model/engine/automaton.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gupcheck::engine {

// The share of a word of the world in a state's fingerprint where no identities are at stake. A word that is
// as it was at first has none.
inline Fingerprint share_of(std::uint32_t word, std::uint64_t value, std::uint64_t initial) {
  return value == initial ? Fingerprint{} : fingerprint_of(word, value);
}

class Symmetry {
public:
  // What belongs to each thread, as sums.
  using Owned = std::array<Fingerprint, max_threads>;

  // `wanted` false: off without a reason.
  Symmetry(unsigned threads, std::span<const std::uint64_t> initial_world, bool wanted);

  // Groups the threads by their first local states (their classes), where swapping two of them leaves the
  // initial world as it is: then every renaming of a reachable state can be reached.
  void start(std::span<const ClassId> first);
  bool on() const { return on_; }
  // Why it was switched off; empty when it was not, or not wanted.
  const std::string& why_off() const { return why_off_; }
  void switch_off(std::string reason);

  // The smallest of the thread's group: itself where symmetry is off.
  unsigned group(unsigned thread) const { return group_[thread]; }
  // The threads of its group, one bit each.
  unsigned like(unsigned thread) const { return like_[thread]; }

  // To be told of every operation that can be executed, before it is. May switch symmetry off.
  void learn(const LocalState& local);
  // Whether it is on and a word can hold an identity, or is in a block.
  bool concerns(std::uint32_t word) const { return on_ && kind_[word] != Kind::plain; }
  // Whether the value of such a word names a thread (that its block holds it is not looked at).
  bool names_thread(std::uint32_t word, std::uint64_t value) const;
  bool in_block(std::uint32_t word) const { return word - blocks_ < block_words_ * threads_; }

  // Everything that the words of a world contribute.
  Fingerprint sum(const std::uint64_t* world, Owned& owned) const;
  // The words that can contribute to `owned`.
  void owned(const std::uint64_t* world, Owned& owned) const;
  // A word that concerns() changes. Returns the threads, one bit each, whose share changes.
  unsigned change(std::uint32_t word, std::uint64_t before, std::uint64_t after, Fingerprint& words,
                  Owned& owned) const {
    return add<true, true>(word, after, words, owned) | add<true, false>(word, before, words, owned);
  }
  // A thread's share.
  Fingerprint share(const Fingerprint& local, const Fingerprint& owned) const {
    return owned == Fingerprint{} ? local : mix(local, owned);
  }
  // Reasons to switch off: a word of a block that names another thread than its owner; a result that does.
  bool is_uncovered(std::uint32_t word, std::uint64_t value) const;
  bool is_uncovered_result(std::uint64_t result) const { return on_ && threads_ > 2 && names_peer(result); }

  // order[thread] is its new number.
  using Order = std::array<std::uint8_t, max_threads>;
  static Order no_renaming();
  // Every order of the threads that keeps the groups, no renaming first.
  const std::vector<Order>& orders() const { return orders_; }
  // The world after renaming.
  void rename(const std::uint64_t* world, const Order& order, std::uint64_t* renamed) const;

  // For checkpoints. read() takes what write() gave for the same program; std::runtime_error for what cannot
  // be that.
  void write(const ByteSink& sink) const;
  void read(const ByteSource& source);

private:
  enum class Kind : std::uint8_t { plain, lock, pointer, block };

  static Fingerprint mix(const Fingerprint& local, const Fingerprint& owned);
  // Adds a word's contribution, or takes it away; without Words only what belongs to threads.
  template <bool Words, bool Plus>
  unsigned add(std::uint32_t word, std::uint64_t value, Fingerprint& words, Owned& owned) const;
  std::uint64_t seen_from(unsigned thread, std::uint32_t word, std::uint64_t value) const;
  std::uint64_t renamed(std::uint32_t word, std::uint64_t value, const Order& order) const;
  unsigned owner_of_block(std::uint32_t word) const { return (word - blocks_) / block_words_; }
  void watch(std::uint32_t word);
  void make_orders();
  bool can_swap(unsigned a, unsigned b) const;

  unsigned threads_;
  std::span<const std::uint64_t> initial_;
  std::uint32_t blocks_ = 0;      // first word
  std::uint32_t block_words_ = 0; // of one block
  bool on_ = false;
  bool wanted_;
  std::string why_off_;
  std::array<std::uint8_t, max_threads> group_{};
  std::array<std::uint8_t, max_threads> like_{};
  std::vector<Kind> kind_;             // by word
  std::vector<bool> is_lock_;          // by word; in blocks, too
  std::vector<bool> is_pointer_;       // the same: pointers are stored in it
  std::vector<bool> is_number_;        // and something else
  std::vector<std::uint32_t> watched_; // words that can contribute to `owned`
  std::vector<bool> is_watched_;
  std::vector<std::uint64_t> reference_; // by word of a block: what contributes nothing
  std::vector<Order> orders_;
};

} // namespace gupcheck::engine
