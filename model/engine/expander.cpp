// SPDX-License-Identifier: GPL-2.0-only
//
// The hot loop. See expander.hpp.
#include "model/engine/expander.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace gupcheck::engine {

void Lessons::clear() {
  steps.clear();
  accesses.clear();
  reads.clear();
  uncovered.clear();
}

bool Finding::operator<(const Finding& other) const {
  const auto key = [](const Finding& finding) {
    return std::make_tuple(finding.level, finding.last.has_value(), finding.number,
                           finding.last ? finding.last->thread : 0, finding.last ? finding.last->choice : 0,
                           finding.steps, !finding.is_step, std::string_view(finding.check->name),
                           std::string_view(finding.message));
  };
  return key(*this) < key(other);
}

Expander::Expander(Machine& machine)
    : machine_(&machine), scratch_(machine.initial_world.size() + 2 * std::size_t{max_threads}) {}

// The shares of the state's fingerprint.
void Expander::begin(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  if (machine.raw) return;
  if (machine.symmetry.on()) machine.symmetry.owned(machine.layout.world(record), owned_);
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
    owned_before_ = owned_;
    Run run;
    this->run(record, thread, choice, Expander::max_transaction, level, run);
    if (!run.unknown) add_candidate(record, {static_cast<std::uint8_t>(thread), choice}, run, resting);
    undo(record);
    owned_ = owned_before_;
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

// --- sleep sets ------------------------------------------------------------------------------------------

// Without its successor. False when that is not known; then it cannot be asleep.
bool Expander::find_footprint(std::uint64_t* record, unsigned thread, std::uint64_t level) {
  const LocalClass& local = machine_->automaton[RecordLayout::local(record, thread)];
  if (local.access.kind == OperationKind::choose) return false; // it may go on in several ways
  Run run;
  if ((local.mover == Mover::none || !machine_->transactions) && !local.checked) {
    // What follows in the transaction commutes with everything.
    note_footprint(local, thread, Mover::none, run);
  } else {
    first_change_ = changes_.size();
    owned_before_ = owned_;
    this->run(record, thread, 0, Expander::max_transaction, level, run);
    undo(record);
    changes_.resize(first_change_);
    owned_ = owned_before_;
    if (run.unknown) return false;
  }
  footprints_[thread] = run.footprint;
  return true;
}

void Expander::note_footprint(const LocalClass& local, unsigned thread, Mover mover, Run& run) const {
  if (local.access.mask == 0 || (mover == Mover::both && machine_->transactions)) return;
  const auto bit = [](std::uint32_t word) { return std::uint64_t{1} << (word & 63U); };
  (writes(local.access.kind) ? run.footprint.writes : run.footprint.reads) |=
      bit(word_of(local.access, thread));
  for (const DirectRead& read : reads_)
    if (local.checked) run.footprint.reads |= bit(read.offset / 8);
}

namespace {

using Keys = std::array<std::uint64_t, max_threads>;

} // namespace

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

unsigned Expander::from_canonical(unsigned threads) const {
  if (threads == 0 || threads == Plan::every_thread) return threads;
  unsigned named = 0;
  for (unsigned i = 0; i < machine_->threads; ++i) named |= (threads >> i & 1U) << canonical_[i];
  return named;
}

// Renaming permutes the shares, so the order by them is no matter of names but where two are equal.
void Expander::order_threads() {
  for (unsigned thread = 0; thread < machine_->threads; ++thread) {
    unsigned at = thread;
    if (machine_->symmetry.on() && machine_->sleep_sets)
      for (; at > 0 && shares_[canonical_[at - 1]].low > shares_[thread].low; --at)
        canonical_[at] = canonical_[at - 1];
    canonical_[at] = static_cast<std::uint8_t>(thread);
  }
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
    if (effect.before != effect.after) change(record, effect, run);
    run.local = next;
    run.committed = run.committed || mover == Mover::none || mover == Mover::left;
    ++run.steps;
    ++steps_;
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

void Expander::change(std::uint64_t* record, const Effect& effect, Run& run) {
  const Machine& machine = *machine_;
  std::uint64_t* world = machine.layout.world(record);
  changes_.push_back({effect.word, effect.before, effect.after});
  world[effect.word] = effect.after;
  if (machine.raw) return;
  if (machine.symmetry.on() && machine.symmetry.concerns(effect.word)) {
    run.touched |= machine.symmetry.change(effect.word, effect.before, effect.after, run.words, owned_);
    if (machine.symmetry.is_uncovered(effect.word, effect.after)) [[unlikely]]
      lessons_.uncovered = "a thread's block names another thread";
    return;
  }
  const std::uint64_t initial = machine.initial_world[effect.word];
  run.words = run.words - share_of(effect.word, effect.before, initial) +
              share_of(effect.word, effect.after, initial);
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
  const Fingerprint moved = share(move.thread, run.local);
  candidate.fingerprint = RecordLayout::fingerprint(record) + run.words - shares_[move.thread] + moved;
  Keys keys{};
  if (asleep != 0 && machine.symmetry.on()) {
    for (unsigned thread = 0; thread < machine.threads; ++thread) keys[thread] = shares_[thread].low;
    keys[move.thread] = moved.low;
  }
  for (unsigned rest = run.touched & ~(1U << move.thread); rest != 0; rest &= rest - 1) {
    const auto other = static_cast<unsigned>(std::countr_zero(rest));
    const Fingerprint touched = share(other, RecordLayout::local(record, other));
    candidate.fingerprint = candidate.fingerprint - shares_[other] + touched;
    keys[other] = touched.low;
  }
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

Fingerprint Expander::fingerprint(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  if (machine.raw) return fingerprint_bytes(record, 0, RecordLayout::local(record, 0));
  const std::uint64_t* world = machine.layout.world(record);
  Symmetry::Owned owned{};
  Fingerprint sum;
  if (machine.symmetry.on()) {
    sum = machine.symmetry.sum(world, owned);
  } else {
    for (std::uint32_t word = 0; word < machine.initial_world.size(); ++word)
      sum = sum + share_of(word, world[word], machine.initial_world[word]);
  }
  for (unsigned thread = 0; thread < machine.threads; ++thread)
    sum = sum + machine.symmetry.share(machine.automaton.fingerprint(RecordLayout::local(record, thread),
                                                                     machine.symmetry.group(thread)),
                                       owned[thread]);
  return sum;
}

// The raw executor's: all bytes of the successor, nothing incremental, nothing learnt.
Fingerprint Expander::fingerprint_bytes(const std::uint64_t* record, unsigned thread, ClassId local) {
  const Machine& machine = *machine_;
  auto next = std::copy_n(machine.layout.world(record), machine.initial_world.size(), scratch_.begin());
  for (unsigned other = 0; other < machine.threads; ++other) {
    const Fingerprint& content =
        machine.automaton.content(other == thread ? local : RecordLayout::local(record, other));
    *next++ = content.low;
    *next++ = content.high;
  }
  return fingerprint_of(std::as_bytes(std::span(scratch_.begin(), next)));
}

// --- checks of whole states ------------------------------------------------------------------------------

void Expander::report(std::optional<Broken> broken, Finding finding) {
  if (!broken || machine_->checks.left_out(*broken)) [[likely]]
    return;
  finding.check = broken->check;
  finding.message = std::move(broken->message);
  findings_.push_back(std::move(finding));
}

// With symmetry a state stands for all that renaming makes of it. What a check says of one it says of all if
// it looks at nothing that names threads; else it is asked about each.
template <class Evaluate>
void Expander::report_in_every_order(const std::uint64_t* world, std::uint64_t level, std::uint64_t number,
                                     Evaluate evaluate) {
  const Symmetry& symmetry = machine_->symmetry;
  reads_.clear();
  auto broken = evaluate(world);
  if (broken || !symmetry.on()) {
    report(std::move(broken), {.level = level, .number = number});
    return;
  }
  const bool depends_on_names = std::any_of(reads_.begin(), reads_.end(), [&](const DirectRead& read) {
    const std::uint32_t word = read.offset / 8;
    return symmetry.in_block(word) || (symmetry.concerns(word) && symmetry.names_thread(word, world[word]));
  });
  if (!depends_on_names) return;
  constexpr std::size_t most_orders = 120;
  if (symmetry.orders().size() > most_orders) {
    lessons_.uncovered = "a check of whole states looks at the threads' own data, in too many orders";
    return;
  }
  std::vector<std::uint64_t> renamed(machine_->initial_world.size());
  for (std::size_t i = 1; i < symmetry.orders().size(); ++i) {
    symmetry.rename(world, symmetry.orders()[i], renamed.data());
    broken = evaluate(renamed.data());
    if (!broken) continue;
    report(std::move(broken), {.level = level, .number = number, .renaming = symmetry.orders()[i]});
    return;
  }
}

void Expander::check_end(std::uint64_t* record, bool all_finished, std::uint64_t level) {
  const Machine& machine = *machine_;
  report_in_every_order(machine.layout.world(record), level, RecordLayout::number(record),
                        [&](const std::uint64_t* world) {
                          return machine.checks.end(all_finished, {world, machine.initial_world.size()},
                                                    machine.symmetry.on() ? &reads_ : nullptr);
                        });
}

void Expander::check_new(std::uint64_t* record, std::uint64_t level, std::uint64_t number) {
  if (machine_->checks.has_invariant()) check_invariant(record, level, number);
}

void Expander::check_initial(std::uint64_t* record) {
  for (unsigned thread = 0; thread < machine_->threads; ++thread)
    report(machine_->checks.thread(machine_->automaton.posted(RecordLayout::local(record, thread)), thread),
           {});
  check_new(record, 0, 0);
}

void Expander::check_invariant(std::uint64_t* record, std::uint64_t level, std::uint64_t number) {
  const Machine& machine = *machine_;
  std::vector<std::uint64_t>& world = scratch_; // checks may not write, but they are given what they could
  report_in_every_order(machine.layout.world(record), level, number, [&](const std::uint64_t* looked_at) {
    std::copy_n(looked_at, machine.initial_world.size(), world.begin());
    return machine.checks.invariant(world.data(), &reads_);
  });
  for (const DirectRead& read : reads_)
    if (!machine.locations.knows(read, Locations::observer, 0))
      lessons_.reads.push_back({read, Locations::observer, 0});
}

} // namespace gupcheck::engine
