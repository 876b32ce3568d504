// SPDX-License-Identifier: GPL-2.0-only
//
// Threads as automata that are learnt by running them: (class, result) -> class.
//
// With the quotient a class is a block of local states that behave alike as far as is known; without it, with
// the raw executor, or while nothing is merged, a single local state. Merging is optimistic: every member of
// a block is run on every result that was seen for its operation, and when that shows that a block which the
// search already used must be split (or that two should be one), the search has to start again; what was
// learnt is kept. Once settle() says so, the classes are exact: the search sees the states of the program
// with behaviour that differs only in dead values merged.
//
// While workers search, the automata are frozen: find() says what is known, and what is not is learnt between
// the rounds of a search, in an order that does not depend on who asked first.
//
// Members are run on results that they never really see. Such a run may crash or loop; its failure is a local
// state like any other and no verdict. Members that were never really reached are followed for a few steps
// only, since their closure may be infinite.
#pragma once

#include "model/engine/learning_log.hpp"
#include "model/engine/limits.hpp"
#include "model/engine/local_states.hpp"
#include "model/engine/locations.hpp"
#include "model/engine/partition.hpp"

#include <array>
#include <span>
#include <vector>

namespace gupcheck::engine {

using ClassId = std::uint32_t;

struct alignas(64) LocalClass {
  // What is asked of every thread of every state: one cache line.
  Access access;
  bool checked = false; // its operation has watches, expectations, or may be misused
  bool broken = false;  // it has failed or crashed
  Mover mover = Mover::none;
  std::uint8_t step_count = 0;  // of `steps`
  Locations::Threads noted = 0; // threads whose access is known (locations.hpp)
  // And of who moves.
  struct Step {
    std::uint64_t result;
    ClassId next;
  };
  std::array<Step, 3> steps{}; // the first few; the rest in more_steps
  LocalId representative = 0;
  const Watch* watch = nullptr;
  std::vector<Step> more_steps;
};

class Automaton {
public:
  Automaton(NativeRunner& runner, const Program& program, const Options& options, Limits& limits);

  // Forgets the classes, keeps the local states. To be called before each search. Whoever searches for what
  // there is to learn merges nothing, quotient or not: then nothing that it learns can turn out to be wrong.
  enum class Merge : std::uint8_t { alike, nothing };
  void restart(Merge merge);

  static constexpr ClassId unknown = ~ClassId{0};

  ClassId start(unsigned thread);
  // The class that follows, or `unknown`.
  ClassId find(ClassId from, std::uint64_t result) const {
    const LocalClass& known = classes_[from];
    for (std::uint32_t i = 0; i < known.step_count; ++i)
      if (known.steps[i].result == result) return known.steps[i].next;
    return find_further(known, result);
  }
  // The same by running it, if need be. `from` when the search has to start again. With the raw executor it
  // is always run.
  ClassId learn(ClassId from, std::uint64_t result);

  const LocalClass& operator[](ClassId id) const { return classes_[id]; }
  LocalClass& operator[](ClassId id) { return classes_[id]; }
  const LocalState& representative(ClassId id) const { return locals_[classes_[id].representative]; }
  const Posted& posted(ClassId id) const { return representative(id).posted; }
  // The locks that a thread in this class holds, as it addresses them.
  const std::vector<Address>& held(const LocalClass& local) const {
    return locals_[local.representative].held;
  }
  // The share of thread `thread` in a state's fingerprint.
  const Fingerprint& fingerprint(ClassId id, unsigned thread) const { return fingerprints_[thread][id]; }
  // What the raw executor hashes instead: the bytes themselves.
  const Fingerprint& content(ClassId id) const { return locals_[classes_[id].representative].content; }

  // The search that is under way is worthless: classes that it used have split or merged.
  bool restart_needed() const { return restart_needed_; }
  // A limit was reached while members were run on results; the search must stop.
  bool stopped() const { return stopped_; }
  // Refines with everything known, if it merges; true when the classes used since restart() stand.
  bool settle();
  // How many transitions the searches have made; refinements may cost a share of that.
  void allow_work(std::uint64_t transitions) { transitions_ = transitions; }

  // For checkpoints. From now on notes what they are learnt from.
  void keep_log() { log_.on = true; }
  std::span<const LearningLog::Entry> log() const { return log_.entries; }
  // Does what a log says; afterwards the classes are those that there were then, unless it stopped(). Throws
  // std::runtime_error for what cannot be the log of these threads.
  void replay(std::span<const LearningLog::Entry> entries);
  // Differs when any class, or what is known of its steps, does.
  Fingerprint fingerprint_of_classes() const;

  std::size_t size() const { return classes_.size(); }
  std::uint64_t memory_bytes() const {
    return locals_.memory_bytes() + classes_.size() * (sizeof(LocalClass) + 16 * threads_) +
           log_.entries.capacity() * sizeof(LearningLog::Entry);
  }

private:
  static ClassId find_further(const LocalClass& known, std::uint64_t result) {
    for (const LocalClass::Step& step : known.more_steps)
      if (step.result == result) return step.next;
    return unknown;
  }
  ClassId class_of(LocalId local);
  void meet(LocalId local);
  void reach(LocalId local, std::uint32_t depth);
  void catch_up();
  void run_on_all_results(LocalId local);
  void see_result(std::uint32_t key, std::uint64_t result);
  void expand_pending();
  std::uint32_t depth_to_follow() const;
  bool stop_now();
  void refine_if_affordable();
  void refine();

  const Program* program_;
  LocalStates locals_;
  unsigned threads_;
  bool raw_;
  bool quotient_;
  bool merges_ = false; // now

  std::vector<LocalClass> classes_;
  std::array<std::vector<Fingerprint>, max_threads> fingerprints_; // by thread, by class
  std::vector<ClassId> class_of_local_;                            // of those the search used

  // The quotient's knowledge; see partition.hpp.
  Partition partition_;
  std::vector<ClassId> class_of_block_;
  std::vector<std::uint32_t> depth_; // steps from a local state that was really reached
  std::vector<bool> expanded_;
  std::vector<LocalId> pending_;
  std::vector<std::vector<std::uint64_t>> results_; // by key
  std::vector<std::vector<LocalId>> members_;       // by key
  std::size_t registered_ = 0;
  std::size_t reached_ = 0;
  bool stale_ = true;   // something was learnt since the last refinement
  bool behind_ = false; // results were seen on which members have not been run
  bool restart_needed_ = false;
  bool stopped_ = false;
  Limits* limits_;
  std::uint64_t expansions_ = 0;
  std::uint64_t transitions_ = 0;
  LearningLog log_;
};

} // namespace gupcheck::engine
