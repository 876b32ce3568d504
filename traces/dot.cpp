// SPDX-License-Identifier: GPL-2.0-only
//
// See dot.hpp. Boost.Graph holds the graph, reduces it and writes it.
#include "traces/dot.hpp"

#include "traces/dependence.hpp"
#include "traces/dot_style.hpp"
#include "traces/dot_text.hpp"
#include "traces/reduction.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;

struct Node {
  std::string id;
  DotAttributes attributes;
};

using Drawing = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, Node, DotAttributes>;

bool fails(const Pending& pending) {
  return !pending.finished &&
         (pending.action.kind == OperationKind::failed || pending.action.kind == OperationKind::fault);
}

// The words in a node, with the function that they are of.
std::string node_label(const std::string& text, const Action& action) {
  std::string label = dot_label(text, dot_columns);
  if (!action.where.function.empty()) label += dot_label("in " + action.where.function + "()", dot_columns);
  return label;
}

class Picture {
public:
  Picture(const Counterexample& trace, const DotOptions& options)
      : trace_(trace),
        steps_(trace),
        dependences_(dependences(trace)),
        node_of_(steps_.size() + trace.pending.size()) {
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (options.unfold || steps_[i].matters) add_step(i);
    for (std::size_t thread = 0; thread < trace.pending.size(); ++thread) add_pending(thread);
    add_program_order();
    for (const Relation relation : {Relation::reads_from, Relation::lock_order, Relation::waits_for})
      add_relation(relation);
    add_cycle();
    add_heads();
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

  void add_step(std::size_t i) {
    const Step& step = steps_[i];
    std::string tooltip = fmt::format("step {} of {}", i + 1, dot_plain(trace_.threads[step.move.thread]));
    tooltip += "\\n" + dot_plain(words(step.action.where));
    if (const std::string path = call_path(step.action.stack); !path.empty())
      tooltip += "\\n" + dot_plain(path);
    for (const Dependence& one : dependences_)
      if (one.to == i)
        tooltip += fmt::format("\\n{} step {}",
                               one.relation == Relation::reads_from   ? "sees what came of"
                               : one.relation == Relation::lock_order ? "takes the lock after"
                                                                      : "waited for",
                               one.from + 1);
    for (const PictureLine& line : step.changed)
      tooltip += "\\n=> " + dot_plain(line.name + ": " + (line.state.empty() ? "gone" : line.state));
    DotAttributes look{{"label", node_label(fmt::format("{}  {}", i + 1, words(step)), step.action)},
                       {"tooltip", tooltip},
                       {"fillcolor", thread_fills.at(step.move.thread % thread_fills.size())}};
    if (i >= trace_.stem.size()) {
      look["color"] = cycle_colour;
      look["penwidth"] = "2";
    }
    if (!step.matters) {
      look["fillcolor"] = "#ffffff";
      look["color"] = look["fontcolor"] = faint_colour;
    }
    add_node(i, fmt::format("step_{}", i + 1), look);
  }

  void add_pending(std::size_t thread) {
    const Pending& pending = trace_.pending[thread];
    DotAttributes look{{"style", "rounded,filled,dashed"}, {"fillcolor", "#ffffff"}};
    if (pending.finished) {
      look["label"] = dot_label(words(pending), dot_columns);
      look["tooltip"] = dot_plain(trace_.threads[thread]);
    } else {
      look["label"] = node_label(words(pending), pending.action);
      look["tooltip"] = dot_plain(trace_.threads[thread]) + "\\n" + dot_plain(words(pending.action.where));
    }
    if (fails(pending) || (nobody_can_move() && !pending.finished)) {
      look["color"] = broken_colour;
      look["penwidth"] = "2";
    }
    add_node(steps_.size() + thread, fmt::format("end_{}", thread + 1), look);
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
        DotAttributes look{{"color", order_colour}, {"weight", "20"}};
        if (const std::size_t count = left_out[thread]; count != 0) {
          look["label"] = fmt::format(" {} {} left out", count, count == 1 ? "step" : "steps");
          look["fontcolor"] = order_colour;
        }
        add_edge(*last[thread], step, look);
        program_order_.emplace_back(*last[thread], step);
      }
      last[thread] = step;
      left_out[thread] = 0;
    }
  }

  // Those between threads that do not follow from program order and the others of the kind. Within a thread
  // they all follow.
  void add_relation(Relation relation) {
    std::vector<OrderEdge> edges;
    for (const Dependence& one : dependences_) {
      if (one.relation != relation || !node_of_[one.from] || !node_of_[one.to]) continue;
      if (thread_of(one.from) == thread_of(one.to)) continue;
      if (one.from >= one.to) {
        DotAttributes look = style_of(relation);
        look["label"] += " in the next round";
        look["constraint"] = "false";
        add_edge(one.from, one.to, look);
      } else {
        edges.emplace_back(one.from, one.to);
      }
    }
    const std::set<OrderEdge> kept = irredundant(node_of_.size(), program_order_, edges);
    for (const auto& [from, to] : edges) {
      if (!kept.contains({from, to})) continue;
      DotAttributes look = style_of(relation);
      look["constraint"] = "false";
      add_edge(from, to, look);
    }
  }

  void add_cycle() {
    std::optional<std::size_t> first;
    std::optional<std::size_t> last;
    for (std::size_t step = trace_.stem.size(); step < steps_.size(); ++step) {
      if (!node_of_[step]) continue;
      if (!first) first = step;
      last = step;
    }
    if (!first) return;
    add_edge(*last, *first,
             {{"color", cycle_colour},
              {"fontcolor", cycle_colour},
              {"label", " for ever"},
              {"penwidth", "2.5"},
              {"constraint", "false"}});
  }

  // Each step below the one before, whoever makes it.
  void add_time() {
    const DotAttributes unseen{{"style", "invis"}};
    std::optional<std::size_t> above;
    for (const std::size_t step : drawn_) {
      if (above && thread_of(*above) != thread_of(step)) add_edge(*above, step, unseen);
      if (step < steps_.size()) above = step;
    }
  }

  // No thread failed by itself, and none can go on.
  bool nobody_can_move() const {
    return trace_.cycle.empty() &&
           std::none_of(trace_.pending.begin(), trace_.pending.end(),
                        [](const Pending& it) { return it.enabled || fails(it); }) &&
           !std::all_of(trace_.pending.begin(), trace_.pending.end(),
                        [](const Pending& it) { return it.finished; });
  }

  void add_break() {
    if (!trace_.cycle.empty()) return; // it has no end: the edge back is the break
    const std::size_t broken =
        boost::add_vertex(Node{"broken",
                               {{"label", dot_label("BROKEN  " + trace_.check + ": " + trace_.message, 60)},
                                {"tooltip", dot_plain(trace_.explanation)},
                                {"shape", "octagon"},
                                {"style", "filled"},
                                {"fillcolor", broken_colour},
                                {"fontcolor", "#ffffff"},
                                {"color", broken_colour}}},
                          drawing_);
    const DotAttributes look{{"color", broken_colour}, {"penwidth", "2"}};
    const bool a_thread_fails = std::any_of(trace_.pending.begin(), trace_.pending.end(), fails);
    const DotAttributes unseen{{"style", "invis"}};
    for (std::size_t thread = 0; thread < trace_.pending.size(); ++thread) {
      const Pending& pending = trace_.pending[thread];
      const bool culprit = fails(pending) || (nobody_can_move() && !pending.finished);
      boost::add_edge(*node_of_[steps_.size() + thread], broken, culprit ? look : unseen, drawing_);
    }
    if (!a_thread_fails && !nobody_can_move() && steps_.size() != 0 && node_of_[steps_.size() - 1])
      boost::add_edge(*node_of_[steps_.size() - 1], broken, look, drawing_);
  }

  // The threads' names, from left to right in the first row.
  void add_heads() {
    const DotAttributes unseen{{"style", "invis"}};
    DotAttributes above = unseen;
    above["weight"] = "20";
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      const std::string name = dot_plain(trace_.threads[thread]);
      const Node node{
          fmt::format("thread_{}", thread + 1),
          {{"label", name}, {"tooltip", name}, {"shape", "plaintext"}, {"style", ""}, {"fontsize", "14"}}};
      heads_.push_back(boost::add_vertex(node, drawing_));
      if (thread != 0) boost::add_edge(heads_[thread - 1], heads_[thread], unseen, drawing_);
      const auto first = std::find_if(drawn_.begin(), drawn_.end(),
                                      [&](std::size_t step) { return thread_of(step) == thread; });
      if (first != drawn_.end()) boost::add_edge(heads_[thread], *node_of_[*first], above, drawing_);
    }
  }

  void write_head(std::ostream& out) const {
    std::string title = dot_label("BROKEN  " + trace_.check + ": " + trace_.message, 90);
    title += dot_label(trace_.subject.scenario +
                           (trace_.subject.kernel.empty() ? "" : ", kernel " + trace_.subject.kernel),
                       90);
    if (!trace_.explanation.empty()) title += dot_label(trace_.explanation, 90);
    out << "graph "
        << dot_list({{"label", title + "\\l"},
                     {"labelloc", "t"},
                     {"labeljust", "l"},
                     {"fontname", "Helvetica"},
                     {"fontsize", "14"},
                     {"nodesep", "0.6"},
                     {"ranksep", "0.28"},
                     {"newrank", "true"}, // else each box has a time of its own

                     {"pad", "0.3"}})
        << ";\n";
    out << "node "
        << dot_list({{"shape", "box"},
                     {"style", "rounded,filled"},
                     {"fillcolor", "#ffffff"},
                     {"fontname", "Helvetica"},
                     {"fontsize", "11"},
                     {"color", "#5e5c64"},
                     {"margin", "0.12,0.06"},
                     {"height", "0.3"}})
        << ";\n";
    out << "edge " << dot_list({{"fontname", "Helvetica"}, {"fontsize", "9"}, {"arrowsize", "0.7"}}) << ";\n";
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      out << "subgraph " << dot_quoted(fmt::format("cluster_{}", thread + 1)) << " {\n";
      out << "graph "
          << dot_list({{"label", ""}, {"style", "rounded"}, {"color", "#c0bfbc"}, {"margin", "14"}}) << ";\n"
          << drawing_[heads_[thread]].id << ";\n";
      for (const std::size_t step : drawn_)
        if (thread_of(step) == thread) out << drawing_[*node_of_[step]].id << ";\n";
      out << "}\n";
    }
    std::vector<Drawing::vertex_descriptor> last_row;
    for (const std::size_t step : drawn_)
      if (step >= steps_.size()) last_row.push_back(*node_of_[step]);
    for (const auto& row : {heads_, last_row}) {
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
  std::vector<Drawing::vertex_descriptor> heads_;   // of the threads
  std::vector<std::size_t> drawn_;                  // those that have one
  std::vector<OrderEdge> program_order_;            // between them
};

} // namespace

std::string dot(const Counterexample& trace, const DotOptions& options) {
  return Picture(trace, options).write();
}

} // namespace gupcheck::traces
