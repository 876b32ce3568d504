// SPDX-License-Identifier: GPL-2.0-only
//
// One transaction, executed step by step, and what it comes to. See expander.hpp.
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

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
  looks_.clear();
  changes_.clear();
  steps_.clear();
  if (machine.automaton[run.local].access.mask == 0) look_at(TransactionMemo::no_word, choice);
  while (run.steps < max_steps) {
    const LocalClass& local = machine.automaton[run.local];
    if (run.steps != 0 && (!machine.transactions || must_stop(local, run))) return;
    const Effect effect = execute(local.access, world, thread, choice);
    if (local.access.pointer && machine.symmetry.result_names_another(effect.result)) [[unlikely]]
      Lessons::note_reason(lessons_.why_rotate, "a thread finds the address of another thread's data");
    choice = 0;
    if (local.access.mask != 0) look_at(effect.word, effect.before);
    Mover mover = local.mover;
    if (local.checked) {
      reads_.clear();
      auto broken = machine.checks.step(machine.automaton.posted(run.local), local.access, local.watch, world,
                                        thread, effect, &reads_);
      if (!reads_.empty()) mover = depends_on_reads(world, run.local, thread, mover);
      if (run.steps != 0 && run.committed && mover == Mover::none) return; // the next transaction's
      report(std::move(broken), {.level = level + 1,
                                 .number = RecordLayout::number(record),
                                 .last = move,
                                 .steps = run.steps + 1,
                                 .stage = Finding::Stage::step});
    }
    if ((local.noted >> thread & 1U) == 0) [[unlikely]]
      lessons_.accesses.push_back({run.local, thread});
    if (machine.notes_between && local.access.mask != 0) {
      steps_.push_back({effect.word, effect.before, effect.after});
    } else if (machine.notes_between) {
      steps_.push_back({TransactionMemo::no_word, 0, 0});
    }
    if (machine.sleep_sets) note_footprint(local, thread, mover, run);
    ClassId next = Automaton::unknown;
    if (machine.raw) {
      next = machine.automaton.learn(run.local, effect.result); // `local` may be elsewhere now
    } else {
      next = machine.automaton.find(run.local, effect.result);
    }
    if (next == Automaton::unknown) [[unlikely]] {
      lessons_.steps.push_back({run.local, effect.result});
      run.unknown = true;
      return;
    }
    if (effect.before != effect.after) change(record, effect);
    run.local = next;
    run.committed = run.committed || mover == Mover::none || mover == Mover::left;
    ++run.steps;
    if (machine.automaton[next].broken) [[unlikely]]
      report(machine.checks.thread(machine.automaton.posted(next), thread),
             {.level = level + 1,
              .number = RecordLayout::number(record),
              .last = move,
              .steps = run.steps,
              .stage = Finding::Stage::thread});
  }
}

// A step with checks depends on all that they look at, too.
Mover Expander::depends_on_reads(const std::uint64_t* world, ClassId id, unsigned thread, Mover mover) {
  const Machine& machine = *machine_;
  const LocalClass& local = machine.automaton[id];
  const auto who = static_cast<Locations::Threads>(1U << thread);
  const std::uint64_t held = machine.locations.held_by(machine.automaton.held(local), thread);
  for (const DirectRead& read : reads_) {
    look_at(read.offset / 8, world[read.offset / 8]);
    if (read.by_number && machine.symmetry.on())
      Lessons::note_reason(lessons_.why_off, "a check of a thread's step looks at threads by their numbers");
    if (read.by_peer && machine.threads > 2 && machine.symmetry.on())
      Lessons::note_reason(lessons_.why_rotate, "a check of a thread's step looks at another thread's data");
    if (read.as_number && machine.symmetry.on() &&
        machine.symmetry.names_thread(read.offset / 8, world[read.offset / 8]))
      Lessons::note_reason(
          lessons_.why_off,
          "a check of a thread's step looks at who holds a lock, or at a pointer as a number");
    if (!machine.locations.knows(read, who, held)) lessons_.reads.push_back({read, thread, id});
    if (machine.locations.is_point(read.offset)) mover = Mover::none;
  }
  return mover;
}

// Each word once, however often the transaction changes it: a lock that is taken and released leaves nothing
// to hash or to store.
void Expander::change(std::uint64_t* record, const Effect& effect) {
  machine_->layout.world(record)[effect.word] = effect.after;
  for (WordChange& known : changes_) {
    if (known.word != effect.word) continue;
    known.after = effect.after;
    return;
  }
  changes_.push_back({effect.word, effect.before, effect.after});
}

// A word that has been looked at before may have changed since; then it is known what to.
void Expander::look_at(std::uint32_t word, std::uint64_t value) {
  for (const TransactionMemo::Look& look : looks_)
    if (look.word == word) return;
  looks_.push_back({word, value});
}

// Whether a transaction has left some is told by whether there are more. (A reason that was known before is
// told by nothing, but then the search starts again.)
std::size_t Expander::lessons_and_findings() const {
  return lessons_.steps.size() + lessons_.accesses.size() + lessons_.reads.size() + lessons_.why_off.size() +
         lessons_.why_rotate.size() + findings_.size();
}

// Valid until the next transaction.
TransactionOutcome Expander::outcome_of(const Run& run, unsigned thread, ClassId from) {
  const Machine& machine = *machine_;
  TransactionOutcome outcome;
  outcome.local = run.local;
  outcome.chosen = machine.automaton[from].access.kind == OperationKind::choose;
  outcome.changes = changes_;
  outcome.owned = added_.data();
  if (machine.raw) return outcome;
  const bool rotates = machine.symmetry.rotates();
  Symmetry::Owned owned{};
  for (const auto& [word, before, after] : outcome.changes) {
    if (before == after) continue;
    if (machine.symmetry.concerns(word) && rotates) {
      for (unsigned by = 0; by < machine.threads; ++by)
        owned[by] = owned[by] - machine.symmetry.turned_share(by, word, before) +
                    machine.symmetry.turned_share(by, word, after);
      outcome.touched = (1U << machine.threads) - 1;
    } else if (machine.symmetry.concerns(word)) {
      outcome.touched |= machine.symmetry.change(word, before, after, outcome.change, owned);
      if (machine.symmetry.names_another(word, after)) [[unlikely]]
        Lessons::note_reason(lessons_.why_rotate, "a thread's block names another thread");
    } else {
      const std::uint64_t initial = machine.initial_world[word];
      outcome.change = outcome.change - share_of(word, before, initial) + share_of(word, after, initial);
    }
  }
  std::size_t count = 0;
  for (unsigned rest = outcome.touched; rest != 0; rest &= rest - 1)
    added_[count++] = owned[static_cast<unsigned>(std::countr_zero(rest))];
  if (!rotates)
    outcome.change = outcome.change + local_fingerprint(run.local, thread) - local_fingerprint(from, thread);
  return outcome;
}

void Expander::undo(std::uint64_t* record) {
  std::uint64_t* world = machine_->layout.world(record);
  for (const WordChange& change : changes_) world[change.word] = change.before;
}

void Expander::follow(std::uint64_t* record, const Move& move, std::uint32_t steps,
                      std::vector<Move>& moves) {
  Run run;
  this->run(record, move.thread, move.choice, steps, 0, run);
  RecordLayout::set_local(record, move.thread, run.local);
  moves.push_back(move);
  for (std::uint32_t i = 1; i < run.steps; ++i) moves.push_back({move.thread, 0});
}

} // namespace gupcheck::engine
