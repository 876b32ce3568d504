// SPDX-License-Identifier: GPL-2.0-only
//
// Livelock and starvation by their definitions: for each set of threads, is there a cycle in which exactly
// these move, and is that fair to the others? Exponential in the threads, quadratic in memory accesses: for
// small graphs only.
#pragma once

#include "model/engine/explore.hpp"

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace gupcheck::engine::test {

class PlainGraph {
public:
  void node(std::size_t number, unsigned live, unsigned enabled) {
    reserve(number);
    nodes_[number].live = live;
    nodes_[number].enabled = enabled;
  }
  void edge(std::size_t from, std::size_t to, unsigned thread) {
    reserve(from > to ? from : to);
    nodes_[from].edges.push_back({to, thread});
    threads_ |= 1U << thread;
  }

  bool has_livelock() const {
    return has_cycle([](unsigned live, unsigned moving, unsigned) { return live == moving; }, Fairness::none);
  }
  bool has_starvation(Fairness fairness) const {
    return has_cycle(
        [fairness](unsigned live, unsigned moving, unsigned blocked_somewhere) {
          const unsigned resting = live & ~moving;
          return resting != 0 && (fairness != Fairness::weak || (resting & ~blocked_somewhere) == 0);
        },
        fairness);
  }

private:
  struct Edge {
    std::size_t to;
    unsigned thread;
  };
  struct Node {
    unsigned live = 0;
    unsigned enabled = 0;
    std::vector<Edge> edges;
  };
  using Judge = std::function<bool(unsigned live, unsigned moving, unsigned blocked_somewhere)>;

  void reserve(std::size_t number) {
    if (nodes_.size() <= number) nodes_.resize(number + 1);
  }

  // A strongly connected part, by moves of exactly the threads in `moving`, that the judge accepts; with
  // strong fairness without the states in which another live thread could move.
  bool has_cycle(const Judge& judge, Fairness fairness) const {
    for (unsigned moving = 1; moving <= threads_; ++moving) {
      const auto inside = [&](std::size_t number) {
        return fairness != Fairness::strong || (nodes_[number].enabled & nodes_[number].live & ~moving) == 0;
      };
      const std::vector<std::size_t> component = components(moving, inside);
      std::vector<unsigned> moved(nodes_.size());
      std::vector<unsigned> blocked(nodes_.size());
      std::vector<unsigned> live(nodes_.size());
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (!inside(i)) continue;
        live[component[i]] = nodes_[i].live;
        blocked[component[i]] |= nodes_[i].live & ~nodes_[i].enabled;
        for (const Edge& edge : nodes_[i].edges)
          if ((moving >> edge.thread & 1U) != 0 && inside(edge.to) && component[edge.to] == component[i])
            moved[component[i]] |= 1U << edge.thread;
      }
      for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (moved[i] == moving && judge(live[i], moving, blocked[i])) return true;
    }
    return false;
  }

  // The number of each state's component: Kosaraju's two passes.
  template <class Inside> std::vector<std::size_t> components(unsigned moving, Inside inside) const {
    std::vector<std::vector<std::size_t>> forward(nodes_.size());
    std::vector<std::vector<std::size_t>> backward(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      for (const Edge& edge : nodes_[i].edges)
        if ((moving >> edge.thread & 1U) != 0 && inside(i) && inside(edge.to)) {
          forward[i].push_back(edge.to);
          backward[edge.to].push_back(i);
        }
    std::vector<std::size_t> finished;
    std::vector<bool> seen(nodes_.size());
    for (std::size_t root = 0; root < nodes_.size(); ++root) {
      if (seen[root]) continue;
      seen[root] = true;
      std::vector<std::pair<std::size_t, std::size_t>> path{{root, 0}};
      while (!path.empty()) {
        auto& [node, next] = path.back();
        if (next == forward[node].size()) {
          finished.push_back(node);
          path.pop_back();
        } else if (const std::size_t to = forward[node][next++]; !seen[to]) {
          seen[to] = true;
          path.emplace_back(to, 0);
        }
      }
    }
    constexpr std::size_t none = ~std::size_t{0};
    std::vector<std::size_t> component(nodes_.size(), none);
    for (auto root = finished.rbegin(); root != finished.rend(); ++root) {
      std::vector<std::size_t> todo;
      if (component[*root] == none) todo.push_back(*root);
      while (!todo.empty()) {
        const std::size_t node = todo.back();
        todo.pop_back();
        if (component[node] != none) continue;
        component[node] = *root;
        for (const std::size_t to : backward[node]) todo.push_back(to);
      }
    }
    return component;
  }

  std::vector<Node> nodes_;
  unsigned threads_ = 0; // that move at all
};

} // namespace gupcheck::engine::test
