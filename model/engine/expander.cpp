// SPDX-License-Identifier: GPL-2.0-only
//
// The hot loop. See expander.hpp.
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

// The shares of the state's fingerprint.
void Expander::begin(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  if (machine.raw) return;
  if (machine.symmetry.on()) {
    machine.symmetry.owned(machine.layout.world(record), owned_);
    owned_before_ = owned_;
  }
  for (unsigned thread = 0; thread < machine.threads; ++thread)
    shares_[thread] = share(thread, RecordLayout::local(record, thread));
}

Expander::Outcome Expander::expand(std::uint64_t* record, std::uint64_t level, const Plan& plan) {
  const Machine& machine = *machine_;
  const std::uint64_t* world = machine.layout.world(record);
  Outcome outcome{};
  for (unsigned thread = 0; thread < machine.threads; ++thread) {
    const LocalClass& local = machine.automaton[RecordLayout::local(record, thread)];
    if (local.broken) return outcome; // reported when it came to this
    const Access& access = local.access;
    if (access.kind == OperationKind::finished) continue;
    outcome.live |= 1U << thread;
    if (enabled(access, world, thread)) {
      outcome.enabled |= 1U << thread;
    } else if ((local.noted >> thread & 1U) == 0) {
      // It waits for a value that may be there for a moment only, so it uses the location by waiting.
      lessons_.accesses.push_back({RecordLayout::local(record, thread), thread});
    }
  }
  if (outcome.enabled == 0) {
    if (!plan.again) check_end(record, outcome.live == 0, level);
    return outcome;
  }
  begin(record);
  order_threads();
  const unsigned asleep = plan.canonical ? from_canonical(plan.asleep) : plan.asleep;
  unsigned explore = plan.canonical ? from_canonical(plan.explore) : plan.explore;
  explore &= outcome.enabled & ~asleep;
  // Who sleeps or was explored before, and what that has to do with others.
  unsigned resting = 0;
  const unsigned resting_already = outcome.enabled & (plan.again ? ~explore : asleep);
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
  outcome.deferred = {.explore = deferred, .asleep = asleep, .again = true, .canonical = false};
  return outcome;
}

// Whether only names tell it apart from one of these.
bool Expander::is_as_one_of(unsigned thread, unsigned threads) const {
  if (!machine_->symmetry.on()) return false;
  for (unsigned rest = threads; rest != 0; rest &= rest - 1)
    if (are_as_one(static_cast<unsigned>(std::countr_zero(rest)), thread)) return true;
  return false;
}

void Expander::expand_thread(std::uint64_t* record, unsigned thread, std::uint64_t level, unsigned resting,
                             unsigned& deferred) {
  const Access& access = machine_->automaton[RecordLayout::local(record, thread)].access;
  const auto choices = static_cast<std::uint32_t>(access.kind == OperationKind::choose ? access.a : 1);
  const std::size_t candidates_before = candidates_.size();
  Footprint footprint;
  for (std::uint32_t choice = 0; choice < choices; ++choice) {
    first_change_ = changes_.size();
    Run run;
    this->run(record, thread, choice, Expander::max_transaction, level, run);
    if (!run.unknown) add_candidate(record, {static_cast<std::uint8_t>(thread), choice}, run, resting);
    undo(record);
    if (run.unknown) {
      deferred |= 1U << thread;
      candidates_.resize(candidates_before);
      return;
    }
    footprint.reads |= run.footprint.reads;
    footprint.writes |= run.footprint.writes;
  }
  footprints_[thread] = footprint;
}

// --- transactions ----------------------------------------------------------------------------------------

// Before the next step of a transaction that has made at least one.
bool Expander::must_stop(const LocalClass& local, const Run& run) const {
  const OperationKind kind = local.access.kind;
  return ends_thread(kind) || blocks(kind) || kind == OperationKind::choose ||
         (run.committed && local.mover == Mover::none);
}

void Expander::run(std::uint64_t* record, unsigned thread, std::uint32_t choice, std::uint32_t max_steps,
                   std::uint64_t level, Run& run) {
  Machine& machine = *machine_;
  std::uint64_t* world = machine.layout.world(record);
  const Move move{static_cast<std::uint8_t>(thread), choice};
  run.local = RecordLayout::local(record, thread);
  while (run.steps < max_steps) {
    const LocalClass& local = machine.automaton[run.local];
    if (run.steps != 0 && (!machine.transactions || must_stop(local, run))) return;
    const Effect effect = execute(local.access, world, thread, choice);
    if (local.access.pointer && machine.symmetry.is_uncovered_result(effect.result)) [[unlikely]]
      lessons_.uncovered = "a thread finds the address of another thread's data";
    choice = 0;
    Mover mover = local.mover;
    if (local.checked) {
      reads_.clear();
      auto broken = machine.checks.step(machine.automaton.posted(run.local), local.access, local.watch, world,
                                        thread, effect, &reads_);
      if (!reads_.empty()) mover = depends_on_reads(world, local, thread, mover);
      if (run.steps != 0 && run.committed && mover == Mover::none) return; // the next transaction's
      report(std::move(broken), {.level = level + 1,
                                 .number = RecordLayout::number(record),
                                 .last = move,
                                 .steps = run.steps + 1,
                                 .is_step = true});
    }
    if ((local.noted >> thread & 1U) == 0) [[unlikely]]
      lessons_.accesses.push_back({run.local, thread});
    ClassId next = Automaton::unknown;
    if (machine.raw) {
      next = machine.automaton.learn(run.local, effect.result);
    } else {
      next = machine.automaton.find(run.local, effect.result);
    }
    if (next == Automaton::unknown) [[unlikely]] {
      lessons_.steps.push_back({run.local, effect.result});
      run.unknown = true;
      return;
    }
    if (run.steps != 0 && machine.notes_between) note_between(record, thread, run);
    if (machine.sleep_sets) note_footprint(local, thread, mover, run);
    if (effect.before != effect.after) change(record, effect);
    run.local = next;
    run.committed = run.committed || mover == Mover::none || mover == Mover::left;
    ++run.steps;
    if (machine.automaton[next].broken) [[unlikely]]
      report(machine.checks.thread(machine.automaton.posted(next), thread),
             {.level = level + 1, .number = RecordLayout::number(record), .last = move, .steps = run.steps});
  }
}

// A step with checks depends on all that they look at, too.
Mover Expander::depends_on_reads(const std::uint64_t* world, const LocalClass& local, unsigned thread,
                                 Mover mover) {
  const Machine& machine = *machine_;
  const auto who = static_cast<Locations::Threads>(machine.symmetry.like(thread));
  const std::uint64_t held = machine.locations.held_by(machine.automaton.held(local), thread);
  for (const DirectRead& read : reads_) {
    if (read.by_number && machine.symmetry.on())
      lessons_.uncovered = "a check of a thread's step looks at threads by their numbers";
    if (read.as_number && machine.symmetry.on() &&
        machine.symmetry.names_thread(read.offset / 8, world[read.offset / 8]))
      lessons_.uncovered =
          "a check of a thread's step looks at who holds a lock, or at a pointer as a number";
    if (!machine.locations.knows(read, who, held)) lessons_.reads.push_back({read, who, held});
    if (machine.locations.is_point(read.offset)) mover = Mover::none;
  }
  return mover;
}

// Each word once, however often the transaction changes it: a lock that is taken and released leaves nothing
// to hash or to store.
void Expander::change(std::uint64_t* record, const Effect& effect) {
  machine_->layout.world(record)[effect.word] = effect.after;
  for (std::size_t i = first_change_; i < changes_.size(); ++i) {
    if (changes_[i].word != effect.word) continue;
    changes_[i].after = effect.after;
    return;
  }
  changes_.push_back({effect.word, effect.before, effect.after});
}

// What the transaction changes in the share of the world and in `owned_`; the threads whose share changes.
unsigned Expander::sum_changes(Fingerprint& words) {
  const Machine& machine = *machine_;
  unsigned touched = 0;
  for (std::size_t i = first_change_; i < changes_.size(); ++i) {
    const auto [word, before, after] = changes_[i];
    if (before == after) continue;
    if (machine.symmetry.concerns(word)) {
      touched |= machine.symmetry.change(word, before, after, words, owned_);
      if (machine.symmetry.is_uncovered(word, after)) [[unlikely]]
        lessons_.uncovered = "a thread's block names another thread";
    } else {
      const std::uint64_t initial = machine.initial_world[word];
      words = words - share_of(word, before, initial) + share_of(word, after, initial);
    }
  }
  return touched;
}

void Expander::note_between(const std::uint64_t* record, unsigned thread, Run& run) const {
  for (unsigned other = 0; other < machine_->threads; ++other) {
    if (other == thread) continue;
    const Access& access = machine_->automaton[RecordLayout::local(record, other)].access;
    if (access.kind == OperationKind::finished) continue;
    (enabled(access, machine_->layout.world(record), other) ? run.enabled_between : run.blocked_between) |=
        1U << other;
  }
}

void Expander::undo(std::uint64_t* record) {
  std::uint64_t* world = machine_->layout.world(record);
  for (std::size_t i = changes_.size(); i-- > first_change_;) world[changes_[i].word] = changes_[i].before;
}

void Expander::add_candidate(std::uint64_t* record, const Move& move, const Run& run, unsigned resting) {
  const Machine& machine = *machine_;
  Candidate candidate{.fingerprint = {},
                      .parent = record,
                      .move = move,
                      .local = run.local,
                      .first_change = static_cast<std::uint32_t>(first_change_),
                      .change_count = static_cast<std::uint32_t>(changes_.size() - first_change_),
                      .enabled_between = static_cast<std::uint8_t>(run.enabled_between),
                      .blocked_between = static_cast<std::uint8_t>(run.blocked_between),
                      .asleep = 0};
  unsigned asleep = 0;
  for (unsigned rest = resting; rest != 0; rest &= rest - 1) {
    const auto other = static_cast<unsigned>(std::countr_zero(rest));
    if (!footprints_[other].depends_on(run.footprint)) asleep |= 1U << other;
  }
  if (machine.raw) {
    candidate.fingerprint = fingerprint_bytes(record, move.thread, run.local);
    candidates_.push_back(candidate);
    return;
  }
  Fingerprint words;
  const unsigned touched = sum_changes(words);
  const Fingerprint moved = share(move.thread, run.local);
  candidate.fingerprint = RecordLayout::fingerprint(record) + words - shares_[move.thread] + moved;
  Keys keys;
  if (asleep != 0) {
    for (unsigned thread = 0; thread < machine.threads; ++thread) keys[thread] = shares_[thread].low;
    keys[move.thread] = moved.low;
  }
  for (unsigned rest = touched & ~(1U << move.thread); rest != 0; rest &= rest - 1) {
    const auto other = static_cast<unsigned>(std::countr_zero(rest));
    const Fingerprint its = share(other, RecordLayout::local(record, other));
    candidate.fingerprint = candidate.fingerprint - shares_[other] + its;
    if (asleep != 0) keys[other] = its.low;
  }
  if (touched != 0) owned_ = owned_before_;
  if (asleep != 0) candidate.asleep = static_cast<std::uint8_t>(to_canonical(keys, asleep));
  candidates_.push_back(candidate);
}

void Expander::build(const Candidate& candidate, std::uint64_t* record) const {
  std::memcpy(record, candidate.parent, machine_->layout.words() * sizeof(std::uint64_t));
  std::uint64_t* world = machine_->layout.world(record);
  for (std::uint32_t i = 0; i < candidate.change_count; ++i) {
    const Change& change = changes_[candidate.first_change + i];
    world[change.word] = change.after;
  }
  RecordLayout::set_fingerprint(record, candidate.fingerprint);
  RecordLayout::set_local(record, candidate.move.thread, candidate.local);
}

void Expander::follow(std::uint64_t* record, const Move& move, std::uint32_t steps,
                      std::vector<Move>& moves) {
  first_change_ = changes_.size();
  Run run;
  this->run(record, move.thread, move.choice, steps, 0, run);
  RecordLayout::set_local(record, move.thread, run.local);
  moves.push_back(move);
  for (std::uint32_t i = 1; i < run.steps; ++i) moves.push_back({move.thread, 0});
  changes_.resize(first_change_);
}

} // namespace gupcheck::engine
