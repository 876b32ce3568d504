// SPDX-License-Identifier: GPL-2.0-only
//
// See transaction_memo.hpp.
#include "model/engine/transaction_memo.hpp"

namespace gupcheck::engine {

namespace {
constexpr std::size_t first_branches = 256;
}

TransactionMemo::TransactionMemo() : first_step_(1) { clear(); }

void TransactionMemo::clear() {
  for (std::vector<Place>& roots : roots_) roots.clear();
  branches_.assign(first_branches, {});
  set_size();
  used_ = 0;
  nodes_ = 0;
  learnt_ = 0;
  shrink(0);
  count_bytes();
}

std::uint32_t TransactionMemo::keep(const TransactionOutcome& outcome, const Footprint& footprint,
                                    std::span<const WordChange> steps) {
  const auto number = static_cast<std::uint32_t>(kept_.size());
  kept_.push_back({.words = outcome.words,
                   .local = outcome.local,
                   .first_change = static_cast<std::uint32_t>(changes_.size()),
                   .first_owned = static_cast<std::uint32_t>(owned_.size()),
                   .change_count = static_cast<std::uint8_t>(outcome.changes.size()),
                   .touched = static_cast<std::uint8_t>(outcome.touched)});
  changes_.insert(changes_.end(), outcome.changes.begin(), outcome.changes.end());
  owned_.insert(owned_.end(), outcome.owned, outcome.owned + std::popcount(outcome.touched));
  footprints_.push_back(footprint);
  steps_.insert(steps_.end(), steps.begin(), steps.end());
  first_step_.push_back(static_cast<std::uint32_t>(steps_.size()));
  return number;
}

void TransactionMemo::learn(unsigned thread, ClassId local, std::span<const Look> looks) {
  if (bytes_ > most_bytes || nodes_ + looks.size() > Place::most_nodes) return;
  std::vector<Place>& roots = roots_[thread];
  if (local >= roots.size()) roots.resize(local + 1);
  if (roots[local].is_nowhere()) roots[local] = Place(nodes_++, looks[0].word);
  Place at = roots[local];
  for (std::size_t i = 0; i + 1 < looks.size(); ++i) {
    Branch& next = branch(at, looks[i].value);
    if (next.to.is_nowhere()) next.to = Place(nodes_++, looks[i + 1].word);
    at = next.to;
  }
  learnt_ = static_cast<std::uint32_t>(kept_.size());
  branch(at, looks.back().value).to = Place::of_outcome(learnt_ - 1);
  count_bytes();
}

void TransactionMemo::shrink(std::uint32_t outcomes) {
  if (outcomes < kept_.size()) {
    changes_.resize(kept_[outcomes].first_change);
    owned_.resize(kept_[outcomes].first_owned);
    steps_.resize(first_step_[outcomes]);
  }
  kept_.resize(outcomes);
  footprints_.resize(outcomes);
  first_step_.resize(outcomes + 1);
}

TransactionMemo::Branch& TransactionMemo::branch(Place from, std::uint64_t value) {
  if (2 * used_ >= branches_.size()) make_room();
  Branch& found = branches_[slot_of(from, value)];
  if (found.from.is_nowhere()) {
    found = {value, from, {}};
    ++used_;
  }
  return found;
}

void TransactionMemo::make_room() {
  std::vector<Branch> before(2 * branches_.size());
  before.swap(branches_);
  set_size();
  for (const Branch& branch : before)
    if (!branch.from.is_nowhere()) branches_[slot_of(branch.from, branch.value)] = branch;
}

void TransactionMemo::set_size() {
  mask_ = branches_.size() - 1;
  shift_ = static_cast<unsigned>(std::countl_zero(mask_));
}

void TransactionMemo::count_bytes() {
  bytes_ = branches_.capacity() * sizeof(Branch) + kept_.capacity() * sizeof(Kept) +
           (changes_.capacity() + steps_.capacity()) * sizeof(WordChange) +
           owned_.capacity() * sizeof(Fingerprint) + footprints_.capacity() * sizeof(Footprint) +
           first_step_.capacity() * sizeof(std::uint32_t);
  for (const std::vector<Place>& roots : roots_) bytes_ += roots.capacity() * sizeof(Place);
}

} // namespace gupcheck::engine
