// SPDX-License-Identifier: GPL-2.0-only
//
// See transaction_memo.hpp.
#include "model/engine/transaction_memo.hpp"

#include <bit>

namespace gupcheck::engine {

TransactionMemo::TransactionMemo() { clear(); }

void TransactionMemo::clear() {
  for (std::vector<Place>& roots : roots_) roots.clear();
  branches_.clear();
  kept_.clear();
  footprints_.assign(1, Footprint::everything());
  rests_.clear();
  learnt_ = learnt_rests_ = 0;
  full_ = false;
  count_bytes();
}

std::uint32_t TransactionMemo::keep(const TransactionOutcome& outcome, const Footprint& footprint,
                                    std::span<const WordChange> steps) {
  const auto number = static_cast<std::uint32_t>(kept_.size());
  const auto touched_count = static_cast<std::uint8_t>(std::popcount(outcome.touched));
  kept_.push_back({.change = outcome.change,
                   .local = outcome.local,
                   .touched = static_cast<std::uint8_t>(outcome.touched),
                   .chosen = outcome.chosen,
                   .touched_count = touched_count,
                   .change_count = static_cast<std::uint8_t>(outcome.changes.size()),
                   .rest = static_cast<std::uint32_t>(rests_.size()),
                   .step_count = static_cast<std::uint8_t>(steps.size())});
  footprints_.push_back(outcome.chosen ? Footprint::everything() : footprint);
  const auto add = [&](const auto& items) {
    const auto bytes = std::as_bytes(std::span(items));
    rests_.insert(rests_.end(), bytes.begin(), bytes.end());
  };
  add(std::span(outcome.owned, touched_count));
  add(outcome.changes);
  add(steps);
  return number;
}

void TransactionMemo::learn(unsigned thread, ClassId local, std::span<const Look> looks,
                            std::uint32_t number) {
  if (bytes_ > most_bytes || full_) return;
  std::vector<Place>& roots = roots_[thread];
  if (local >= roots.size()) roots.resize(local + 1);
  // The branch that leads to where one is; at first it is the root.
  std::size_t branch = no_room;
  const auto here = [&]() -> Place& { return branch == no_room ? roots[local] : branches_[branch].to; };
  for (const auto& [word, value] : looks) {
    Place node = here().is_nowhere() ? new_node(static_cast<std::uint16_t>(word), 1) : here();
    if (slot_of(node, value) == no_room) node = grown(node, value);
    full_ = node.is_nowhere();
    if (full_) return;
    here() = node;
    branch = slot_of(node, value);
    branches_[branch].value = value;
  }
  if (is_number(number)) {
    learnt_ = kept_.size();
    learnt_rests_ = rests_.size();
  }
  here().first = number;
  count_bytes();
}

// Where its branch is or would be.
std::size_t TransactionMemo::slot_of(Place node, std::uint64_t value) const {
  for (std::size_t behind = 0; behind <= most_behind(node.mask); ++behind) {
    const std::size_t slot = node.first + ((hash(value) + behind) & node.mask);
    if (branches_[slot].to.is_nowhere() || branches_[slot].value == value) return slot;
  }
  return no_room;
}

TransactionMemo::Place TransactionMemo::new_node(std::uint16_t word, std::size_t branches) {
  const Place node{.first = static_cast<std::uint32_t>(branches_.size()),
                   .word = word,
                   .mask = static_cast<std::uint16_t>(branches - 1)};
  branches_.resize(branches_.size() + branches);
  return node;
}

// So large that there is room for one more; nowhere if that is too large. Where it was is lost: all in all
// less than nodes take in the end.
TransactionMemo::Place TransactionMemo::grown(Place node, std::uint64_t value) {
  const std::size_t before = branches_.size();
  for (std::size_t size = 2 * (node.mask + std::size_t{1}); size <= most_branches; size *= 2) {
    const Place larger = new_node(node.word, size);
    bool has_room = true;
    for (std::size_t i = 0; has_room && i <= node.mask; ++i) {
      const Branch branch = branches_[node.first + i];
      if (branch.to.is_nowhere()) continue;
      const std::size_t slot = slot_of(larger, branch.value);
      has_room = slot != no_room;
      if (has_room) branches_[slot] = branch;
    }
    if (has_room && slot_of(larger, value) != no_room) return larger;
    branches_.resize(before);
  }
  return {};
}

void TransactionMemo::count_bytes() {
  bytes_ = branches_.capacity() * sizeof(Branch) + kept_.capacity() * sizeof(Kept) +
           footprints_.capacity() * sizeof(Footprint) + rests_.capacity();
  for (const std::vector<Place>& roots : roots_) bytes_ += roots.capacity() * sizeof(Place);
}

} // namespace gupcheck::engine
