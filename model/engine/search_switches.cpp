// SPDX-License-Identifier: GPL-2.0-only
//
// Of all shortest schedules that break a check, one that goes from thread to thread least often. See
// search.hpp.
//
// All shortest ways to a state lead from level to level, so one pass over the graph from its last level to
// its first gives for each state, and each thread that may move in it next, how many switches it takes from
// there to a break. Costs 16 bytes a state beside the graph.
#include "model/engine/search_worker.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <tuple>

namespace gupcheck::engine {

namespace {

using Edge = StateGraph::Edge;
using Count = std::uint16_t;
constexpr Count never = std::numeric_limits<Count>::max();

// Where schedules end: in a state, or with a step that is made in it.
struct Ends {
  std::vector<bool> in; // by state
  std::vector<Edge> by; // their `to` means nothing
};

class Switches {
public:
  // `edges`: those that lead from a level to the next.
  Switches(std::vector<Edge> edges, const Ends& ends)
      : edges_(std::move(edges)), ends_(ends), least_(ends.in.size()) {
    for (auto& of_state : least_) of_state.fill(never);
    for (const Edge& end : ends.by) least_[end.from][end.thread] = 0;
    std::sort(edges_.begin(), edges_.end()); // by `from`: level by level
    for (auto edge = edges_.rbegin(); edge != edges_.rend(); ++edge) {
      Count& least = least_[edge->from][edge->thread];
      least = std::min(least, after(edge->to, edge->thread));
    }
  }

  // From the initial state, to which `last` moved (or nobody: max_threads); of several threads that one moves
  // first which moved before, or else has the least number.
  std::vector<Move> schedule(unsigned last) const {
    std::vector<Move> moves;
    std::uint32_t state = 0;
    while (!ends_.in[state]) {
      last = next(state, last);
      const Edge key{.from = state, .to = 0, .thread = last & 15U};
      const Count least = least_[state][last];
      const auto end = std::find_if(ends_.by.begin(), ends_.by.end(),
                                    [&](const Edge& by) { return by.from == state && by.thread == last; });
      if (end != ends_.by.end()) {
        moves.push_back(end->move());
        return moves;
      }
      auto edge = std::lower_bound(edges_.begin(), edges_.end(), key);
      while (after(edge->to, last) != least) ++edge;
      moves.push_back(edge->move());
      state = edge->to;
    }
    return moves;
  }

private:
  // Who moves next on a way with the fewest switches.
  unsigned next(std::uint32_t state, unsigned last) const {
    const auto cost = [&](unsigned thread) {
      const Count least = least_[state][thread];
      return least == never ? never : static_cast<Count>(least + (last != max_threads && thread != last));
    };
    unsigned best = last == max_threads ? 0 : last;
    for (unsigned thread = 0; thread < max_threads; ++thread)
      if (cost(thread) < cost(best)) best = thread;
    return best;
  }
  // The switches on from this state, to which `last` moved.
  Count after(std::uint32_t state, unsigned last) const {
    if (ends_.in[state]) return 0;
    Count least = never;
    for (unsigned thread = 0; thread < max_threads; ++thread)
      if (const Count there = least_[state][thread]; there != never)
        least = std::min(least, static_cast<Count>(there + (thread != last)));
    return least;
  }

  std::vector<Edge> edges_;
  const Ends& ends_;
  std::vector<std::array<Count, max_threads>> least_; // by state, by the thread that moves in it
};

Edge edge_of(const Finding& finding) {
  return {.from = static_cast<std::uint32_t>(finding.number),
          .to = 0,
          .thread = finding.last->thread & 15U,
          .choice = finding.last->choice & 4095U};
}

} // namespace

std::vector<Move> Search::schedule_with_fewest_switches(std::optional<unsigned> moved_before) {
  std::vector<std::uint32_t> levels(numbering_->size());
  for (std::uint32_t state = 1; state < levels.size(); ++state)
    levels[state] = levels[numbering_->origin(state).from] + 1;
  const auto length = [&](const Finding& finding) {
    return levels[finding.number] + finding.last.has_value();
  };

  // What a replay comes to first after each step and in each state.
  std::map<Edge, const Finding*> by_step;
  std::map<std::uint64_t, const Finding*> by_state;
  std::sort(all_findings_.begin(), all_findings_.end());
  for (const Finding& finding : all_findings_) {
    if (finding.last) {
      by_step.try_emplace(edge_of(finding), &finding);
    } else {
      by_state.try_emplace(finding.number, &finding);
    }
  }
  const auto is_end = [&](const Finding& finding) {
    return finding.check == finding_->check && length(finding) == length(*finding_);
  };
  Ends ends{.in = std::vector<bool>(levels.size()), .by = {}};
  for (const auto& [edge, finding] : by_step)
    if (is_end(*finding)) ends.by.push_back(edge);
  for (const auto& [state, finding] : by_state)
    if (is_end(*finding)) ends.in[state] = true;

  std::vector<Edge> edges;
  for (const Edge& edge : mode_.graph->edges)
    if (levels[edge.to] == levels[edge.from] + 1 && !by_step.contains(edge)) edges.push_back(edge);
  return Switches(std::move(edges), ends).schedule(moved_before.value_or(max_threads));
}

} // namespace gupcheck::engine
