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
// they are looked up a batch of states later, and only a new one is written. So a batch hides the table's
// cache misses.
#pragma once

#include "model/engine/expander.hpp"
#include "model/engine/level_queue.hpp"
#include "model/engine/limits.hpp"
#include "model/engine/numbering.hpp"
#include "model/engine/state_graph.hpp"
#include "model/engine/visited.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace gupcheck::engine {

// What all searches of an exploration share: the program and what was learnt about it.
struct Learnt {
  Program& program;
  std::span<const std::uint64_t> initial_world;
  Automaton& automaton;
  Locations& locations;
  Symmetry& symmetry;
};

struct SearchMode {
  SearchOrder order = SearchOrder::bfs;
  bool transactions = false;
  bool numbered = false;         // for schedules; with a graph always
  StateGraph* graph = nullptr;   // to be filled: for the checks of progress
  std::uint64_t scout_states = 0; // not 0: ends as exhausted when it has seen so many
  const char* phase = "exploring";
};

class Search {
public:
  Search(const Learnt& learnt, const Options& options, Limits& limits, const SearchMode& mode);
  ~Search();

  enum class End { exhausted, found, restart, stopped };
  End run();

  // The nearest, where one was found breadth first.
  const std::optional<Finding>& finding() const { return finding_; }
  struct Counts {
    std::uint64_t states = 0;
    std::uint64_t transitions = 0; // the initial state counts as one
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
  // In a numbered search: the steps that break what the finding says.
  std::vector<Move> schedule_of_finding();

private:
  struct Worker;

  void make_initial(std::uint64_t* record);
  End run_depth_first();
  End run_breadth_first();
  bool run_level();
  End ended_early();
  void run_round();
  void work(Worker& worker);
  void read_level(Worker& worker);
  void expand_again(Worker& worker);
  void add_to_batch(Worker& worker, const std::uint64_t* record, unsigned threads);
  void expand_batch(Worker& worker);
  void commit(Worker& worker, const Candidate& candidate);
  template <class Build>
  void arrive(Worker& worker, const Fingerprint& fingerprint, StateGraph::Edge edge, Build build);
  void keep(Worker& worker, const std::uint64_t* record);
  bool digest();
  void learn_steps();
  void meet_classes();
  bool note_accesses(const Lessons& lessons);
  bool note_read(const Lessons::Read& read);
  void finish_level();
  void collect_findings();
  bool stop_now();
  Counts counts() const;

  Learnt learnt_;
  const Options* options_;
  Limits* limits_;
  SearchMode mode_;
  Machine machine_;
  unsigned jobs_;
  VisitedTable visited_;
  LevelQueue queue_;
  std::vector<std::unique_ptr<Worker>> workers_; // they have blocks of the queue's
  std::optional<Numbering> numbering_;
  std::vector<std::uint64_t> stack_; // depth first: records
  std::uint64_t level_ = 0;
  std::size_t classes_known_ = 0; // to locations and symmetry
  std::atomic<std::uint64_t> round_left_{0}; // records until the next look at table and limits
  bool again_ = false;            // this round expands deferred states
  std::optional<Finding> finding_;
  Counts counts_;
};

} // namespace gupcheck::engine
