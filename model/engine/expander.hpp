// SPDX-License-Identifier: GPL-2.0-only
//
// The successors of a state: for each thread that can move one transaction.
//
// A transaction is the thread's next step and those after it that need no interleaving point before them:
// (R|B)* N (L|B)*, with at most one step that does not commute with what others do (locations.hpp). It ends
// before a step that may block, so that no deadlock is missed, before a choice, and after max_transaction
// steps, so that a thread that goes round without a scheduling point does not shut out the others (the cycle
// proviso). Without transactions it is one step.
//
// A thread whose transaction leads where another order of the same transactions leads may be asleep
// (expander_sleep.cpp): then it is known that it can move, and no more is done about it.
//
// Works in the record itself and restores it; successors come as differences. Several expanders, one for each
// worker, may work side by side: what they share does not change meanwhile. What they would have to learn
// (steps never made, accesses never seen) they put into Lessons, and leave out the thread in question.
#pragma once

#include "model/engine/state_record.hpp"
#include "model/engine/step_checks.hpp"
#include "model/engine/symmetry.hpp"
#include "model/engine/transaction_memo.hpp"

#include <bit>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gupcheck::engine {

// What all workers of a search share.
struct Machine {
  Automaton& automaton;
  Locations& locations;
  Symmetry& symmetry;
  StepChecks checks;
  RecordLayout layout;
  unsigned threads;
  std::span<const std::uint64_t> initial_world;
  bool raw; // native code for each step, fingerprints from scratch; one worker only
  bool transactions;
  bool sleep_sets;    // breadth first only
  bool notes_between; // which threads can move within a transaction: for checks of progress
};

// A check that broke.
struct Finding {
  const Check* check = nullptr;
  std::string message = {};
  std::uint64_t level = 0; // transactions before it
  // The state where it broke, or whose transaction `last` broke it after so many of its steps.
  std::uint64_t number = 0; // in a numbered search
  std::optional<Move> last = {};
  std::uint32_t steps = 0;
  // What is looked at, in the order of a replay: the last of these steps, where its thread comes to, the
  // state, and that nobody can move in it.
  enum class Stage : std::uint8_t { step, thread, state, end };
  Stage stage = Stage::state;
  // What breaks is not that state but what it becomes when threads are renamed so.
  Symmetry::Order renaming = Symmetry::no_renaming();

  // Nearest first, and of the nearest what a replay comes to first; then some order that is the same for
  // every number of workers.
  bool operator<(const Finding& other) const;
};

struct Lessons {
  struct Step {
    ClassId from;
    std::uint64_t result;
    auto operator<=>(const Step&) const = default;
  };
  struct Access {
    ClassId local;
    unsigned thread;
  };
  struct Read {                                       // of a check
    static constexpr unsigned observer = max_threads; // in place of a thread: the suite's invariant
    DirectRead read;
    unsigned thread;
    ClassId local; // of the thread
  };
  std::vector<Step> steps;
  std::vector<Access> accesses;
  std::vector<Read> reads;
  std::string why_off;    // a reason to go on without symmetry
  std::string why_rotate; // a reason to go on with rotations only
  // Of several reasons the one that does not depend on who came first.
  static void note_reason(std::string& reason, std::string_view another);

  void clear();
};

// A successor of a state: 32 bytes, since they come and go by the million.
struct Candidate {
  Fingerprint fingerprint;
  const std::uint64_t* parent;
  std::uint32_t outcome; // number of what the transaction comes to
  std::uint16_t choice;
  std::uint8_t thread;
  std::uint8_t contenders; // number of those of its state, if there are sleep sets

  Move move() const { return {thread, choice}; }
};
static_assert(sizeof(Candidate) == 32 && max_choices <= 65536);

// Threads that could move, or that lived and could not, in some state within a transaction.
struct Between {
  std::uint8_t enabled = 0;
  std::uint8_t blocked = 0;
};

// Which threads of a state to expand, one bit each.
struct Plan {
  unsigned explore = (1U << max_threads) - 1; // if they can move and are not asleep
  bool again = false;                         // the others were explored before
};

class Expander {
public:
  static constexpr unsigned max_transaction = 64;
  // Between two calls of clear(), with sleep sets: as many as a candidate can number.
  static constexpr std::size_t most_states = std::size_t{1} << 8 * sizeof(Candidate::contenders);

  struct Expansion {
    unsigned live;
    unsigned enabled;
    unsigned left_out = 0; // transactions of threads that are asleep
    // What is to be done when what it needs has been learnt; nothing if `explore` is 0.
    Plan deferred{.explore = 0};
  };

  explicit Expander(Machine& machine);

  // Adds the successors that the plan asks for. The record is as before afterwards.
  Expansion expand(std::uint64_t* record, std::uint64_t level, const Plan& plan);
  std::vector<Candidate>& candidates() { return candidates_; }
  // Forgets the candidates, and outcomes that were not learnt.
  void clear() {
    candidates_.clear();
    betweens_.clear();
    contenders_.clear();
    memo_.forget_unlearnt();
  }
  // If the machine notes that. By its position among candidates(), from which nothing may be taken away then.
  Between between(const Candidate& candidate) const {
    return betweens_[static_cast<std::size_t>(&candidate - candidates_.data())];
  }
  // To be called when something that is known (not only more) has changed.
  void forget_transactions() { memo_.clear(); }
  std::uint64_t memory_bytes() const { return memo_.memory_bytes(); }
  // If there are sleep sets: the threads, one bit each, that are asleep in the state that a candidate leads
  // to.
  unsigned asleep_after(const Candidate& candidate) const;
  // Makes a candidate's record.
  void build(const Candidate& candidate, std::uint64_t* record) const;
  // Checks a state that was never seen before. Nobody has moved yet in the initial one.
  void check_new(std::uint64_t* record, std::uint64_t level, std::uint64_t number);
  void check_initial(std::uint64_t* record);

  // Executes (the first `steps` of) a transaction in place and adds its moves. Everything it needs is known.
  void follow(std::uint64_t* record, const Move& move, std::uint32_t steps, std::vector<Move>& moves);

  // The fingerprint of a record from scratch.
  Fingerprint fingerprint(const std::uint64_t* record);

  std::vector<Finding>& findings() { return findings_; }
  Lessons& lessons() { return lessons_; }

private:
  using Outcome = TransactionMemo::Kept;
  // Who can move in a state that was expanded, and by which transaction, as far as that is known.
  struct Contenders {
    struct Contender {
      unsigned thread;
      ClassId from;
      std::uint32_t outcome;
      unsigned threads; // one bit each: this one and those like it
    };
    std::array<Contender, max_threads> each;
    unsigned count = 0;
  };

  // The transaction under way.
  struct Run {
    ClassId local;
    std::uint32_t steps = 0;
    bool unknown = false;   // it needs to be learnt how it goes on
    bool committed = false; // a step that others could notice was made
    Footprint footprint;
  };

  void run(std::uint64_t* record, unsigned thread, std::uint32_t choice, std::uint32_t max_steps,
           std::uint64_t level, Run& run);
  bool must_stop(const LocalClass& local, const Run& run) const;
  Mover depends_on_reads(const std::uint64_t* world, ClassId id, unsigned thread, Mover mover);
  void change(std::uint64_t* record, const Effect& effect);
  void look_at(std::uint32_t word, std::uint64_t value);
  std::size_t lessons_and_findings() const;
  TransactionOutcome outcome_of(const Run& run, unsigned thread, ClassId from);
  std::uint32_t execute_transaction(std::uint64_t* record, const Move& move, std::uint64_t level);
  Between between_steps(std::uint64_t* record, unsigned thread, std::span<const WordChange> steps) const;
  void undo(std::uint64_t* record);
  void begin(const std::uint64_t* record);
  unsigned find_alike(unsigned thread) const;
  std::uint32_t why_unknown(const std::uint64_t* world, unsigned thread);
  void expand_thread(std::uint64_t* record, const Contenders::Contender& mover, std::uint64_t level,
                     unsigned& deferred);
  void add(const std::uint64_t* record, unsigned thread, std::uint32_t choice, std::uint32_t outcome,
           const Fingerprint& fingerprint) {
    candidates_.push_back({.fingerprint = fingerprint,
                           .parent = record,
                           .outcome = outcome,
                           .choice = static_cast<std::uint16_t>(choice),
                           .thread = static_cast<std::uint8_t>(thread),
                           .contenders = static_cast<std::uint8_t>(contenders_.size() - 1)});
  }
  void note_footprint(const LocalClass& local, unsigned thread, Mover mover, Run& run) const;
  void check_end(std::uint64_t* record, bool all_finished, std::uint64_t level);
  void check_invariant(std::uint64_t* record, std::uint64_t level, std::uint64_t number);
  template <class Evaluate>
  void report_in_every_order(const std::uint64_t* world, Finding finding, Evaluate evaluate);
  // Where symmetry rotates (expander_turned.cpp).
  void find_turned_alike();
  void turn(const std::uint64_t* record, Symmetry::Turned& turned) const;
  Fingerprint turned_sum(const Symmetry::Turned& turned) const;
  Fingerprint turned_candidate(const std::uint64_t* record, unsigned thread, const Outcome& outcome) const;
  Fingerprint turned_fingerprint(ClassId local, unsigned thread, unsigned by) const {
    return machine_->automaton.fingerprint(local, (thread + by) % machine_->threads);
  }
  Fingerprint fingerprint_bytes(const std::uint64_t* record, unsigned thread, ClassId local,
                                std::span<const WordChange> changes);
  void report(std::optional<Broken> broken, Finding finding);
  // Of a thread that owns nothing.
  const Fingerprint& local_fingerprint(ClassId local, unsigned thread) const {
    return machine_->automaton.fingerprint(local, machine_->symmetry.group(thread));
  }
  // A thread's share in the fingerprint of the state that is expanded; of one in which it owns this.
  Fingerprint share(unsigned thread) const { return share(thread, classes_[thread], owned_[thread]); }
  Fingerprint share(unsigned thread, ClassId local, const Fingerprint& owned) const {
    return machine_->symmetry.share(local_fingerprint(local, thread), owned);
  }

  // Another thread's share, or its own, after a thread's transaction, which `added` to what it owns.
  [[gnu::always_inline]] Fingerprint share_after(unsigned other, unsigned thread, const Outcome& outcome,
                                                 const Fingerprint*& added) const {
    Fingerprint owned = owned_[other];
    if ((outcome.touched >> other & 1U) != 0) owned = owned + *added++;
    return share(other, other == thread ? outcome.local : classes_[other], owned);
  }
  // Of the state that the transaction leads to.
  Fingerprint fingerprint_after(const std::uint64_t* record, unsigned thread, const Outcome& outcome) {
    if (machine_->raw) [[unlikely]]
      return fingerprint_bytes(record, thread, outcome.local, memo_.changes(outcome));
    if (machine_->symmetry.rotates()) [[unlikely]]
      return turned_candidate(record, thread, outcome);
    return sum_after(record, thread, outcome);
  }
  // The same where it is a sum over words and threads.
  [[gnu::always_inline]] Fingerprint sum_after(const std::uint64_t* record, unsigned thread,
                                               const Outcome& outcome) const {
    const Fingerprint* added = memo_.owned(outcome);
    Fingerprint sum = RecordLayout::fingerprint(record) + outcome.change;
    const unsigned itself = 1U << thread;
    if (((owners_ & itself) | outcome.touched) == 0) return sum;
    sum = sum + local_fingerprint(classes_[thread], thread) - local_fingerprint(outcome.local, thread);
    for (unsigned rest = outcome.touched | itself; rest != 0; rest &= rest - 1) {
      const auto other = static_cast<unsigned>(std::countr_zero(rest));
      sum = sum - share(other) + share_after(other, thread, outcome, added);
    }
    return sum;
  }

  Machine* machine_;
  std::vector<Candidate> candidates_;
  std::vector<Between> betweens_;      // of the candidates
  std::vector<Contenders> contenders_; // of the states since clear(), if there are sleep sets
  TransactionMemo memo_;
  // Of the transaction under way.
  std::vector<WordChange> changes_;
  std::vector<WordChange> steps_;
  std::vector<TransactionMemo::Look> looks_;
  std::array<Fingerprint, max_threads> added_{};
  std::vector<Finding> findings_;
  Lessons lessons_;
  std::vector<DirectRead> reads_;
  std::vector<std::uint64_t> scratch_;
  // Of the state that is expanded.
  RecordLayout::Classes classes_{};
  Symmetry::Owned owned_{};
  unsigned owners_ = 0;       // the threads for which that is not zero, one bit each
  Symmetry::Turned turned_{}; // its fingerprints when rotated, where symmetry does that
  // For each thread itself and those that only names tell apart from it, one bit each.
  std::array<unsigned, max_threads> alike_{};
};

} // namespace gupcheck::engine
