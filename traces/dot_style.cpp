// SPDX-License-Identifier: GPL-2.0-only
//
// See dot_style.hpp.
#include "traces/dot_style.hpp"

#include "traces/steps.hpp"
#include "traces/summary.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <array>

namespace gupcheck::traces {

namespace {

constexpr std::size_t node_columns = 50;
constexpr std::size_t break_columns = 60;
constexpr std::size_t title_columns = 90;
constexpr const char* broken_mark = "BROKEN  ";
constexpr const char* paper = "#ffffff";
constexpr const char* faint_colour = "#9a9996";
// A light fill for each thread.
constexpr std::array<const char*, engine::max_threads> thread_fills{
    "#dbe9fb", "#fde9cf", "#dcf3dd", "#f3def3", "#fdf6c8", "#d5f1f2", "#f9dcd9", "#e8e4dc"};

// The words in a node, with the function that they are of.
std::string label_of(const std::string& text, const Action& action) {
  std::string label = dot_label(text, node_columns);
  if (!action.where.function.empty()) label += dot_label("in " + action.where.function + "()", node_columns);
  return label;
}

const char* phrase(Relation relation) {
  switch (relation) {
  case Relation::reads_from: return "sees what came of";
  case Relation::lock_order: return "takes the lock after";
  case Relation::waits_for: break;
  }
  return "waits for";
}

std::string lines_of(const std::vector<Dependence>& seen) {
  std::string lines;
  for (const Dependence& one : seen)
    lines += fmt::format("\\n{} step {}", phrase(one.relation), one.from + 1);
  return lines;
}

DotAttributes edge(const char* colour, const char* label, const char* line) {
  return {{"color", colour}, {"fontcolor", colour}, {"label", label}, {"style", line}, {"penwidth", "1.5"}};
}

} // namespace

std::string defaults_of_graph(const Counterexample& trace) {
  std::string title =
      dot_label((trace.check.empty() ? "" : broken_mark) + verdict_words(trace), title_columns);
  title += dot_label(trace.subject.scenario +
                         (trace.subject.kernel.empty() ? "" : ", kernel " + trace.subject.kernel),
                     title_columns);
  if (!trace.explanation.empty()) title += dot_label(trace.explanation, title_columns);
  const DotAttributes graph{{"label", title + "\\l"},
                            {"labelloc", "t"},
                            {"labeljust", "l"},
                            {"fontname", "Helvetica"},
                            {"fontsize", "14"},
                            {"nodesep", "0.6"},
                            {"ranksep", "0.28"},
                            {"newrank", "true"}, // else each box has a time of its own
                            {"pad", "0.3"}};
  const DotAttributes nodes{
      {"shape", "box"},   {"style", "rounded,filled"}, {"fillcolor", paper},    {"fontname", "Helvetica"},
      {"fontsize", "11"}, {"color", "#5e5c64"},        {"margin", "0.12,0.06"}, {"height", "0.3"}};
  const DotAttributes edges{{"fontname", "Helvetica"}, {"fontsize", "9"}, {"arrowsize", "0.7"}};
  return fmt::format("graph {};\nnode {};\nedge {};\n", dot_list(graph), dot_list(nodes), dot_list(edges));
}

DotAttributes look_of_step(const Counterexample& trace, std::size_t i, const std::vector<Dependence>& seen) {
  const Step& step = Steps(trace)[i];
  std::string tooltip = fmt::format("step {} of {}", i + 1, dot_plain(trace.threads[step.move.thread]));
  tooltip += "\\n" + dot_plain(words(step.action.where));
  if (const std::string path = call_path(step.action.stack); !path.empty())
    tooltip += "\\n" + dot_plain(path);
  tooltip += lines_of(seen);
  for (const PictureLine& line : step.changed)
    tooltip += "\\n=> " + dot_plain(line.name + ": " + (line.state.empty() ? "gone" : line.state));
  DotAttributes look{{"label", label_of(fmt::format("{}  {}", i + 1, words(step)), step.action)},
                     {"tooltip", tooltip},
                     {"fillcolor", thread_fills.at(step.move.thread % thread_fills.size())}};
  if (i >= trace.stem.size()) {
    look["color"] = cycle_colour;
    look["penwidth"] = "2";
  }
  if (!step.matters) {
    look["fillcolor"] = paper;
    look["color"] = look["fontcolor"] = faint_colour;
  }
  return look;
}

DotAttributes look_of_end(const Counterexample& trace, std::size_t thread, bool broken,
                          const std::vector<Dependence>& seen) {
  const Pending& pending = trace.pending[thread];
  DotAttributes look{{"style", "rounded,filled,dashed"}, {"fillcolor", paper}};
  look["tooltip"] = dot_plain(trace.threads[thread]);
  if (pending.finished) {
    look["label"] = dot_label(words(pending), node_columns);
  } else {
    look["label"] = label_of(words(pending), pending.action);
    look["tooltip"] += "\\n" + dot_plain(words(pending.action.where)) + lines_of(seen);
  }
  if (broken) {
    look["color"] = broken_colour;
    look["penwidth"] = "2";
  }
  return look;
}

DotAttributes look_of_name(const std::string& thread) {
  const std::string name = dot_plain(thread);
  return {{"label", name}, {"tooltip", name}, {"shape", "plaintext"}, {"style", ""}, {"fontsize", "14"}};
}

DotAttributes look_of_break(const Counterexample& trace) {
  return {{"label", dot_label(broken_mark + verdict_words(trace), break_columns)},
          {"tooltip", dot_plain(trace.explanation)},
          {"shape", "octagon"},
          {"style", "filled"},
          {"fillcolor", broken_colour},
          {"fontcolor", paper},
          {"color", broken_colour}};
}

DotAttributes look_of(Relation relation) {
  switch (relation) {
  case Relation::reads_from: return edge("#1a5fb4", " is read by", "solid");
  case Relation::lock_order: return edge("#865e3c", " lock passes to", "dotted");
  case Relation::waits_for: break;
  }
  return edge(broken_colour, " is waited for by", "dashed");
}

DotAttributes look_of_order(std::size_t steps_left_out) {
  DotAttributes look{{"color", order_colour}, {"weight", "20"}};
  if (steps_left_out != 0) {
    look["label"] = ' ' + counted(steps_left_out, "step", "steps") + " left out";
    look["fontcolor"] = order_colour;
  }
  return look;
}

DotAttributes look_of_cycle() {
  return {{"color", cycle_colour},
          {"fontcolor", cycle_colour},
          {"label", " for ever"},
          {"penwidth", "2.5"},
          {"constraint", "false"}};
}

DotAttributes look_of_cause() { return {{"color", broken_colour}, {"penwidth", "2"}}; }

DotAttributes look_of_nothing() { return {{"style", "invis"}}; }

} // namespace gupcheck::traces
