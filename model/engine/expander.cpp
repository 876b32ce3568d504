// SPDX-License-Identifier: GPL-2.0-only
//
// The hot loop: what each thread's transaction comes to, looked up or else executed. See expander.hpp.
#include "model/engine/expander.hpp"

#include "model/engine/lanes.hpp"

#include <bit>

namespace gupcheck::engine {

// What all of the state's transactions need.
void Expander::begin(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  machine.layout.copy_classes(record, classes_);
  if (!machine.symmetry.on()) return;
  if (machine.symmetry.rotates()) {
    turn(record, turned_);
    find_turned_alike();
  } else {
    for (unsigned rest = owners_; rest != 0; rest &= rest - 1)
      owned_[static_cast<unsigned>(std::countr_zero(rest))] = {};
    owners_ = machine.symmetry.add_owned(machine.layout.world(record), owned_);
    find_alike();
  }
}

// Threads like each other, in the same class, that own nothing or the same.
void Expander::find_alike() {
  const auto same_class = [&](unsigned thread) {
    return equal_lanes(classes_, classes_[thread]) & machine_->symmetry.like(thread);
  };
  for (unsigned thread = 0; thread < machine_->threads; ++thread)
    alike_[thread] = static_cast<std::uint8_t>(same_class(thread) & ~owners_);
  for (unsigned rest = owners_; rest != 0; rest &= rest - 1) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    unsigned alike = same_class(thread) & owners_;
    for (unsigned others = alike; others != 0; others &= others - 1) {
      const auto other = static_cast<unsigned>(std::countr_zero(others));
      if (owned_[other] != owned_[thread]) alike &= ~(1U << other);
    }
    alike_[thread] = static_cast<std::uint8_t>(alike);
  }
}

Expander::Expansion Expander::expand(std::uint64_t* record, std::uint64_t level, const Plan& plan) {
  const Machine& machine = *machine_;
  const std::uint64_t* world = machine.layout.world(record);
  begin(record);
  Expansion expansion{};
  for (unsigned rest = (1U << machine.threads) - 1; rest != 0;) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    const unsigned alike = alike_[thread];
    rest &= ~alike;
    const LocalClass& local = machine.automaton[classes_[thread]];
    if (local.broken) return expansion; // reported when it came to this
    const Access& access = local.access;
    if (access.kind == OperationKind::finished) continue;
    expansion.live |= alike;
    if (enabled(access, world, thread)) {
      expansion.enabled |= alike;
    } else if ((local.noted >> thread & 1U) == 0) {
      // It waits for a value that may be there for a moment only, so it uses the location by waiting.
      lessons_.accesses.push_back({classes_[thread], thread});
    }
  }
  if (expansion.enabled == 0) {
    if (!plan.again) check_end(record, expansion.live == 0, level);
    return expansion;
  }
  order_threads();
  const unsigned asleep = plan.canonical ? from_canonical(plan.asleep) : plan.asleep;
  unsigned explore = plan.canonical ? from_canonical(plan.explore) : plan.explore;
  explore &= expansion.enabled & ~asleep;
  // Who sleeps or was explored before, and what that has to do with others.
  unsigned resting = 0;
  const unsigned resting_already = expansion.enabled & (plan.again ? ~explore : asleep);
  for (unsigned rest = machine.sleep_sets ? resting_already : 0; rest != 0; rest &= rest - 1) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    if ((alike_[thread] & explore) == 0 && find_footprint(record, thread, level)) resting |= 1U << thread;
  }
  // Who comes first decides who sleeps, so it must not be a matter of names.
  std::array<std::uint8_t, max_threads> explored;
  unsigned count = 0;
  for (unsigned i = 0; explore != 0; ++i) {
    const unsigned thread = canonical_[i];
    if ((explore >> thread & 1U) == 0) continue;
    // Threads that only their names tell apart have the same successors but for names.
    explore &= ~unsigned{alike_[thread]};
    explored[count++] = static_cast<std::uint8_t>(thread);
    // All threads at once, so that the processor waits for the tree's branches together.
    first_outcomes_[thread] = memo_.find(thread, classes_[thread], 0, world);
    memo_.prefetch(first_outcomes_[thread]);
  }
  unsigned deferred = 0;
  for (unsigned i = 0; i < count; ++i) {
    const unsigned thread = explored[i];
    expand_thread(record, thread, level, resting, deferred);
    if (machine.sleep_sets && (deferred >> thread & 1U) == 0) resting |= 1U << thread;
  }
  expansion.deferred = {.explore = deferred, .asleep = asleep, .again = true, .canonical = false};
  return expansion;
}

void Expander::expand_thread(std::uint64_t* record, unsigned thread, std::uint64_t level, unsigned resting,
                             unsigned& deferred) {
  const Machine& machine = *machine_;
  const Access& access = machine.automaton[classes_[thread]].access;
  const auto choices = static_cast<std::uint32_t>(access.kind == OperationKind::choose ? access.a : 1);
  if (machine.sleep_sets) footprints_[thread] = {};
  for (std::uint32_t choice = 0; choice < choices; ++choice) {
    std::uint32_t number = first_outcomes_[thread];
    if (choice != 0) number = memo_.find(thread, classes_[thread], choice, machine.layout.world(record));
    if (number == TransactionMemo::unknown) [[unlikely]] {
      number = execute_transaction(record, {static_cast<std::uint8_t>(thread), choice}, level);
      if (number == TransactionMemo::unknown) {
        deferred |= 1U << thread;
        candidates_.resize(candidates_.size() - choice);
        if (machine.notes_between) betweens_.resize(candidates_.size());
        return;
      }
    }
    const TransactionOutcome outcome = memo_[number];
    candidates_.push_back({.fingerprint = fingerprint_after(record, thread, outcome),
                           .parent = record,
                           .outcome = number,
                           .choice = static_cast<std::uint16_t>(choice),
                           .thread = static_cast<std::uint8_t>(thread),
                           .asleep = 0});
    if (machine.notes_between) betweens_.push_back(between_steps(record, thread, memo_.steps(number)));
    if (!machine.sleep_sets) continue;
    const Footprint& footprint = memo_.footprint(number);
    if (const unsigned asleep = independent_of(footprint, resting); asleep != 0)
      candidates_.back().asleep = static_cast<std::uint8_t>(asleep_after(thread, outcome, asleep));
    footprints_[thread].add(footprint);
  }
}

// The number of what it comes to; unknown if something needs to be learnt first.
std::uint32_t Expander::execute_transaction(std::uint64_t* record, const Move& move, std::uint64_t level) {
  const std::size_t learnt_before = lessons_and_findings();
  Run run;
  this->run(record, move.thread, move.choice, Expander::max_transaction, level, run);
  undo(record);
  if (run.unknown) return TransactionMemo::unknown;
  const std::uint32_t number = memo_.keep(outcome_of(run, move.thread), run.footprint, steps_);
  if (!machine_->raw && lessons_and_findings() == learnt_before)
    memo_.learn(move.thread, RecordLayout::local(record, move.thread), looks_);
  return number;
}

// Who could move, and who could not, after each step but the last.
Between Expander::between_steps(std::uint64_t* record, unsigned thread,
                                std::span<const WordChange> steps) const {
  const Machine& machine = *machine_;
  std::uint64_t* world = machine.layout.world(record);
  unsigned can = 0;
  unsigned cannot = 0;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (steps[i].word != TransactionMemo::no_word) world[steps[i].word] = steps[i].after;
    for (unsigned other = 0; other < machine.threads; ++other) {
      if (other == thread) continue;
      const Access& access = machine.automaton[RecordLayout::local(record, other)].access;
      if (access.kind != OperationKind::finished)
        (enabled(access, world, other) ? can : cannot) |= 1U << other;
    }
  }
  for (std::size_t i = steps.size() - 1; i-- > 0;)
    if (steps[i].word != TransactionMemo::no_word) world[steps[i].word] = steps[i].before;
  return {static_cast<std::uint8_t>(can), static_cast<std::uint8_t>(cannot)};
}

// Those of the resting threads that go on resting after it.
unsigned Expander::independent_of(const Footprint& footprint, unsigned resting) const {
  unsigned independent = 0;
  for (unsigned rest = resting; rest != 0; rest &= rest - 1) {
    const auto other = static_cast<unsigned>(std::countr_zero(rest));
    if (!footprints_[other].depends_on(footprint)) independent |= 1U << other;
  }
  return independent;
}

void Expander::build(const Candidate& candidate, std::uint64_t* record) const {
  std::memcpy(record, candidate.parent, machine_->layout.words() * sizeof(std::uint64_t));
  std::uint64_t* world = machine_->layout.world(record);
  const TransactionOutcome outcome = memo_[candidate.outcome];
  for (const WordChange& change : outcome.changes) world[change.word] = change.after;
  RecordLayout::set_fingerprint(record, candidate.fingerprint);
  RecordLayout::set_local(record, candidate.thread, outcome.local);
}

} // namespace gupcheck::engine
