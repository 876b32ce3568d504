// SPDX-License-Identifier: GPL-2.0-only
//
// See symmetry.hpp.
#include "model/engine/symmetry.hpp"

#include <algorithm>
#include <stdexcept>

namespace gupcheck::engine {

namespace {

// Hashes of places, apart from those of words.
constexpr std::uint64_t place_tag = std::uint64_t{1} << 62;
constexpr std::uint64_t block_tag = std::uint64_t{1} << 61;
// Stands for "into the block of whoever owns this" in an anonymous pointer.
constexpr std::uint64_t anonymous_pointer = std::uint64_t{1} << 63;

} // namespace

Symmetry::Symmetry(unsigned threads, std::span<const std::uint64_t> initial_world, bool wanted)
    : threads_(threads),
      initial_(initial_world),
      wanted_(wanted && threads > 1),
      possible_(wanted_ ? Renamings::all : Renamings::none),
      kind_(initial_world.size()),
      is_lock_(initial_world.size()),
      is_pointer_(initial_world.size()),
      is_number_(initial_world.size()),
      is_watched_(initial_world.size()) {
  tell_all_apart();
  if (!wanted_) return;
  for (std::uint32_t word = 0; word < initial_.size(); ++word)
    place_.push_back(fingerprint_of(place_tag | word, 0));
  if (arena().blocks() != 0) {
    blocks_ = static_cast<std::uint32_t>((arena().block(0) - Arena::base) / 8);
    block_words_ = static_cast<std::uint32_t>(arena().block_stride() / 8);
  }
  for (std::uint32_t word = 0; word < initial_.size(); ++word) {
    if (in_block(word)) {
      kind_[word] = Kind::block;
      if (owner_of_block(word) == 0) reference_.push_back(seen_from(0, word, initial_[word]));
    } else if (arena().in_blocks(initial_[word])) {
      kind_[word] = Kind::pointer;
      watch(word);
    }
  }
  // Blocks that differ at first.
  for (std::uint32_t word = 0; word < initial_.size(); ++word)
    if (in_block(word) &&
        seen_from(owner_of_block(word), word, initial_[word]) != reference_[(word - blocks_) % block_words_])
      for (unsigned thread = 0; thread < threads_; ++thread)
        watch(blocks_ + thread * block_words_ + (word - blocks_) % block_words_);
}

void Symmetry::start(std::span<const ClassId> first, bool undecided) {
  renamings_ = Renamings::none;
  if (possible_ == Renamings::rotations) group_to_rotate(first, undecided);
  if (possible_ == Renamings::all) group_to_swap(first);
}

void Symmetry::group_to_rotate(std::span<const ClassId> first, bool undecided) {
  const bool alike = std::all_of(first.begin(), first.end(), [&](ClassId one) { return one == first[0]; });
  if (!alike || !keeps_initial(rotation(1))) {
    if (undecided) return tell_all_apart();
    switch_off(why_not_all_);
    return;
  }
  renamings_ = Renamings::rotations;
  group_.fill(0);
  like_.fill(static_cast<std::uint8_t>((1U << threads_) - 1));
  make_orders();
}

void Symmetry::group_to_swap(std::span<const ClassId> first) {
  const auto groups_before = group_;
  for (unsigned thread = 0; thread < threads_; ++thread) {
    unsigned leader = 0;
    while (leader != thread &&
           (first[leader] != first[thread] || group_[leader] != leader || !can_swap(leader, thread)))
      ++leader;
    group_[thread] = static_cast<std::uint8_t>(leader);
    if (leader != thread) renamings_ = Renamings::all;
  }
  for (unsigned thread = 0; thread < threads_; ++thread) {
    like_[thread] = 0;
    for (unsigned other = 0; other < threads_; ++other)
      if (group_[other] == group_[thread])
        like_[thread] = static_cast<std::uint8_t>(like_[thread] | 1U << other);
  }
  if (on() && (orders_.empty() || group_ != groups_before)) make_orders();
}

void Symmetry::switch_off(std::string reason) {
  if (possible_ != Renamings::none) {
    why_not_all_ = std::move(reason);
    ++version_;
  }
  possible_ = renamings_ = Renamings::none;
  tell_all_apart();
}

void Symmetry::tell_all_apart() {
  for (unsigned thread = 0; thread < max_threads; ++thread) {
    group_[thread] = static_cast<std::uint8_t>(thread);
    like_[thread] = static_cast<std::uint8_t>(1U << thread);
  }
}

void Symmetry::only_rotate(std::string reason) {
  if (possible_ != Renamings::all) return;
  possible_ = Renamings::rotations;
  why_not_all_ = std::move(reason);
  ++version_;
}

void Symmetry::watch(std::uint32_t word) {
  if (is_watched_[word]) return;
  is_watched_[word] = true;
  constexpr std::uint64_t all = ~std::uint64_t{0};
  if (kind_[word] == Kind::pointer) {
    watched_.push_back({word, arena().block(0), arena().blocks() * arena().block_stride() - 1});
  } else if (kind_[word] == Kind::block && reference_[(word - blocks_) % block_words_] != 0) {
    watched_.push_back({word, 0, all});
  } else {
    watched_.push_back({word, 1, all - 1}); // not 0
  }
}

void Symmetry::learn(const LocalState& local) {
  const Access& access = local.access;
  if (!wanted_ || access.mask == 0) return;
  if (threads_ > 2 && local.names_peer) only_rotate("a thread uses another thread's data");
  const bool is_lock = access.kind == OperationKind::lock || access.kind == OperationKind::enqueue ||
                       access.kind == OperationKind::unlock;
  for (unsigned thread = 0; thread < (access.stride != 0 ? threads_ : 1); ++thread) {
    const std::uint32_t word = word_of(access, thread);
    // Held from the start, by one of them.
    if (is_lock && !is_lock_[word] && initial_[word] != 0) ++version_;
    is_lock_[word] = is_lock_[word] || is_lock;
    is_pointer_[word] = is_pointer_[word] || access.pointer || arena().in_blocks(initial_[word]);
    is_number_[word] = is_number_[word] || (!is_lock && !access.pointer);
    if (is_number_[word] && is_lock_[word]) switch_off("the word of a lock is also used as a number");
    if (is_number_[word] && is_pointer_[word]) switch_off("a pointer is also used as a number");
    if (access.stride != 0) watch(word);
  }
  if (access.stride != 0) return;
  if (kind_[access.word] == Kind::plain && (is_lock || access.pointer)) {
    is_lock_[access.word] = is_lock;
    kind_[access.word] = is_lock ? Kind::lock : Kind::pointer;
    watch(access.word);
  }
}

// A word of a block with identities counted from `thread`, whose block it is.
std::uint64_t Symmetry::seen_from(unsigned thread, std::uint32_t word, std::uint64_t value) const {
  if (!is_lock_[word]) return pointer_from_world(value, thread);
  std::uint64_t seen = value & lock_granted;
  each_in_lock(value, [&](unsigned position, unsigned named) {
    seen |= std::uint64_t{(named + threads_ - thread) % threads_ + 1} << (4 * position);
  });
  return seen;
}

bool Symmetry::names_thread(std::uint32_t word, std::uint64_t value) const {
  return is_lock_[word] ? value != 0 : arena().in_blocks(value);
}

bool Symmetry::names_another(std::uint32_t word, std::uint64_t value) const {
  if (renamings_ != Renamings::all || threads_ <= 2 || !in_block(word)) return false;
  const std::uint64_t seen = seen_from(owner_of_block(word), word, value);
  if (!is_lock_[word]) return in_window(seen) && seen >= Arena::windows + Arena::max_block;
  bool other = false;
  each_in_lock(seen, [&](unsigned, unsigned named) { other = other || named != 0; });
  return other;
}

// Of the word of a lock, the position in its queue; of others 0.
Fingerprint Symmetry::place(std::uint32_t word, unsigned position) const {
  return position == 0 ? place_[word] : fingerprint_of(place_tag | word, position);
}

template <bool Words, bool Plus>
unsigned Symmetry::add(std::uint32_t word, std::uint64_t value, Fingerprint& words, Owned& owned) const {
  const auto put = [](Fingerprint& sum, const Fingerprint& part) { sum = Plus ? sum + part : sum - part; };
  switch (kind_[word]) {
  case Kind::plain:
    if (Words) put(words, share_of(word, value, initial_[word]));
    return 0;
  case Kind::lock: {
    unsigned touched = 0;
    std::uint64_t shape = value & lock_granted;
    each_in_lock(value, [&](unsigned position, unsigned thread) {
      shape |= std::uint64_t{15} << (4 * position);
      put(owned[thread], place(word, position));
      touched |= 1U << thread;
    });
    if (Words) put(words, share_of(word, shape, initial_[word]));
    return touched;
  }
  case Kind::pointer: {
    if (!points_into_block(value)) {
      if (Words) put(words, share_of(word, value, initial_[word]));
      return 0;
    }
    const auto offset = static_cast<std::uint32_t>(offset_in_blocks(value));
    const unsigned thread = offset / (8 * block_words_);
    if (Words) put(words, fingerprint_of(word, anonymous_pointer | offset % (8 * block_words_)));
    put(owned[thread], place(word, 0));
    return 1U << thread;
  }
  case Kind::block: {
    const unsigned thread = owner_of_block(word);
    const std::uint32_t offset = (word - blocks_) % block_words_;
    const std::uint64_t seen = value == 0 ? 0 : seen_from(thread, word, value); // most are zero
    if (seen == reference_[offset]) return 0;
    put(owned[thread], fingerprint_of(block_tag | offset, seen));
    return 1U << thread;
  }
  }
  return 0;
}

template unsigned Symmetry::add<true, true>(std::uint32_t, std::uint64_t, Fingerprint&, Owned&) const;
template unsigned Symmetry::add<true, false>(std::uint32_t, std::uint64_t, Fingerprint&, Owned&) const;

Fingerprint Symmetry::sum(const std::uint64_t* world, Owned& owned) const {
  Fingerprint words;
  owned = {};
  for (std::uint32_t word = 0; word < kind_.size(); ++word) {
    if (concerns(word)) {
      add<true, true>(word, world[word], words, owned);
    } else {
      words = words + share_of(word, world[word], initial_[word]);
    }
  }
  return words;
}

unsigned Symmetry::add_owned(const std::uint64_t* world, Owned& owned) const {
  Fingerprint words;
  unsigned owners = 0;
  for (const auto& [word, first, more] : watched_)
    if (world[word] - first <= more) owners |= add<false, true>(word, world[word], words, owned);
  return owners;
}

void Symmetry::write(const ByteSink& sink) const {
  put(sink, std::uint64_t{kind_.size()});
  put(sink, possible_);
  put(sink, renamings_);
  put(sink, group_);
  put(sink, like_);
  put(sink, std::uint64_t{why_not_all_.size()});
  sink(std::as_bytes(std::span(why_not_all_)));
  for (std::size_t word = 0; word < kind_.size(); ++word)
    put(sink, std::array<std::uint8_t, 4>{static_cast<std::uint8_t>(kind_[word]), is_lock_[word],
                                          is_pointer_[word], is_number_[word]});
  put(sink, std::uint64_t{watched_.size()});
  for (const Watched& watched : watched_) put(sink, watched.word);
}

void Symmetry::read(const ByteSource& source) {
  const auto refuse = [] { throw std::runtime_error("holds an impossible symmetry"); };
  if (get<std::uint64_t>(source) != kind_.size()) refuse();
  possible_ = get<Renamings>(source);
  renamings_ = get<Renamings>(source);
  if (possible_ > Renamings::all || renamings_ > possible_) refuse();
  group_ = get<decltype(group_)>(source);
  like_ = get<decltype(like_)>(source);
  constexpr std::uint64_t longest_reason = 4096;
  const auto reason_bytes = get<std::uint64_t>(source);
  if (reason_bytes > longest_reason) refuse();
  why_not_all_.resize(reason_bytes);
  source(std::as_writable_bytes(std::span(why_not_all_)));
  for (std::size_t word = 0; word < kind_.size(); ++word) {
    const auto bytes = get<std::array<std::uint8_t, 4>>(source);
    if (bytes[0] > static_cast<std::uint8_t>(Kind::block)) refuse();
    kind_[word] = static_cast<Kind>(bytes[0]);
    is_lock_[word] = bytes[1] != 0;
    is_pointer_[word] = bytes[2] != 0;
    is_number_[word] = bytes[3] != 0;
  }
  const auto watched = get<std::uint64_t>(source);
  if (watched > kind_.size()) refuse();
  watched_.clear();
  is_watched_.assign(kind_.size(), false);
  for (std::uint64_t i = 0; i < watched; ++i) {
    const auto word = get<std::uint32_t>(source);
    if (word >= kind_.size()) refuse();
    watch(word);
  }
  for (const std::uint8_t leader : group_)
    if (leader >= max_threads) refuse();
  if (on()) make_orders();
}

} // namespace gupcheck::engine
