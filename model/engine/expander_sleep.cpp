// SPDX-License-Identifier: GPL-2.0-only
//
// Sleep sets: who need not be explored, in an order that renaming does not change. See expander.hpp.
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

// Of the threads that can move those that the plan asks for. What is to be done when more has been learnt.
Plan Expander::expand_some(std::uint64_t* record, std::uint64_t level, const Plan& plan, unsigned enabled) {
  order_threads();
  const unsigned asleep = plan.canonical ? from_canonical(plan.asleep) : plan.asleep;
  unsigned explore = plan.canonical ? from_canonical(plan.explore) : plan.explore;
  explore &= enabled & ~asleep;
  // Who sleeps or was explored before, and what that has to do with others.
  unsigned resting = 0;
  for (unsigned rest = enabled & (plan.again ? ~explore : asleep); rest != 0; rest &= rest - 1) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    if ((alike_[thread] & explore) == 0 && find_footprint(record, thread, level)) resting |= 1U << thread;
  }
  // Who comes first decides who sleeps, so it must not be a matter of names.
  unsigned deferred = 0;
  for (unsigned i = 0; explore != 0; ++i) {
    const unsigned thread = canonical_[i];
    if ((explore >> thread & 1U) == 0) continue;
    explore &= ~alike_[thread];
    expand_thread(record, thread, level, resting, deferred);
    if ((deferred >> thread & 1U) == 0) resting |= 1U << thread;
  }
  return {.explore = deferred, .asleep = asleep, .again = true, .canonical = false};
}

// Without its successor. False when that is not known; then it cannot be asleep.
bool Expander::find_footprint(std::uint64_t* record, unsigned thread, std::uint64_t level) {
  const LocalClass& local = machine_->automaton[RecordLayout::local(record, thread)];
  if (local.access.kind == OperationKind::choose) return false; // it may go on in several ways
  Run run;
  if ((local.mover == Mover::none || !machine_->transactions) && !local.checked) {
    // What follows in the transaction commutes with everything.
    note_footprint(local, thread, Mover::none, run);
  } else {
    this->run(record, thread, 0, Expander::max_transaction, level, run);
    undo(record);
    if (run.unknown) return false;
  }
  footprints_[thread] = run.footprint;
  return true;
}

void Expander::note_footprint(const LocalClass& local, unsigned thread, Mover mover, Run& run) const {
  if (local.access.mask == 0 || (mover == Mover::both && machine_->transactions)) return;
  const auto bit = [this](std::uint32_t word) { return machine_->symmetry.footprint_bit(word); };
  (writes(local.access.kind) ? run.footprint.writes : run.footprint.reads) |=
      bit(word_of(local.access, thread));
  for (const DirectRead& read : reads_)
    if (local.checked) run.footprint.reads |= bit(read.offset / 8);
}

// Who is as one with a thread that sleeps sleeps, too: then it does not matter which of them is which.
unsigned Expander::to_canonical(const Keys& keys, unsigned asleep) const {
  if (!machine_->symmetry.on()) return asleep;
  unsigned ranks = 0; // as order_threads() orders them
  for (unsigned rest = asleep; rest != 0; rest &= rest - 1) {
    const std::uint64_t key = keys[static_cast<unsigned>(std::countr_zero(rest))];
    unsigned less = 0;
    unsigned equal = 0;
    for (unsigned other = 0; other < machine_->threads; ++other) {
      less += keys[other] < key ? 1U : 0U;
      equal += keys[other] == key ? 1U : 0U;
    }
    ranks |= ((1U << equal) - 1) << less;
  }
  return ranks;
}

// In the canonical order of the state that the transaction leads to.
unsigned Expander::asleep_after(unsigned thread, const Outcome& outcome, unsigned asleep) const {
  Keys keys;
  const Fingerprint* added = memo_.owned(outcome);
  for (unsigned other = 0; other < machine_->threads; ++other)
    keys[other] = share_after(other, thread, outcome, added).low;
  return to_canonical(keys, asleep);
}

unsigned Expander::from_canonical(unsigned threads) const {
  if (threads == 0 || threads == Plan::every_thread) return threads;
  unsigned named = 0;
  for (unsigned i = 0; i < machine_->threads; ++i) named |= (threads >> i & 1U) << canonical_[i];
  return named;
}

// Renaming permutes the shares, so the order by them is no matter of names but where two are equal.
void Expander::order_threads() {
  if (!machine_->sleep_sets || !machine_->symmetry.on()) return;
  Keys keys;
  for (unsigned thread = 0; thread < machine_->threads; ++thread) {
    keys[thread] = share(thread).low;
    unsigned at = thread;
    for (; at > 0 && keys[canonical_[at - 1]] > keys[thread]; --at) canonical_[at] = canonical_[at - 1];
    canonical_[at] = static_cast<std::uint8_t>(thread);
  }
}

} // namespace gupcheck::engine
