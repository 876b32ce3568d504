// SPDX-License-Identifier: GPL-2.0-only
//
// Fair cycles. See cycles.hpp.
#include "model/engine/cycles.hpp"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>

#include <algorithm>
#include <deque>
#include <numeric>

namespace gupcheck::engine {

namespace {

using Csr = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                               boost::no_property, std::uint32_t, std::uint32_t>;
using Edge = StateGraph::Edge;

// A strongly connected part of the graph with at least one edge inside.
struct Component {
  std::vector<std::uint32_t> states;
  std::vector<Edge> edges; // inside, sorted by origin
  unsigned moving = 0;     // threads that take steps in it
  // Threads that could, and live ones that cannot, in at least one state of it or within a transaction.
  unsigned enabled_somewhere = 0;
  unsigned blocked_somewhere = 0;
  unsigned live = 0; // the same in all of its states: finishing is for ever
};

bool by_origin(const Edge& a, const Edge& b) { return a.from < b.from; }

// The components of the graph that these edges make; `whole`: they are all edges.
std::vector<Component> components_of(const StateGraph& graph, const std::vector<Edge>& edges,
                                     bool whole = false) {
  // Number the states densely; those of the whole graph are.
  std::vector<std::uint32_t> states;
  if (whole) {
    states.resize(graph.live.size());
    std::iota(states.begin(), states.end(), 0U);
  } else {
    for (const Edge& edge : edges) {
      states.push_back(edge.from);
      states.push_back(edge.to);
    }
    std::sort(states.begin(), states.end());
    states.erase(std::unique(states.begin(), states.end()), states.end());
  }
  const auto index = [&](std::uint32_t state) {
    return whole ? state
                 : static_cast<std::uint32_t>(std::lower_bound(states.begin(), states.end(), state) -
                                              states.begin());
  };
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  pairs.reserve(edges.size());
  for (const Edge& edge : edges) pairs.emplace_back(index(edge.from), index(edge.to));
  const Csr csr(boost::edges_are_unsorted_multi_pass, pairs.begin(), pairs.end(),
                static_cast<std::uint32_t>(states.size()));
  std::vector<std::uint32_t> component(states.size());
  const auto count = boost::strong_components(
      csr, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, csr)));

  // Nearly all components are single states without an edge inside; only the others are worth an object.
  constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::uint32_t> part_of(count, none);
  std::vector<Component> parts;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const std::uint32_t number = component[pairs[i].first];
    if (number != component[pairs[i].second]) continue;
    if (part_of[number] == none) {
      part_of[number] = static_cast<std::uint32_t>(parts.size());
      parts.emplace_back();
    }
    Component& part = parts[part_of[number]];
    part.edges.push_back(edges[i]);
    part.moving |= 1U << edges[i].thread;
    part.enabled_somewhere |= edges[i].enabled_between;
    part.blocked_somewhere |= edges[i].blocked_between;
  }
  for (std::uint32_t i = 0; i < states.size(); ++i) {
    if (part_of[component[i]] == none) continue;
    Component& part = parts[part_of[component[i]]];
    const unsigned live = graph.live[states[i]];
    const unsigned enabled = graph.enabled[states[i]];
    part.states.push_back(states[i]);
    part.live = live;
    part.enabled_somewhere |= enabled;
    part.blocked_somewhere |= live & ~enabled;
  }
  for (Component& part : parts) std::sort(part.edges.begin(), part.edges.end());
  // The order of Boost's numbers means nothing to a reader: the component that was found first comes first.
  std::sort(parts.begin(), parts.end(),
            [](const Component& a, const Component& b) { return a.states.front() < b.states.front(); });
  return parts;
}

// Shortest walks in a part of the graph. A goal is a set of states or of edges.
class Walker {
public:
  Walker(const std::vector<Edge>& sorted_edges, std::size_t states)
      : edges_(&sorted_edges), came_by_(states, none) {}

  // From `from` to the nearest state for which `goal` holds, at least one step away if `leave`.
  template <class Goal>
  std::optional<std::uint32_t> walk(std::uint32_t from, Goal goal, std::vector<Move>& moves) {
    std::deque<std::uint32_t> queue{from};
    std::vector<std::uint32_t> touched;
    std::optional<std::uint32_t> last_edge;
    while (!queue.empty() && !last_edge) {
      const std::uint32_t state = queue.front();
      queue.pop_front();
      for (auto edge = std::lower_bound(edges_->begin(), edges_->end(), Edge{.from = state}, by_origin);
           edge != edges_->end() && edge->from == state && !last_edge; ++edge) {
        const auto number = static_cast<std::uint32_t>(edge - edges_->begin());
        if (goal(*edge)) {
          last_edge = number;
        } else if (edge->to != from && came_by_[edge->to] == none) {
          came_by_[edge->to] = number;
          touched.push_back(edge->to);
          queue.push_back(edge->to);
        }
      }
    }
    std::optional<std::uint32_t> end;
    if (last_edge) {
      end = (*edges_)[*last_edge].to;
      std::vector<Move> path{(*edges_)[*last_edge].move()};
      for (std::uint32_t state = (*edges_)[*last_edge].from; state != from;
           state = (*edges_)[came_by_[state]].from)
        path.push_back((*edges_)[came_by_[state]].move());
      moves.insert(moves.end(), path.rbegin(), path.rend());
    }
    for (const std::uint32_t state : touched) came_by_[state] = none;
    return end;
  }

private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  const std::vector<Edge>* edges_;
  std::vector<std::uint32_t> came_by_;
};

// A way into the component and one round in it that lets every thread move that moves in it, and passes a
// state where each of the others is blocked, so that the round itself is as fair as the component.
void make_lasso(const StateGraph& graph, const Component& component, Lasso& lasso) {
  std::vector<Edge> all_edges = graph.edges;
  std::sort(all_edges.begin(), all_edges.end());
  Walker everywhere(all_edges, graph.live.size());
  const auto inside = [&](std::uint32_t state) {
    return std::binary_search(component.states.begin(), component.states.end(), state);
  };
  std::optional<std::uint32_t> found;
  for (lasso.root = 0; !found && lasso.root < graph.roots; ++lasso.root)
    found = inside(lasso.root)
                ? std::optional(lasso.root)
                : everywhere.walk(
                      lasso.root, [&](const Edge& edge) { return inside(edge.to); }, lasso.stem);
  --lasso.root;
  const std::uint32_t entry = found.value();

  Walker within(component.edges, graph.live.size());
  std::uint32_t state = entry;
  const auto go = [&](auto goal) {
    if (const auto reached = within.walk(state, goal, lasso.cycle)) state = *reached;
  };
  const unsigned resting = component.live & ~component.moving;
  for (unsigned thread = 0; thread < max_threads; ++thread) {
    const unsigned bit = 1U << thread;
    if ((component.moving & bit) != 0) go([&](const Edge& edge) { return edge.thread == thread; });
    if ((resting & component.blocked_somewhere & bit) != 0 && (graph.enabled[state] & bit) != 0)
      go([&](const Edge& edge) {
        return (graph.enabled[edge.to] & bit) == 0 || (edge.blocked_between & bit) != 0;
      });
  }
  if (state != entry) go([&](const Edge& edge) { return edge.to == entry; });
}

// Threads that can move somewhere along an edge.
unsigned enabled_along(const StateGraph& graph, const Edge& edge) {
  return unsigned{graph.enabled[edge.from]} | graph.enabled[edge.to] | edge.enabled_between;
}

// A part of `component` in which `starved` takes no step and everybody else is treated fairly.
std::optional<Component> starving_part(const StateGraph& graph, const Component& component, unsigned starved,
                                       Fairness fairness) {
  std::vector<Edge> edges;
  for (const Edge& edge : component.edges) {
    const bool starved_enabled = (enabled_along(graph, edge) >> starved & 1U) != 0;
    if (edge.thread == starved || (fairness == Fairness::strong && starved_enabled)) continue;
    edges.push_back(edge);
  }
  for (const Component& part : components_of(graph, edges)) {
    const unsigned resting = part.live & ~part.moving;
    switch (fairness) {
    case Fairness::none: return part;
    case Fairness::weak:
      if ((resting & ~part.blocked_somewhere) == 0) return part;
      break;
    case Fairness::strong: {
      const unsigned wronged = resting & part.enabled_somewhere;
      if (wronged == 0) return part;
      // Leave the states where such a thread could move and look again in what remains (Streett).
      std::vector<Edge> rest;
      for (const Edge& edge : part.edges)
        if ((enabled_along(graph, edge) & wronged) == 0) rest.push_back(edge);
      for (const Component& smaller : components_of(graph, rest))
        if (auto found = starving_part(graph, smaller, starved, fairness)) return found;
      break;
    }
    }
  }
  return std::nullopt;
}

// While components are sought: the pairs, Boost's graph and its numbers for each state.
std::uint64_t memory_for_components(const StateGraph& graph) {
  return graph.edges.size() * 12 + graph.live.size() * 24;
}

} // namespace

CyclicStates cyclic_states(const StateGraph& graph, Limits& limits) {
  CyclicStates states;
  if (limits.reached(memory_for_components(graph))) return states;
  states.on_cycle.resize(graph.live.size());
  for (const Component& component : components_of(graph, graph.edges, true)) {
    for (const std::uint32_t state : component.states) states.on_cycle[state] = true;
    states.of_each_part.push_back(component.states.front());
  }
  return states;
}

std::optional<Lasso> find_endless_run(const StateGraph& graph, const Options& options, const Program& program,
                                      Limits& limits) {
  const std::uint64_t memory = memory_for_components(graph);
  if (limits.reached(memory)) return std::nullopt;
  const std::vector<Component> components = components_of(graph, graph.edges, true);
  if (!options.leaves_out(livelock)) {
    for (const Component& component : components) {
      if ((component.live & ~component.moving) != 0) continue;
      Lasso lasso{.check = &livelock, .message = "every thread that has not finished goes round for ever"};
      make_lasso(graph, component, lasso);
      return lasso;
    }
  }
  if (options.leaves_out(starvation)) return std::nullopt;
  for (const Component& component : components) {
    for (unsigned thread = 0; thread < program.threads(); ++thread) {
      if (limits.reached(memory)) return std::nullopt;
      if ((component.live >> thread & 1U) == 0) continue;
      const auto part = starving_part(graph, component, thread, options.fairness);
      if (!part) continue;
      Lasso lasso{.check = &starvation,
                  .message = program.thread_name(thread) + " takes no step while others go round for ever",
                  .starved = thread};
      make_lasso(graph, *part, lasso);
      return lasso;
    }
  }
  return std::nullopt;
}

} // namespace gupcheck::engine
