// SPDX-License-Identifier: GPL-2.0-only
//
// The hot loop: what each thread's transaction comes to, looked up or else executed. See expander.hpp.
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

// The shares of the state's fingerprint.
void Expander::begin(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  if (machine.raw) return;
  if (machine.symmetry.rotates()) {
    turn(record, turned_);
    return;
  }
  if (machine.symmetry.on()) machine.symmetry.owned(machine.layout.world(record), owned_);
  for (unsigned thread = 0; thread < machine.threads; ++thread)
    shares_[thread] = share(thread, RecordLayout::local(record, thread), owned_[thread]);
}

Expander::Expansion Expander::expand(std::uint64_t* record, std::uint64_t level, const Plan& plan) {
  const Machine& machine = *machine_;
  const std::uint64_t* world = machine.layout.world(record);
  Expansion expansion{};
  for (unsigned thread = 0; thread < machine.threads; ++thread) {
    const ClassId id = RecordLayout::local(record, thread);
    const LocalClass& local = machine.automaton[id];
    if (local.broken) return expansion; // reported when it came to this
    const Access& access = local.access;
    if (access.kind == OperationKind::finished) continue;
    expansion.live |= 1U << thread;
    if (enabled(access, world, thread)) {
      expansion.enabled |= 1U << thread;
      // All threads at once, so that the processor waits for the tree's branches together.
      first_outcomes_[thread] = memo_.find(thread, id, 0, world);
      memo_.prefetch(first_outcomes_[thread]);
    } else if ((local.noted >> thread & 1U) == 0) {
      // It waits for a value that may be there for a moment only, so it uses the location by waiting.
      lessons_.accesses.push_back({id, thread});
    }
  }
  if (expansion.enabled == 0) {
    if (!plan.again) check_end(record, expansion.live == 0, level);
    return expansion;
  }
  begin(record);
  order_threads();
  const unsigned asleep = plan.canonical ? from_canonical(plan.asleep) : plan.asleep;
  unsigned explore = plan.canonical ? from_canonical(plan.explore) : plan.explore;
  explore &= expansion.enabled & ~asleep;
  // Who sleeps or was explored before, and what that has to do with others.
  unsigned resting = 0;
  const unsigned resting_already = expansion.enabled & (plan.again ? ~explore : asleep);
  for (unsigned rest = machine.sleep_sets ? resting_already : 0; rest != 0; rest &= rest - 1) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    if (!is_as_one_of(thread, explore) && find_footprint(record, thread, level)) resting |= 1U << thread;
  }
  unsigned deferred = 0;
  unsigned explored = 0;
  // Who comes first decides who sleeps, so it must not be a matter of names.
  for (unsigned i = 0; i < machine.threads; ++i) {
    const unsigned thread = canonical_[i];
    // Threads that only their names tell apart have the same successors but for names.
    if ((explore >> thread & 1U) == 0 || is_as_one_of(thread, explored)) continue;
    explored |= 1U << thread;
    expand_thread(record, thread, level, resting, deferred);
    if (machine.sleep_sets && (deferred >> thread & 1U) == 0) resting |= 1U << thread;
  }
  expansion.deferred = {.explore = deferred, .asleep = asleep, .again = true, .canonical = false};
  return expansion;
}

void Expander::expand_thread(std::uint64_t* record, unsigned thread, std::uint64_t level, unsigned resting,
                             unsigned& deferred) {
  const Machine& machine = *machine_;
  std::uint64_t* world = machine.layout.world(record);
  const ClassId local = RecordLayout::local(record, thread);
  const Access& access = machine.automaton[local].access;
  const auto choices = static_cast<std::uint32_t>(access.kind == OperationKind::choose ? access.a : 1);
  const std::size_t candidates_before = candidates_.size();
  Footprint footprint;
  for (std::uint32_t choice = 0; choice < choices; ++choice) {
    std::uint32_t outcome = choice == 0 ? first_outcomes_[thread] : memo_.find(thread, local, choice, world);
    if (outcome == TransactionMemo::unknown) {
      outcome = execute_transaction(record, {static_cast<std::uint8_t>(thread), choice}, level);
      if (outcome == TransactionMemo::unknown) {
        deferred |= 1U << thread;
        candidates_.resize(candidates_before);
        if (machine.notes_between) betweens_.resize(candidates_before);
        return;
      }
    }
    if (machine.notes_between) betweens_.push_back(between_steps(record, thread, memo_.steps(outcome)));
    const unsigned asleep = resting == 0 ? 0 : independent_of(memo_.footprint(outcome), resting);
    add_candidate(record, {static_cast<std::uint8_t>(thread), choice}, outcome, asleep);
    if (machine.sleep_sets) footprint.add(memo_.footprint(outcome));
  }
  footprints_[thread] = footprint;
}

// The number of what it comes to; unknown if something needs to be learnt first.
std::uint32_t Expander::execute_transaction(std::uint64_t* record, const Move& move, std::uint64_t level) {
  const std::size_t learnt_before = lessons_and_findings();
  Run run;
  this->run(record, move.thread, move.choice, Expander::max_transaction, level, run);
  undo(record);
  if (run.unknown) return TransactionMemo::unknown;
  const std::uint32_t number = memo_.keep(outcome_of(run), run.footprint, steps_);
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

void Expander::add_candidate(const std::uint64_t* record, const Move& move, std::uint32_t number,
                             unsigned asleep) {
  const Machine& machine = *machine_;
  const TransactionOutcome outcome = memo_[number];
  Candidate& candidate = candidates_.emplace_back();
  candidate.parent = record;
  candidate.outcome = number;
  candidate.choice = static_cast<std::uint16_t>(move.choice);
  candidate.thread = move.thread;
  if (machine.raw) {
    candidate.fingerprint = fingerprint_bytes(record, move.thread, outcome);
    return;
  }
  if (machine.symmetry.rotates()) {
    candidate.fingerprint = turned_candidate(record, move.thread, outcome);
    return;
  }
  Fingerprint sum = RecordLayout::fingerprint(record) + outcome.words;
  Keys keys;
  if (asleep != 0)
    for (unsigned thread = 0; thread < machine.threads; ++thread) keys[thread] = shares_[thread].low;
  const Fingerprint* added = outcome.owned;
  for (unsigned rest = outcome.touched | 1U << move.thread; rest != 0; rest &= rest - 1) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    Fingerprint owned = owned_[thread];
    if ((outcome.touched >> thread & 1U) != 0) owned = owned + *added++;
    const ClassId local = thread == move.thread ? outcome.local : RecordLayout::local(record, thread);
    const Fingerprint its = share(thread, local, owned);
    sum = sum - shares_[thread] + its;
    if (asleep != 0) keys[thread] = its.low;
  }
  candidate.fingerprint = sum;
  candidate.asleep = static_cast<std::uint8_t>(asleep == 0 ? 0 : to_canonical(keys, asleep));
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
