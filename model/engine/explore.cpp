// SPDX-License-Identifier: GPL-2.0-only
//
// One exploration from beginning to end: build the world, search (again whenever the classes of local states
// have changed), search breadth first for a shortest counterexample, look for endless runs, re-execute what
// was found. See explore.hpp.
#include "model/engine/explore.hpp"

#include "model/engine/cycles.hpp"
#include "model/engine/replay.hpp"
#include "model/engine/search.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace gupcheck::engine {

namespace {

constexpr std::uint64_t any_length = ~std::uint64_t{0} - 1;

class Exploration {
public:
  Exploration(Program& program, const Options& options)
      : program_(program),
        options_(options),
        limits_(options),
        runner_(program, options),
        automaton_(runner_, program, options, limits_),
        world_(arena().world_size() / 8) {
    std::memcpy(world_.data(), arena().world().data(), arena().world_size());
  }

  Result run() {
    const bool wants_cycles = !options_.leaves_out(livelock) || !options_.leaves_out(starvation);
    StateGraph graph;
    auto [end, search] =
        search_until_settled(options_.order, any_length, wants_cycles ? &graph : nullptr, "exploring");
    if (end == Search::End::found) {
      result_.verdict = Verdict::broken;
      result_.violation = violation_of(*search);
      result_.violation->shortest = options_.order == SearchOrder::bfs;
      if (options_.order == SearchOrder::dfs && options_.shortest) shorten(search->finding()->length);
    } else if (end == Search::End::exhausted) {
      result_.verdict = Verdict::holds;
      if (wants_cycles) look_for_cycles(graph);
    }
    result_.statistics.seconds = limits_.seconds();
    result_.statistics.native_runs = runner_.runs();
    result_.statistics.peak_memory_bytes = limits_.peak_memory_bytes();
    return std::move(result_);
  }

private:
  // Repeats the search until it ran with one and the same classes from beginning to end.
  std::pair<Search::End, std::unique_ptr<Search>>
  search_until_settled(SearchOrder order, std::uint64_t max_length, StateGraph* graph, const char* phase) {
    for (;;) {
      if (graph != nullptr) graph->clear();
      automaton_.restart();
      auto search = std::make_unique<Search>(program_, automaton_, options_, world_, limits_, graph);
      const Search::End end = search->run(order, max_length, phase);
      Statistics& statistics = result_.statistics;
      const bool restarts = end == Search::End::restart;
      statistics.restarts += restarts;
      // Stopped while it looked for a shorter counterexample: what stands is the one that there was before.
      if (end == Search::End::stopped && result_.verdict == Verdict::broken) return {end, std::move(search)};
      if (end == Search::End::stopped) result_.stopped_by = limits_.reason();
      // A search that starts again or is stopped says how far the run came at the most.
      if (search->states() > statistics.states || (!restarts && end != Search::End::stopped)) {
        statistics.states = search->states();
        statistics.transitions = search->transitions();
        statistics.local_states = automaton_.size();
        statistics.depth = search->depth();
        // Birthday bound for 128 bits.
        const auto states = static_cast<double>(search->states());
        statistics.omission_probability = std::ldexp(states * states, -129);
      }
      if (!restarts) return {end, std::move(search)};
    }
  }

  static Violation violation_of(const Search& search) {
    const Finding& finding = *search.finding();
    Violation violation;
    violation.check = finding.check->name;
    violation.message = finding.message;
    violation.stem = search.path_to(finding.state);
    if (finding.last) violation.stem.push_back(*finding.last);
    return violation;
  }

  void shorten(std::uint64_t length) {
    const auto [end, search] =
        search_until_settled(SearchOrder::bfs, length, nullptr, "looking for a shortest counterexample");
    if (end == Search::End::stopped) return; // what depth first found stands
    if (end != Search::End::found)
      throw std::logic_error("breadth first does not find what depth first found");
    result_.violation = violation_of(*search);
    result_.violation->shortest = true;
  }

  void look_for_cycles(const StateGraph& graph) {
    const auto lasso = find_endless_run(graph, options_, program_, limits_);
    if (!lasso && !limits_.reason().empty()) {
      result_.verdict = Verdict::incomplete;
      result_.stopped_by = limits_.reason();
    }
    if (!lasso) return;
    result_.verdict = Verdict::broken;
    result_.violation = Violation{lasso->check->name, lasso->message, lasso->stem, lasso->cycle, false};
  }

  Program& program_;
  const Options& options_;
  Limits limits_;
  NativeRunner runner_;
  Automaton automaton_;
  std::vector<std::uint64_t> world_;
  Result result_;
};

void confirm(Program& program, const Options& options, const Violation& violation) {
  const Execution execution =
      replay(program, options, violation.stem, violation.cycle, ReplayDetail::verdict);
  const bool confirmed =
      violation.cycle.empty() ? execution.check == violation.check : execution.cycle_closes;
  if (!confirmed)
    throw std::logic_error(
        "the counterexample for " + violation.check + " does not stand when it is executed natively (" +
        (execution.check.empty() ? std::string("nothing breaks") : execution.check + " breaks instead") +
        "); the model keeps state outside its stack and the world");
}

} // namespace

Result explore(Program& program, const Options& options) {
  if (const auto failure = build_world(program, options)) {
    Result result;
    result.verdict = Verdict::broken;
    result.violation = Violation{
        failure->check->name, std::string(failure->message) + " (before the threads start)", {}, {}, true};
    return result;
  }
  Result result = Exploration(program, options).run();
  if (result.violation) confirm(program, options, *result.violation);
  return result;
}

} // namespace gupcheck::engine
