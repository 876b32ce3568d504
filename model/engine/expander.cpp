// SPDX-License-Identifier: GPL-2.0-only
//
// The hot loop: what each thread's transaction comes to, looked up or else executed. See expander.hpp.
#include "model/engine/expander.hpp"

#include "model/engine/lanes.hpp"

#include <bit>

namespace gupcheck::engine {

// What all of the state's transactions need.
inline void Expander::begin(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  machine.layout.copy_classes(record, classes_);
  if (!machine.symmetry.on()) return;
  if (machine.symmetry.rotates()) {
    turn(record, turned_);
    find_turned_alike();
    return;
  }
  for (unsigned rest = owners_; rest != 0; rest &= rest - 1)
    owned_[static_cast<unsigned>(std::countr_zero(rest))] = {};
  owners_ = machine.symmetry.add_owned(machine.layout.world(record), owned_);
}

// Threads like this one, in the same class, that own nothing or the same. One bit each.
[[gnu::always_inline]] inline unsigned Expander::find_alike(unsigned thread) const {
  const unsigned itself = 1U << thread;
  unsigned alike = equal_lanes(classes_, classes_[thread]) & machine_->symmetry.like(thread);
  alike &= (owners_ & itself) != 0 ? owners_ : ~owners_;
  for (unsigned others = alike & owners_ & ~itself; others != 0; others &= others - 1) { // mostly none
    const auto other = static_cast<unsigned>(std::countr_zero(others));
    if (owned_[other] != owned_[thread]) alike &= ~(1U << other);
  }
  return alike;
}

// Threads that only their names tell apart have the same successors but for names, so of them one is looked
// at.
Expander::Expansion Expander::expand(std::uint64_t* record, std::uint64_t level, const Plan& plan) {
  const Machine& machine = *machine_;
  const std::uint64_t* world = machine.layout.world(record);
  const bool rotates = machine.symmetry.rotates();
  const bool swaps = machine.symmetry.on() && !rotates;
  const bool only_fingerprints = !machine.raw && !rotates && !machine.notes_between;
  const unsigned asleep = machine.sleep_sets ? RecordLayout::asleep(record) : 0;
  begin(record);
  Contenders all;
  unsigned live = 0;
  unsigned enabled = 0;
  std::array<unsigned, max_threads> explored; // which of them
  unsigned count = 0;
  // All threads at once, so that the processor waits for the tree's branches together. Without branches where
  // what happens is hard to predict: who can move, and who is asleep.
  for (unsigned rest = (1U << machine.threads) - 1; rest != 0;) {
    const auto thread = static_cast<unsigned>(std::countr_zero(rest));
    if (swaps) alike_[thread] = find_alike(thread);
    const unsigned alike = alike_[thread];
    rest &= ~alike;
    std::uint32_t number = memo_.find(thread, classes_[thread], 0, world);
    bool moves = TransactionMemo::is_number(number);
    if (number == TransactionMemo::unknown) [[unlikely]] {
      number = why_unknown(world, thread);
      moves = number == TransactionMemo::unknown;
    }
    if (number == TransactionMemo::broken) [[unlikely]]
      return {.live = live, .enabled = enabled}; // reported when it came to this
    live |= number != TransactionMemo::finished ? alike : 0;
    enabled |= moves ? alike : 0;
    memo_.prefetch(number);
    // A rotation that makes one of another does so with all threads.
    all.each[all.count] = {.thread = thread,
                           .from = classes_[thread],
                           .outcome = number,
                           .threads = swaps ? alike : 1U << thread};
    explored[count] = all.count;
    all.count += static_cast<unsigned>(moves);
    count += static_cast<unsigned>(moves && (alike & asleep) == 0);
  }
  if (enabled == 0) {
    if (!plan.again) check_end(record, live == 0, level);
    return {.live = live, .enabled = enabled};
  }
  if (machine.sleep_sets) contenders_.push_back(all);
  unsigned deferred = 0;
  for (unsigned i = 0; i < count; ++i) {
    const Contenders::Contender& mover = all.each[explored[i]];
    const unsigned thread = mover.thread;
    const std::uint32_t number = mover.outcome;
    if ((plan.explore >> thread & 1U) == 0) continue;
    if (only_fingerprints && number != TransactionMemo::unknown && !memo_[number].chosen) [[likely]] {
      add(record, thread, 0, number, sum_after(record, thread, memo_[number]));
    } else {
      expand_thread(record, mover, level, deferred);
    }
  }
  return {.live = live,
          .enabled = enabled,
          .left_out = plan.again ? 0 : all.count - count,
          .deferred = {.explore = deferred, .again = true}};
}

// What a thread is that the memo knows nothing of: `unknown` if it can move. Found the next time.
std::uint32_t Expander::why_unknown(const std::uint64_t* world, unsigned thread) {
  const ClassId id = classes_[thread];
  const LocalClass& local = machine_->automaton[id];
  std::uint32_t why = TransactionMemo::blocked;
  looks_.clear();
  if (local.broken) {
    why = TransactionMemo::broken;
  } else if (local.access.kind == OperationKind::finished) {
    why = TransactionMemo::finished;
  } else if (enabled(local.access, world, thread)) {
    return TransactionMemo::unknown;
  } else if ((local.noted >> thread & 1U) == 0) {
    // It waits for a value that may be there for a moment only, so it uses the location by waiting.
    lessons_.accesses.push_back({id, thread});
    return why;
  } else {
    const std::uint32_t word = word_of(local.access, thread);
    look_at(word, world[word]);
  }
  if (!machine_->raw) memo_.learn(thread, id, looks_, why);
  return why;
}

void Expander::expand_thread(std::uint64_t* record, const Contenders::Contender& mover, std::uint64_t level,
                             unsigned& deferred) {
  const Machine& machine = *machine_;
  const unsigned thread = mover.thread;
  const Access& access = machine.automaton[mover.from].access;
  const auto choices = static_cast<std::uint32_t>(access.kind == OperationKind::choose ? access.a : 1);
  for (std::uint32_t choice = 0; choice < choices; ++choice) {
    std::uint32_t number = mover.outcome;
    if (choice != 0) number = memo_.find(thread, mover.from, choice, machine.layout.world(record));
    if (number == TransactionMemo::unknown) [[unlikely]] {
      number = execute_transaction(record, {static_cast<std::uint8_t>(thread), choice}, level);
      if (number == TransactionMemo::unknown) {
        deferred |= 1U << thread;
        candidates_.resize(candidates_.size() - choice);
        if (machine.notes_between) betweens_.resize(candidates_.size());
        return;
      }
    }
    const Outcome& outcome = memo_[number];
    add(record, thread, choice, number, fingerprint_after(record, thread, outcome));
    if (machine.notes_between) betweens_.push_back(between_steps(record, thread, memo_.steps(outcome)));
  }
}

// The number of what it comes to; unknown if something needs to be learnt first.
std::uint32_t Expander::execute_transaction(std::uint64_t* record, const Move& move, std::uint64_t level) {
  const std::size_t learnt_before = lessons_and_findings();
  Run run;
  this->run(record, move.thread, move.choice, Expander::max_transaction, level, run);
  undo(record);
  if (run.unknown) return TransactionMemo::unknown;
  const std::uint32_t number = memo_.keep(
      outcome_of(run, move.thread, RecordLayout::local(record, move.thread)), run.footprint, steps_);
  if (!machine_->raw && lessons_and_findings() == learnt_before)
    memo_.learn(move.thread, RecordLayout::local(record, move.thread), looks_, number);
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

void Expander::build(const Candidate& candidate, std::uint64_t* record) const {
  std::memcpy(record, candidate.parent, machine_->layout.words() * sizeof(std::uint64_t));
  std::uint64_t* world = machine_->layout.world(record);
  const Outcome& outcome = memo_[candidate.outcome];
  for (const WordChange& change : memo_.changes(outcome)) world[change.word] = change.after;
  RecordLayout::set_fingerprint(record, candidate.fingerprint);
  RecordLayout::set_local(record, candidate.thread, outcome.local);
}

} // namespace gupcheck::engine
