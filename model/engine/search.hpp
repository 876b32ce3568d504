// SPDX-License-Identifier: GPL-2.0-only
//
// One search through the states of a program: the hot loop.
//
// A state is the world's words and a class for each thread. Expanding one computes its successors'
// fingerprints without copying anything and prefetches their slots of the table; they are looked up a batch
// of states later, and only a new one is written to the frontier. So a batch hides the table's cache misses.
#pragma once

#include "model/engine/automaton.hpp"
#include "model/engine/frontier.hpp"
#include "model/engine/limits.hpp"
#include "model/engine/state_graph.hpp"
#include "model/engine/step_checks.hpp"

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace gupcheck::engine {

// A check that broke: after the schedule that leads to state `state` and, if `last` is set, one more step.
struct Finding {
  const Check* check = nullptr;
  std::string message;
  std::uint32_t state = 0;
  std::optional<Move> last;
  std::uint64_t length = 0; // moves
};

class Search {
public:
  // `initial_world` outlives the search. With a graph the edges are recorded for the checks of progress.
  Search(Program& program, Automaton& automaton, const Options& options,
         std::span<const std::uint64_t> initial_world, Limits& limits, StateGraph* graph);

  enum class End { exhausted, found, restart, stopped };
  // Explores from the initial state; breadth first goes on for a shortest finding, no longer than max_length.
  End run(SearchOrder order, std::uint64_t max_length, const char* phase);

  const std::optional<Finding>& finding() const { return finding_; }
  std::uint64_t states() const { return parents_.size(); }
  std::uint64_t transitions() const { return transitions_; }
  std::uint64_t depth() const { return depth_; }
  // The schedule that leads to a state.
  std::vector<Move> path_to(std::uint32_t state) const;

private:
  // The words of a record; the world's follow.
  struct Header {
    Fingerprint fingerprint;
    std::uint32_t number;
    std::uint32_t depth;
    std::array<ClassId, max_threads> local;
  };
  static_assert(sizeof(Header) % 8 == 0);
  static constexpr std::size_t header_words = sizeof(Header) / 8;
  static constexpr std::size_t batch_size = 16;

  struct Candidate {
    Fingerprint fingerprint;
    const std::uint64_t* parent;
    Move move;
    std::uint32_t word;
    std::uint64_t value;
    ClassId local;
  };
  struct Parent {
    std::uint32_t state;
    std::uint32_t thread : 4;
    std::uint32_t choice : 28;
  };

  static Header& header(std::uint64_t* record) { return *reinterpret_cast<Header*>(record); }
  static const Header& header(const std::uint64_t* record) {
    return *reinterpret_cast<const Header*>(record);
  }
  static const std::uint64_t* world(const std::uint64_t* record) { return record + header_words; }

  void push_initial();
  bool take_batch(SearchOrder order);
  void expand(std::uint64_t* record);
  void expand_thread(std::uint64_t* record, unsigned thread);
  void check_new_state(std::uint64_t* record, unsigned moved);
  void commit(const Candidate& candidate);
  Fingerprint fingerprint_bytes(const std::uint64_t* record, unsigned thread, ClassId local,
                                const Effect& effect);
  void report(std::optional<Broken> broken, const Header& at, std::optional<Move> last);
  bool stop_now(const char* phase);

  Automaton* automaton_;
  const Options* options_;
  std::span<const std::uint64_t> initial_world_;
  Limits* limits_;
  StateGraph* graph_;
  unsigned threads_;
  bool raw_;
  StepChecks checks_;
  std::size_t record_words_;

  FingerprintTable visited_;
  Frontier frontier_;
  std::deque<Parent> parents_; // by state number
  std::vector<std::uint64_t> batch_;
  std::size_t batch_used_ = 0;
  std::vector<Candidate> candidates_;
  std::vector<std::uint64_t> scratch_;
  std::uint64_t transitions_ = 0;
  std::uint64_t depth_ = 0;
  std::uint64_t max_length_ = 0;
  bool stop_at_finding_ = true;
  std::optional<Finding> finding_;
};

} // namespace gupcheck::engine
