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
// With three threads or more this cannot express that a thread holds another's address, or that a block names
// another thread (with two, "the other one" is no name). But threads address each other cyclically
// (arena.hpp): "the second after me" stays right when all threads move on by one. So if all of them are
// alike, what is left are the rotations: the fingerprint is then a sum over them, of hashes of the
// fingerprints that the state has when rotated so. What that cannot express either switches symmetry off. The
// run says which it was, and why.
#pragma once

#include "model/engine/automaton.hpp"
#include "model/engine/explore.hpp"

#include <array>
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
  // Sums over all words as they are after each rotation (by none, by one, ...).
  using Turned = std::array<Fingerprint, max_threads>;

  // `wanted` false: off without a reason.
  Symmetry(unsigned threads, std::span<const std::uint64_t> initial_world, bool wanted);

  // Groups the threads by their first local states (their classes), where swapping two of them leaves the
  // initial world as it is: then every renaming of a reachable state can be reached. Where only rotations are
  // possible all must be alike, and rotating must leave it as it is; or symmetry is switched off, for good
  // unless it is `undecided` whether these classes are the last word.
  void start(std::span<const ClassId> first, bool undecided);
  Renamings renamings() const { return renamings_; }
  // Differs when something was found out that makes other renamings of them: then the search has to start
  // again.
  unsigned version() const { return version_; }
  bool on() const { return renamings_ != Renamings::none; }
  bool rotates() const { return renamings_ == Renamings::rotations; }
  // Why not all renamings; empty when that was not wanted, or there is no reason.
  const std::string& why_not_all() const { return why_not_all_; }
  void switch_off(std::string reason);
  // From all of them, if that is what there is.
  void only_rotate(std::string reason);

  // The smallest of the thread's group: itself where symmetry is off.
  unsigned group(unsigned thread) const { return group_[thread]; }
  // The threads of its group, one bit each.
  unsigned like(unsigned thread) const { return like_[thread]; }

  // To be told of every operation that can be executed, before it is. May switch symmetry off, or leave
  // rotations only.
  void learn(const LocalState& local);
  // Whether it is on and a word can hold an identity, or is in a block.
  bool concerns(std::uint32_t word) const { return on() && kind_[word] != Kind::plain; }
  // Whether the value of such a word names a thread (that its block holds it is not looked at).
  bool names_thread(std::uint32_t word, std::uint64_t value) const;
  bool in_block(std::uint32_t word) const { return word - blocks_ < block_words_ * threads_; }

  // Where it does not rotate. Everything that the words of a world contribute.
  Fingerprint sum(const std::uint64_t* world, Owned& owned) const;
  // The words that can contribute to `owned`, which is all zero before. Returns the threads, one bit each,
  // that own something: for the others it stays zero.
  unsigned add_owned(const std::uint64_t* world, Owned& owned) const;
  // A word that concerns() changes. Returns the threads, one bit each, whose share changes.
  unsigned change(std::uint32_t word, std::uint64_t before, std::uint64_t after, Fingerprint& words,
                  Owned& owned) const {
    return add<true, true>(word, after, words, owned) | add<true, false>(word, before, words, owned);
  }
  // A thread's share.
  Fingerprint share(const Fingerprint& local, const Fingerprint& owned) const {
    return owned == Fingerprint{} ? local : mix(local, owned);
  }
  // Reasons to only_rotate(): a word of a block that names another thread than its owner; a result that does.
  bool names_another(std::uint32_t word, std::uint64_t value) const;
  bool result_names_another(std::uint64_t result) const {
    return renamings_ == Renamings::all && threads_ > 2 && names_peer(result);
  }

  // Where it rotates. Everything that the words of a world contribute; what a word that concerns()
  // contributes when rotated by `by`.
  void turned(const std::uint64_t* world, Turned& sums) const;
  Fingerprint turned_share(unsigned by, std::uint32_t word, std::uint64_t value) const;

  // order[thread] is its new number.
  using Order = std::array<std::uint8_t, max_threads>;
  static Order no_renaming();
  // Every order of the threads that keeps the groups, no renaming first; or every rotation, by their
  // distance.
  const std::vector<Order>& orders() const { return orders_; }
  // The world after renaming.
  void rename(const std::uint64_t* world, const Order& order, std::uint64_t* renamed) const;

  // For checkpoints. read() takes what write() gave for the same program; std::runtime_error for what cannot
  // be that.
  void write(const ByteSink& sink) const;
  void read(const ByteSource& source);

private:
  enum class Kind : std::uint8_t { plain, lock, pointer, block };

  static Fingerprint mix(const Fingerprint& local, const Fingerprint& owned) {
    const std::uint64_t parts[4] = {local.low, local.high, owned.low, owned.high};
    const XXH128_hash_t hash = XXH3_128bits(parts, sizeof parts);
    return {hash.low64, hash.high64};
  }
  // Adds a word's contribution, or takes it away; without Words only what belongs to threads.
  template <bool Words, bool Plus>
  unsigned add(std::uint32_t word, std::uint64_t value, Fingerprint& words, Owned& owned) const;
  Fingerprint place(std::uint32_t word, unsigned position) const;
  std::uint64_t seen_from(unsigned thread, std::uint32_t word, std::uint64_t value) const;
  std::uint64_t renamed(std::uint32_t word, std::uint64_t value, const Order& order) const;
  unsigned owner_of_block(std::uint32_t word) const { return (word - blocks_) / block_words_; }
  // The same of the word that a pointer points to, and what arena() knows, too: that is far away.
  std::uint64_t offset_in_blocks(std::uint64_t value) const {
    return value - (Arena::base + 8 * std::uint64_t{blocks_});
  }
  bool points_into_block(std::uint64_t value) const {
    return offset_in_blocks(value) < 8 * std::uint64_t{block_words_} * threads_;
  }
  void watch(std::uint32_t word);
  std::uint32_t renamed_word(std::uint32_t word, const Order& order) const;
  void group_to_rotate(std::span<const ClassId> first, bool undecided);
  void tell_all_apart();
  void group_to_swap(std::span<const ClassId> first);
  void make_orders();
  bool can_swap(unsigned a, unsigned b) const;
  bool keeps_initial(const Order& order) const;
  Order rotation(unsigned by) const;

  unsigned threads_;
  std::span<const std::uint64_t> initial_;
  std::uint32_t blocks_ = 0;      // first word
  std::uint32_t block_words_ = 0; // of one block
  bool wanted_;
  Renamings possible_;                    // as far as is known
  Renamings renamings_ = Renamings::none; // of this search
  unsigned version_ = 0;
  std::string why_not_all_;
  std::array<std::uint8_t, max_threads> group_{};
  std::array<std::uint8_t, max_threads> like_{};
  std::vector<Kind> kind_;         // by word
  std::vector<Fingerprint> place_; // by word: what being named there adds to a thread's own
  std::vector<bool> is_lock_;      // by word; in blocks, too
  std::vector<bool> is_pointer_;   // the same: pointers are stored in it
  std::vector<bool> is_number_;    // and something else
  // A word that can contribute to `owned`, and the values with which it may: so many more after the first.
  struct Watched {
    std::uint32_t word;
    std::uint64_t first;
    std::uint64_t more;
  };
  std::vector<Watched> watched_;
  std::vector<bool> is_watched_;
  std::vector<std::uint64_t> reference_; // by word of a block: what contributes nothing
  std::vector<Order> orders_;
  std::array<std::vector<std::uint32_t>, max_threads> turned_word_; // by distance: where each word comes to
};

} // namespace gupcheck::engine
