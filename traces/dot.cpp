// SPDX-License-Identifier: GPL-2.0-only
//
// See dot.hpp. Boost.Graph holds the graph, reduces it and writes it.
#include "traces/dot.hpp"

#include "traces/dependence.hpp"
#include "traces/dot_style.hpp"
#include "traces/dot_text.hpp"
#include "traces/reduction.hpp"
#include "traces/steps.hpp"
#include "traces/summary.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

struct Node {
  std::string id;
  DotAttributes attributes;
};

using Drawing = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, DotAttributes>;

std::size_t drawn_steps(const Counterexample& trace, const DotOptions& options) {
  return Steps(trace).size() - (options.unfold ? 0 : steps_that_do_not_matter(trace));
}

class Picture {
public:
  Picture(const Counterexample& trace, const DotOptions& options)
      : trace_(trace),
        steps_(trace),
        dependences_(dependences(trace)),
        node_of_(steps_.size() + trace.pending.size()) {
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (options.unfold || steps_[i].matters)
        add_node(i, fmt::format("step_{}", i + 1), look_of_step(trace, i, seen_by(i)));
    for (std::size_t thread = 0; thread < trace.pending.size(); ++thread)
      add_node(steps_.size() + thread, fmt::format("end_{}", thread + 1),
               look_of_end(trace, thread, is_to_blame(thread), seen_by(steps_.size() + thread)));
    add_program_order();
    for (const Relation relation : {Relation::reads_from, Relation::lock_order, Relation::waits_for})
      add_relation(relation);
    add_cycle();
    add_names();
    add_time();
    add_break();
  }

  std::string write() const {
    std::ostringstream out;
    const auto head = [this](std::ostream& to) { write_head(to); };
    boost::write_graphviz(
        out, drawing_,
        [this](std::ostream& to, Drawing::vertex_descriptor node) {
          to << dot_list(drawing_[node].attributes);
        },
        [this](std::ostream& to, const Drawing::edge_descriptor& edge) { to << dot_list(drawing_[edge]); },
        head, boost::get(&Node::id, drawing_));
    return out.str();
  }

private:
  std::size_t thread_of(std::size_t step) const {
    return step < steps_.size() ? steps_[step].move.thread : step - steps_.size();
  }

  // Those of a step or a thread's end.
  std::vector<Dependence> seen_by(std::size_t step) const {
    const auto before = [](const Dependence& one, std::size_t to) { return one.to < to; };
    const auto first = std::lower_bound(dependences_.begin(), dependences_.end(), step, before);
    return {first, std::lower_bound(first, dependences_.end(), step + 1, before)};
  }

  // Whether it is what the thread is about to do that breaks.
  bool is_to_blame(std::size_t thread) const {
    const Pending& pending = trace_.pending[thread];
    return !trace_.check.empty() && (fails(pending) || (nobody_can_move(trace_) && !pending.finished));
  }

  void add_node(std::size_t step, const std::string& id, const DotAttributes& look) {
    node_of_[step] = boost::add_vertex(Node{id, look}, drawing_);
    drawn_.push_back(step);
  }

  void add_edge(std::size_t from, std::size_t to, const DotAttributes& look) {
    boost::add_edge(*node_of_[from], *node_of_[to], look, drawing_);
  }

  void add_program_order() {
    std::vector<std::optional<std::size_t>> last(trace_.threads.size());
    std::vector<std::size_t> left_out(trace_.threads.size());
    for (std::size_t step = 0; step < node_of_.size(); ++step) {
      const std::size_t thread = thread_of(step);
      if (!node_of_[step]) {
        ++left_out[thread];
        continue;
      }
      if (last[thread]) {
        add_edge(*last[thread], step, look_of_order(left_out[thread]));
        program_order_.emplace_back(*last[thread], step);
      }
      last[thread] = step;
      left_out[thread] = 0;
    }
  }

  // Those between threads that do not follow from program order and the others of the kind. Within a thread
  // they all follow.
  void add_relation(Relation relation) {
    DotAttributes look = look_of(relation);
    look["constraint"] = "false";
    std::vector<OrderEdge> edges;
    for (const Dependence& one : dependences_) {
      if (one.relation != relation || !node_of_[one.from] || !node_of_[one.to]) continue;
      if (thread_of(one.from) == thread_of(one.to)) continue;
      if (one.from >= one.to) {
        DotAttributes back = look;
        back["label"] += " in the next round";
        add_edge(one.from, one.to, back);
      } else {
        edges.emplace_back(one.from, one.to);
      }
    }
    const std::set<OrderEdge> kept = irredundant(node_of_.size(), program_order_, edges);
    for (const auto& [from, to] : edges)
      if (kept.contains({from, to})) add_edge(from, to, look);
  }

  void add_cycle() {
    std::optional<std::size_t> first;
    std::optional<std::size_t> last;
    for (std::size_t step = trace_.stem.size(); step < steps_.size(); ++step) {
      if (!node_of_[step]) continue;
      if (!first) first = step;
      last = step;
    }
    if (first) add_edge(*last, *first, look_of_cycle());
  }

  // Each step below the one before, whoever makes it.
  void add_time() {
    std::optional<std::size_t> above;
    for (const std::size_t step : drawn_) {
      if (above && thread_of(*above) != thread_of(step)) add_edge(*above, step, look_of_nothing());
      if (step < steps_.size()) above = step;
    }
  }

  void add_break() {
    if (trace_.check.empty() || !trace_.cycle.empty())
      return; // a cycle has no end: the edge back is the break
    const std::size_t broken = boost::add_vertex(Node{"broken", look_of_break(trace_)}, drawing_);
    bool by_a_thread = false;
    for (std::size_t thread = 0; thread < trace_.pending.size(); ++thread) {
      const bool blamed = is_to_blame(thread);
      by_a_thread = by_a_thread || blamed;
      boost::add_edge(*node_of_[steps_.size() + thread], broken, blamed ? look_of_cause() : look_of_nothing(),
                      drawing_);
    }
    if (!by_a_thread && steps_.size() != 0 && node_of_[steps_.size() - 1])
      boost::add_edge(*node_of_[steps_.size() - 1], broken, look_of_cause(), drawing_);
  }

  // The threads' names, from left to right in the first row.
  void add_names() {
    DotAttributes above = look_of_nothing();
    above["weight"] = "20";
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      const Node node{fmt::format("thread_{}", thread + 1), look_of_name(trace_.threads[thread])};
      names_.push_back(boost::add_vertex(node, drawing_));
      if (thread != 0) boost::add_edge(names_[thread - 1], names_[thread], look_of_nothing(), drawing_);
      const auto first = std::find_if(drawn_.begin(), drawn_.end(),
                                      [&](std::size_t step) { return thread_of(step) == thread; });
      if (first != drawn_.end()) boost::add_edge(names_[thread], *node_of_[*first], above, drawing_);
    }
  }

  void write_head(std::ostream& out) const {
    out << defaults_of_graph(trace_);
    const DotAttributes box{{"label", ""}, {"style", "rounded"}, {"color", "#c0bfbc"}, {"margin", "14"}};
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      out << "subgraph " << dot_quoted(fmt::format("cluster_{}", thread + 1)) << " {\n"
          << "graph " << dot_list(box) << ";\n"
          << drawing_[names_[thread]].id << ";\n";
      for (const std::size_t step : drawn_)
        if (thread_of(step) == thread) out << drawing_[*node_of_[step]].id << ";\n";
      out << "}\n";
    }
    std::vector<Drawing::vertex_descriptor> last_row;
    for (const std::size_t step : drawn_)
      if (step >= steps_.size()) last_row.push_back(*node_of_[step]);
    for (const auto& row : {names_, last_row}) {
      out << "{ rank=same;";
      for (const Drawing::vertex_descriptor node : row) out << ' ' << drawing_[node].id << ';';
      out << " }\n";
    }
  }

  const Counterexample& trace_;
  Steps steps_;
  std::vector<Dependence> dependences_;
  Drawing drawing_;
  std::vector<std::optional<std::size_t>> node_of_; // of each step, and of each thread's end
  std::vector<Drawing::vertex_descriptor> names_;   // of the threads
  std::vector<std::size_t> drawn_;                  // those that have one
  std::vector<OrderEdge> program_order_;            // between them
};

} // namespace

std::string dot(const Counterexample& trace, const DotOptions& options) {
  require_at_most(trace, max_dot_steps, "a graph");
  if (const std::size_t drawn = drawn_steps(trace, options); drawn > max_dot_nodes)
    throw std::runtime_error(
        fmt::format("a graph of it has {} steps, and Graphviz draws {} at most", drawn, max_dot_nodes));
  return Picture(trace, options).write();
}

} // namespace gupcheck::traces
