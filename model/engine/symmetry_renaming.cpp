// SPDX-License-Identifier: GPL-2.0-only
//
// What renaming does to a world, which renamings there are, and sums over rotations. See symmetry.hpp.
#include "model/engine/symmetry.hpp"

#include <algorithm>
#include <numeric>

namespace gupcheck::engine {

Symmetry::Order Symmetry::no_renaming() {
  Order order;
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  return order;
}

Symmetry::Order Symmetry::rotation(unsigned by) const {
  Order order = no_renaming();
  for (unsigned thread = 0; thread < threads_; ++thread)
    order[thread] = static_cast<std::uint8_t>((thread + by) % threads_);
  return order;
}

bool Symmetry::can_swap(unsigned a, unsigned b) const {
  Order order = no_renaming();
  std::swap(order[a], order[b]);
  return keeps_initial(order);
}

bool Symmetry::keeps_initial(const Order& order) const {
  std::vector<std::uint64_t> after(initial_.size());
  rename(initial_.data(), order, after.data());
  return std::equal(after.begin(), after.end(), initial_.begin());
}

void Symmetry::make_orders() {
  orders_.clear();
  if (rotates()) {
    for (unsigned by = 0; by < threads_; ++by) {
      orders_.push_back(rotation(by));
      turned_word_[by].resize(kind_.size());
      for (std::uint32_t word = 0; word < kind_.size(); ++word)
        turned_word_[by][word] = renamed_word(word, orders_[by]);
    }
    return;
  }
  Order order = no_renaming();
  do {
    bool keeps_groups = true;
    for (unsigned thread = 0; thread < threads_; ++thread)
      keeps_groups = keeps_groups && group_[order[thread]] == group_[thread];
    if (keeps_groups) orders_.push_back(order);
  } while (std::next_permutation(order.begin(), order.begin() + threads_));
}

std::uint64_t Symmetry::renamed(std::uint32_t word, std::uint64_t value, const Order& order) const {
  if (is_lock_[word]) {
    std::uint64_t result = value & lock_granted;
    each_in_lock(value, [&](unsigned position, unsigned thread) {
      result |= std::uint64_t{order[thread] + 1U} << (4 * position);
    });
    return result;
  }
  if (kind_[word] == Kind::plain || !in_world(value) || !arena().in_blocks(value)) return value;
  const Address offset = value - arena().block(0);
  return arena().block(order[offset / arena().block_stride()]) + offset % arena().block_stride();
}

std::uint32_t Symmetry::renamed_word(std::uint32_t word, const Order& order) const {
  if (!in_block(word)) return word;
  return blocks_ + order[owner_of_block(word)] * block_words_ + (word - blocks_) % block_words_;
}

void Symmetry::rename(const std::uint64_t* world, const Order& order, std::uint64_t* renamed_world) const {
  for (std::uint32_t word = 0; word < kind_.size(); ++word)
    renamed_world[renamed_word(word, order)] = renamed(word, world[word], order);
}

void Symmetry::turned(const std::uint64_t* world, Turned& sums) const {
  Fingerprint plain;
  sums = {};
  for (std::uint32_t word = 0; word < kind_.size(); ++word) {
    if (world[word] == initial_[word]) continue; // then rotated, too: rotations keep the initial world
    if (kind_[word] == Kind::plain) {
      plain = plain + share_of(word, world[word], initial_[word]);
    } else {
      for (unsigned by = 0; by < threads_; ++by) sums[by] = sums[by] + turned_share(by, word, world[word]);
    }
  }
  for (unsigned by = 0; by < threads_; ++by) sums[by] = sums[by] + plain;
}

Fingerprint Symmetry::turned_share(unsigned by, std::uint32_t word, std::uint64_t value) const {
  const std::uint32_t to = turned_word_[by][word];
  return share_of(to, renamed(word, value, orders_[by]), initial_[to]);
}

} // namespace gupcheck::engine
