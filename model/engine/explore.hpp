// SPDX-License-Identifier: GPL-2.0-only
//
// Explores every interleaving of a program and says what it found.
//
// Promises: with verdict `holds` every reachable state was visited (up to the omission probability of the
// fingerprint table, which is reported) and no check broke in any of them. `broken` comes with a schedule
// that breaks a check; it was re-executed natively before it is returned. `incomplete` when a limit or the
// user stopped the run: never a verdict on the checks that had not broken by then. The same program and
// options give the same verdict, counts and schedule on every machine.
//
// Costs: some 20 bytes a visited state for the table, and the frontier (30 to 40 bytes for each state that
// waits to be expanded); while progress checks (livelock, starvation) are on, 4 bytes more in the table, 14
// for the way back and the graph's states, and 12 for each transition, twice that while they grow.
#pragma once

#include "model/engine/post.hpp"
#include "model/engine/program.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gupcheck::engine {

enum class Executor { memo, raw }; // raw: native code for every step, the oracle that memo is tested against
enum class SearchOrder { dfs, bfs };
enum class Fairness { none, weak, strong };
enum class Locks { unfair, fifo };
enum class Verdict { holds, broken, incomplete };

struct Progress {
  std::uint64_t states;
  std::uint64_t transitions;
  std::uint64_t depth;
  std::uint64_t memory_bytes;
  double seconds;
  // "exploring", "looking for cycles", "looking for a counterexample", "looking for a shortest
  // counterexample", "looking for the fewest context switches"
  const char* phase;
};

struct CheckpointReport {
  double seconds;       // that writing it took
  double next_interval; // seconds until the next one
  bool lengthened;      // because writing takes too long for the interval that there was
};

// Runs that survive the process: see checkpointer.hpp. For searches breadth first with the memo executor.
struct CheckpointOptions {
  std::string file = {};    // is written now and then, and before the run stops; empty: none is
  std::string request = {}; // goes with it, for whoever goes on (request_of_checkpoint())
  std::chrono::duration<double> interval = std::chrono::minutes(1); // 0: whenever one is possible
  // To go on from, with the same program and options; limits and jobs may differ (the memory allowed can make
  // a difference to the states counted, not to the verdict: see Options). Empty: from the beginning.
  std::string resume_from = {};
  std::function<void(const CheckpointReport&)> written = {};
};

// One transition: which thread moves, and for a choose() which value it takes (0 otherwise).
struct Move {
  std::uint8_t thread = 0;
  std::uint32_t choice = 0;
  bool operator==(const Move&) const = default;
};

struct Options {
  Executor executor = Executor::memo;
  bool quotient = true; // memo only: merge local states that behave alike
  // Ways to visit fewer states, or fewer transitions; all exact. Memo only.
  bool transactions = true; // steps that commute with what others do are no interleaving points
  // Of the orders of transactions that commute not all are explored: fewer look-ups, the same states and
  // counts. Breadth first, and without effect while livelock or starvation is checked.
  bool sleep_sets = true;
  bool symmetry = true;                 // threads that run the same function are interchangeable
  SearchOrder order = SearchOrder::bfs; // dfs: one worker; may find something sooner
  unsigned jobs = 1;                    // workers; the result does not depend on it
  std::string spill_directory;          // where the frontier goes above max_memory_bytes; empty: nowhere
  bool shortest = true;                 // search again breadth first for a shortest counterexample
  Fairness fairness = Fairness::strong;
  Locks locks = Locks::unfair;
  std::vector<std::string> without; // names of checks that are left out
  std::uint64_t max_states = ~std::uint64_t{0};
  // With so little that the look ahead for what there is to learn ends early, fewer local states may be
  // merged: then more states are counted.
  std::uint64_t max_memory_bytes = ~std::uint64_t{0};
  std::chrono::duration<double> timeout = std::chrono::duration<double>::max();
  // Polled. Set it from another thread or a signal handler; the handler needs SA_ONSTACK and a stack of its
  // own (sigaltstack), else its frame ends up on a model thread's stack and so in local states.
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(const Progress&)> progress; // called a few times a second
  CheckpointOptions checkpoints;
  // Where the search begins: in the state that this schedule leads to. Then a verdict, counts and what is
  // shortest are about what can come after it. Not with checkpoints.
  std::vector<Move> prefix;

  bool leaves_out(const Check& check) const {
    return std::find(without.begin(), without.end(), check.name) != without.end();
  }
};

// Which renamings of like threads make no difference to the count of states; each is more than the one
// before.
enum class Renamings : std::uint8_t {
  none,
  rotations, // all threads move on by some number: each addresses the others counting from itself
  all
};

struct Violation {
  std::string check;       // its name
  std::string message;     // one line
  std::vector<Move> stem;  // begins with the prefix, if there is one, as far as that breaks nothing
  std::vector<Move> cycle; // not empty for livelock and starvation: what repeats for ever after the stem
  bool shortest = false;   // no shorter schedule breaks this check (a stem and cycle are short, not shortest)
  bool fewest_switches = false; // of the shortest none switches between threads less often
};

struct Statistics {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0; // the initial state counts as one, as in SPIN and TLC
  // Of these so many lead where others lead, too, and were left out (sleep_sets). Not the same for every
  // number of workers.
  std::uint64_t transitions_asleep = 0;
  std::uint64_t native_runs = 0;
  std::uint64_t local_states = 0; // after the quotient, if it is on
  std::uint64_t restarts = 0;
  Renamings renamings = Renamings::none;
  std::string why_not_all_renamings; // if it was asked for and there is a reason
  std::uint64_t depth = 0;           // of the deepest state, in the search order used
  double seconds = 0;
  std::uint64_t peak_memory_bytes = 0;
  double omission_probability = 0; // that two different states shared a fingerprint anywhere in the run
};

struct Result {
  Verdict verdict = Verdict::incomplete;
  Statistics statistics;
  std::optional<Violation> violation;
  std::string stopped_by; // when incomplete: "max-states", "max-memory", "timeout", "interrupt", or a reason
};

// Checks that the explorer itself knows.
inline constexpr Check deadlock{"deadlock"};
inline constexpr Check livelock{"livelock"};
inline constexpr Check starvation{"starvation"};
inline constexpr Check fault{"fault"}; // a model thread crashed; cannot be left out

// Stops at the first check that breaks (none of `without`). Throws std::runtime_error when the program
// cannot be explored at all (the arena cannot be mapped, more than max_threads threads, a prefix that cannot
// be followed), CheckpointError (checkpoint.hpp) when it cannot go on from the checkpoint that was given.
Result explore(Program& program, const Options& options);

} // namespace gupcheck::engine
