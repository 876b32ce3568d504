// SPDX-License-Identifier: GPL-2.0-only
//
// One search through the states of a program.
//
// Breadth first, level by level: the workers take chunks of the current level and write the next one. What
// they find out that the automata and the locations do not know yet is learnt between two rounds, in an order
// that does not depend on who found it, and the states in question are expanded again. So the number of
// workers changes nothing but the time. Depth first is for one worker: to find something soon, or to scout.
//
// Successors' fingerprints are computed without copying anything and their buckets of the table prefetched;
// they are looked up a batch of states later, those that are not found at once last, and only a new one is
// written. So a batch hides the table's cache misses. A state that the worker has just reached before is not
// looked up at all.
#pragma once

#include "model/engine/beginning.hpp"
#include "model/engine/expander.hpp"
#include "model/engine/level_forecast.hpp"
#include "model/engine/level_queue.hpp"
#include "model/engine/limits.hpp"
#include "model/engine/numbering.hpp"
#include "model/engine/state_graph.hpp"
#include "model/engine/visited.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gupcheck::engine {

// What all searches of an exploration share: the program and what was learnt about it.
struct Learnt {
  Program& program;
  const Beginning& beginning;
  Automaton& automaton;
  Locations& locations;
  Symmetry& symmetry;
};

class Checkpointer;

// A part of the state space: where a search begins in it, and what belongs to it.
struct Region {
  std::vector<std::vector<std::uint64_t>> roots; // records
  std::function<bool(unsigned worker, const std::uint64_t* record)> contains;
};

struct SearchMode {
  SearchOrder order = SearchOrder::bfs;
  bool transactions = false;
  bool sleep_sets = false;        // breadth first, not numbered
  bool numbered = false;          // for schedules; with a graph always
  StateGraph* graph = nullptr;    // to be filled: for the checks of progress
  const Region* region = nullptr; // keeps to it; breadth first, with a graph
  // Not 0: for what it learns only. Ends when it has seen so many states (or as many as the run may, or it
  // needs half of the memory that there may be), as exhausted or, if a location became a scheduling point, as
  // restart. How many it sees is no limit to the run: with classes merged there may be fewer.
  std::uint64_t scout_states = 0;
  bool scouts() const { return scout_states != 0; }
  bool backwards = false;     // depth first: the last of the states that it came to first
  bool every_finding = false; // are kept: for schedule_with_fewest_switches()
  const char* phase = "exploring";
  Checkpointer* checkpoints = nullptr; // breadth first: asked between rounds
};

class CheckpointReader;

class Search {
public:
  Search(const Learnt& learnt, const Options& options, Limits& limits, const SearchMode& mode);
  ~Search();

  enum class End { exhausted, found, restart, stopped };
  End run();

  // For checkpoints, between two rounds of a search breadth first. One that is about to end because it has
  // found something is not worth one.
  bool can_be_written() const;
  void write(const ByteSink& sink);
  // Before run(), instead of which it is go_on() then; what was learnt is there again. Throws
  // CheckpointError.
  void read(CheckpointReader& reader);
  End go_on();

  // The nearest, where one was found breadth first.
  const std::optional<Finding>& finding() const { return finding_; }
  struct Counts {
    std::uint64_t states = 0;
    std::uint64_t transitions = 0; // the initial state counts as one
    std::uint64_t asleep = 0;      // of these; since the last checkpoint if the search was resumed
    std::uint64_t depth = 0;       // transactions from the initial state
  };
  // Where max_states stopped it, breadth first, those of the last level that was finished: then the number of
  // workers makes no difference to them.
  const Counts& final_counts() const { return counts_; }
  // In a numbered search: the transactions that lead to a state.
  std::vector<Move> path_to(std::uint32_t state) const;
  // The steps of these transactions from the initial state on, of the last one only so many.
  std::vector<Move> steps_of(const std::vector<Move>& transactions,
                             std::uint32_t last_steps = Expander::max_transaction);
  // The state that these transactions lead to from the initial one.
  std::vector<std::uint64_t> record_of(const std::vector<Move>& transactions);
  // In a numbered search that has ended: the number of a state but for names, or nothing if there is none.
  std::optional<std::uint32_t> number_of_orbit(unsigned worker, const std::uint64_t* record);
  // In a numbered search: the steps that break what the finding says.
  std::vector<Move> schedule_of_finding();
  // Of an endless run, in steps from the initial state, the part up to where it first is one of the same
  // kind: a livelock, or a run in which this thread starves.
  void shorten(std::vector<Move>& stem, std::vector<Move>& cycle, std::optional<unsigned> starved);
  // In a search breadth first of single steps, with a graph and every finding, without symmetry: of all
  // schedules that break the same check in as few steps, one with the fewest switches between threads, after
  // this one moved. The same one for every number of workers.
  std::vector<Move> schedule_with_fewest_switches(std::optional<unsigned> moved_before);

private:
  struct Worker;

  bool make_initial(std::uint64_t* record);
  void begin(std::uint64_t* record);
  void begin_in_region();
  End run_depth_first();
  End run_breadth_first();
  End settled(End end);
  bool run_level();
  void expect_growth();
  End ended_early();
  void run_round();
  void work(Worker& worker);
  void read_level(Worker& worker);
  void expand_again(Worker& worker);
  void add_to_batch(Worker& worker, const Plan& plan);
  void expand_batch(Worker& worker);
  void leave_out_recent(Worker& worker, std::size_t first);
  template <VisitedTable::Reach reach> bool commit(Worker& worker, const Candidate& candidate);
  template <VisitedTable::Reach reach, class Edge, class Build>
  bool arrive(Worker& worker, const Fingerprint& fingerprint, const Edge& edge, const Build& build);
  template <class Edge, class Build>
  void take_in(Worker& worker, const VisitedTable::Insertion& inserted, const Edge& edge, const Build& build);
  std::uint32_t number_of(Worker& worker, const StateGraph::Edge& edge,
                          const VisitedTable::Insertion& inserted, bool& is_kept);
  void keep(Worker& worker, const std::uint64_t* record);
  void turn_stack_round(std::size_t from);
  bool digest();
  void learn_steps();
  void meet_classes();
  void find_mover(LocalClass& local) const;
  bool note_accesses(const Lessons& lessons);
  bool note_read(const Lessons::Read& lesson);
  void finish_level();
  void collect_findings();
  bool save_or_stop();
  bool stop_now();
  bool scouted_enough() const;
  std::uint64_t memory_bytes() const;
  Counts counts() const;

  Learnt learnt_;
  const Options* options_;
  Limits* limits_;
  SearchMode mode_;
  Machine machine_;
  unsigned jobs_;
  // How often a state is reached, and from where, makes no difference: no numbers, no graph.
  bool only_new_count_;
  VisitedTable visited_;
  LevelQueue queue_;
  std::vector<std::unique_ptr<Worker>> workers_; // they have blocks of the queue's
  std::optional<Numbering> numbering_;
  std::vector<std::uint64_t> stack_; // depth first: records
  std::uint64_t level_ = 0;
  LevelForecast forecast_;
  bool in_level_ = false;                    // go_on(): the queue is in the middle of this level
  std::size_t classes_known_ = 0;            // to locations and symmetry
  std::atomic<std::uint64_t> round_left_{0}; // records until the next look at table and limits
  bool scouted_too_little_ = false;          // a location became a scheduling point on the way
  bool again_ = false;                       // this round expands deferred states
  std::optional<Finding> finding_;
  std::vector<Finding> all_findings_; // if they are kept
  Counts counts_;
};

} // namespace gupcheck::engine
