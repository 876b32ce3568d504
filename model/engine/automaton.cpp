// SPDX-License-Identifier: GPL-2.0-only
//
// Learning the automata. See automaton.hpp.
#include "model/engine/automaton.hpp"

#include <algorithm>

namespace gupcheck::engine {

namespace {

constexpr ClassId no_class = Automaton::unknown;
constexpr std::uint32_t never_reached = ~std::uint32_t{0};
// How far members that were never really reached are followed. The further, the more is merged (gup-micro
// 3x2: 455,327 states with 4 steps, 328,667 with 16), but their closure can be infinite; so the larger it is
// beside what was reached, the less of it is followed, in the end nothing. What is not followed just stays
// unmerged.
constexpr std::uint32_t closure_depth = 32;
constexpr std::uint32_t short_closure_depth = 3;
constexpr std::size_t free_closure = 4096;
constexpr std::size_t closure_share = 6; // local states for each one that was reached: then follow less,
constexpr std::size_t large_closure_share = 40; // and then nothing any more
// How often limits are looked at, in runs of members.
constexpr std::uint64_t expansions_between_checks = 1024;
// Refinements may cost this many elementary steps in all, and this many for each transition of the search:
// the first discoveries are followed by one at once, later ones at intervals. Deterministic, unlike time.
// With more a search starts again sooner, but also more often: gup-micro 2x2 took 20 ms with 4,000,000 and 4,
// and 9 so.
constexpr std::uint64_t free_work = 10'000;
constexpr std::uint64_t work_per_transition = 1;

} // namespace

Automaton::Automaton(NativeRunner& runner, const Program& program, const Options& options, Limits& limits)
    : program_(&program),
      locals_(runner, options.locks == Locks::fifo),
      threads_(program.threads()),
      raw_(options.executor == Executor::raw),
      quotient_(options.quotient && options.executor == Executor::memo),
      limits_(&limits) {}

void Automaton::restart(Merge merge) {
  log_.note(LearningLog::Act::restart, static_cast<std::uint32_t>(merge));
  merges_ = quotient_ && merge == Merge::alike;
  classes_.clear();
  for (std::vector<Fingerprint>& fingerprints : fingerprints_) fingerprints.clear();
  class_of_local_.clear();
  class_of_block_.clear();
  restart_needed_ = false;
  if (!merges_) return;
  catch_up();
  if (stale_) refine();
}

ClassId Automaton::start(unsigned thread) {
  log_.note_work(transitions_);
  log_.note(LearningLog::Act::start, thread);
  const LocalId local = locals_.start(thread);
  meet(local);
  return class_of(local);
}

ClassId Automaton::learn(ClassId from, std::uint64_t result) {
  if (!raw_)
    if (const ClassId known = find(from, result); known != unknown) return known;
  log_.note_work(transitions_);
  log_.note(LearningLog::Act::learn, from, result);
  const LocalId representative = classes_[from].representative;
  if (raw_) return class_of(locals_.step_natively(representative, result));
  if (quotient_) see_result(locals_[representative].key, result);
  const LocalId next = locals_.step(representative, result);
  meet(next);
  if (restart_needed_) return from;
  const ClassId next_class = class_of(next);
  LocalClass& known = classes_[from];
  if (known.step_count < known.steps.size()) {
    known.steps[known.step_count++] = {result, next_class};
  } else {
    known.more_steps.push_back({result, next_class});
  }
  return next_class;
}

ClassId Automaton::class_of(LocalId local) {
  if (class_of_local_.size() <= local) class_of_local_.resize(local + 1, no_class);
  if (class_of_local_[local] != no_class) return class_of_local_[local];
  const bool in_block = merges_ && local < partition_.size();
  if (in_block) {
    const std::uint32_t block = partition_.block(local);
    if (class_of_block_.size() <= block) class_of_block_.resize(block + 1, no_class);
    if (class_of_block_[block] != no_class) return class_of_local_[local] = class_of_block_[block];
  }
  const auto id = static_cast<ClassId>(classes_.size());
  LocalClass made;
  made.access = locals_[local].access;
  made.representative = local;
  const Posted& posted = locals_[local].posted;
  if (posted.operation.form.size != 0) made.watch = program_->watch(posted.operation);
  made.checked =
      made.watch != nullptr || posted.expectation_count != 0 || made.access.kind == OperationKind::unlock;
  made.broken = made.access.kind == OperationKind::failed || made.access.kind == OperationKind::fault;
  classes_.push_back(std::move(made));
  for (unsigned thread = 0; thread < threads_; ++thread)
    fingerprints_[thread].push_back(fingerprint_of((std::uint64_t{1} << 63) + id, thread));
  class_of_local_[local] = id;
  if (in_block) class_of_block_[partition_.block(local)] = id;
  return id;
}

// --- the quotient ----------------------------------------------------------------------------------------

// A thread has come here.
void Automaton::meet(LocalId local) {
  if (!quotient_) return;
  reach(local, 0);
  if (!merges_) return;
  expand_pending();
  refine_if_affordable();
}

void Automaton::reach(LocalId local, std::uint32_t depth) {
  for (; registered_ < locals_.size(); ++registered_) {
    const std::uint32_t key = locals_[static_cast<LocalId>(registered_)].key;
    if (members_.size() <= key) {
      members_.resize(key + 1);
      results_.resize(key + 1);
    }
    members_[key].push_back(static_cast<LocalId>(registered_));
    depth_.push_back(never_reached);
    expanded_.push_back(false);
  }
  if (depth >= depth_[local]) return;
  if (depth == 0) ++reached_;
  depth_[local] = depth;
  pending_.push_back(local);
}

void Automaton::see_result(std::uint32_t key, std::uint64_t result) {
  std::vector<std::uint64_t>& seen = results_[key];
  if (std::find(seen.begin(), seen.end(), result) != seen.end()) return;
  seen.push_back(result);
  stale_ = true;
  if (!merges_) {
    behind_ = true;
    return;
  }
  const std::vector<LocalId> members = members_[key]; // a copy: running one may add another
  for (const LocalId member : members)
    if (expanded_[member] && !stop_now()) reach(locals_.step(member, result), depth_[member] + 1);
}

// With what was seen while nothing was merged.
void Automaton::catch_up() {
  if (behind_) {
    const std::size_t known = expanded_.size();
    for (LocalId local = 0; local < known; ++local)
      if (expanded_[local]) run_on_all_results(local);
  }
  behind_ = false;
  expand_pending();
}

void Automaton::run_on_all_results(LocalId local) {
  const std::uint32_t key = locals_[local].key;
  for (std::size_t i = 0; i < results_[key].size() && !stop_now(); ++i)
    reach(locals_.step(local, results_[key][i]), depth_[local] + 1);
}

void Automaton::expand_pending() {
  while (!pending_.empty() && !stopped_) {
    const LocalId local = pending_.back();
    pending_.pop_back();
    if (depth_[local] >= depth_to_follow()) continue;
    if (!expanded_[local]) stale_ = true;
    expanded_[local] = true;
    run_on_all_results(local);
  }
}

std::uint32_t Automaton::depth_to_follow() const {
  const std::size_t beyond = locals_.size() > free_closure ? locals_.size() - free_closure : 0;
  if (beyond > large_closure_share * reached_) return 0;
  return beyond > closure_share * reached_ ? short_closure_depth : closure_depth;
}

bool Automaton::stop_now() {
  if (++expansions_ % expansions_between_checks == 0 && limits_->reached(memory_bytes())) stopped_ = true;
  return stopped_;
}

void Automaton::refine_if_affordable() {
  if (!stopped_ && stale_ && partition_.work() <= free_work + work_per_transition * transitions_) refine();
}

bool Automaton::settle() {
  log_.note(LearningLog::Act::settle);
  if (merges_ && stale_ && !stopped_) refine();
  return !restart_needed_ && !stopped_;
}

void Automaton::refine() {
  expand_pending();
  if (stopped_) return;
  partition_.refine(locals_, expanded_, results_);
  stale_ = false;
  class_of_block_.clear();
  for (LocalId local = 0; local < class_of_local_.size(); ++local) {
    const ClassId used = class_of_local_[local];
    if (used == no_class) continue;
    const std::uint32_t block = partition_.block(local);
    if (class_of_block_.size() <= block) class_of_block_.resize(block + 1, no_class);
    if (class_of_block_[block] == no_class) class_of_block_[block] = used;
    // Two classes are one block now, or one class is two.
    if (class_of_block_[block] != used) restart_needed_ = true;
    if (block != partition_.block(classes_[used].representative)) restart_needed_ = true;
  }
}

} // namespace gupcheck::engine
