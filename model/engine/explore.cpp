// SPDX-License-Identifier: GPL-2.0-only
//
// One exploration from beginning to end: build the world, search (again whenever the classes of local states
// have changed), search breadth first for a shortest counterexample, look for endless runs, re-execute what
// was found. See explore.hpp.
#include "model/engine/explore.hpp"

#include "model/engine/beginning.hpp"
#include "model/engine/checkpointer.hpp"
#include "model/engine/cycles.hpp"
#include "model/engine/replay.hpp"
#include "model/engine/search.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace gupcheck::engine {

namespace {

// How many states a scout visits first. Later so many for each state that the last search had visited when it
// had to start again; much depends on chance: with 1, 2 and 4 overlapping-pins 3x2 took 20, 23 and 16 s,
// pin-vs-move-pages 3x1 1.3, 1.7 and 1.4 s.
constexpr std::uint64_t first_scout = 2048;
constexpr std::uint64_t scout_factor = 4;

// Some seconds, and a GB at the most.
constexpr std::uint64_t most_states_to_switch_less = 4'000'000;

class Exploration {
public:
  Exploration(Program& program, const Options& options, const Beginning& beginning)
      : program_(program),
        options_(options),
        beginning_(beginning),
        memo_(options.executor == Executor::memo),
        limits_(options),
        runner_(program, options),
        automaton_(runner_, program, options, limits_),
        locations_(make_locations()),
        symmetry_(make_symmetry()),
        checkpointer_({options, limits_, runner_, result_.statistics, scout_states_}, learnt()),
        go_on_(!options.checkpoints.resume_from.empty()) {}

  Result run() {
    const bool wants_cycles = !options_.leaves_out(livelock) || !options_.leaves_out(starvation);
    StateGraph graph;
    SearchMode mode{.order = options_.order, .graph = wants_cycles ? &graph : nullptr};
    // Without fairness a thread may stop in the middle of what a transaction makes one.
    mode.transactions =
        options_.transactions && memo_ && !(wants_cycles && options_.fairness == Fairness::none);
    mode.numbered = wants_cycles || options_.order == SearchOrder::dfs;
    mode.sleep_sets = options_.sleep_sets && memo_ && !mode.numbered; // and so breadth first
    mode.checkpoints = &checkpointer_;
    auto [end, search] = search_until_settled(mode);
    mode.checkpoints = nullptr; // what follows starts from the last one again
    if (end == Search::End::found) {
      found(mode, std::move(search));
    } else if (end == Search::End::exhausted) {
      result_.verdict = Verdict::holds;
      if (wants_cycles) look_for_cycles(mode, *search);
      if (wants_cycles && !result_.violation && !limits_.reason().empty()) {
        result_.verdict = Verdict::incomplete;
        result_.stopped_by = limits_.reason();
      }
    }
    result_.statistics.renamings = symmetry_.renamings();
    result_.statistics.why_not_all_renamings = symmetry_.why_not_all();
    result_.statistics.seconds = limits_.seconds();
    result_.statistics.native_runs = runner_.runs();
    result_.statistics.peak_memory_bytes = limits_.peak_memory_bytes();
    return std::move(result_);
  }

private:
  Locations make_locations() const { return Locations(arena().world_size(), options_.locks == Locks::fifo); }
  Symmetry make_symmetry() const {
    return Symmetry(program_.threads(), beginning_.world, options_.symmetry && memo_);
  }

  Learnt learnt() {
    return {.program = program_,
            .beginning = beginning_,
            .automaton = automaton_,
            .locations = locations_,
            .symmetry = symmetry_};
  }

  std::pair<Search::End, std::unique_ptr<Search>> search_once(const SearchMode& mode) {
    if (mode.graph != nullptr) mode.graph->clear();
    limits_.forget_search();
    automaton_.restart(mode.scouts() ? Automaton::Merge::nothing : Automaton::Merge::alike);
    locations_.restart();
    return run_search(std::make_unique<Search>(learnt(), options_, limits_, mode), &Search::run);
  }

  // From its beginning, or from where it was read. (Points are the same at both: a new one ends a search.)
  std::pair<Search::End, std::unique_ptr<Search>> run_search(std::unique_ptr<Search> search,
                                                             Search::End (Search::*explore)()) {
    const unsigned version = symmetry_.version();
    const Locations points = locations_.only_points();
    const Search::End end = (*search.*explore)();
    if (end == Search::End::restart) prepare_restart(version, points);
    return {end, std::move(search)};
  }

  // After a search that came to know better: the version of symmetry when it began, and the points there
  // were.
  void prepare_restart(unsigned version, const Locations& points) {
    ++result_.statistics.restarts;
    const bool other_symmetry = version != symmetry_.version();
    const bool classes_stand = automaton_.settle();
    // What was found out with classes or orbits that do not stand may not even happen: a location that two
    // threads use, or a thread that names another. The points that there were before stand, unless they are
    // from searches with the same orbits.
    if (other_symmetry) {
      locations_ = make_locations();
    } else if (!classes_stand) {
      locations_ = points;
    }
    if (other_symmetry && !classes_stand) symmetry_ = make_symmetry();
  }

  // The search that a checkpoint was taken of.
  std::pair<Search::End, std::unique_ptr<Search>> go_on(const SearchMode& mode) {
    CheckpointReader reader(options_.checkpoints.resume_from);
    const bool is_read = checkpointer_.read(reader);
    auto search = std::make_unique<Search>(learnt(), options_, limits_, mode);
    if (!is_read) return {Search::End::stopped, std::move(search)};
    search->read(reader);
    return run_search(std::move(search), &Search::go_on);
  }

  // A look at what comes late, depth first and for its lessons only: breadth first would learn them when much
  // has been done that is void then. It merges no local states, so no class that it used can turn out to be
  // wrong, and goes on when a location becomes a scheduling point. Every other one goes backwards, and so
  // comes to another part of the state space.
  void scout(const SearchMode& mode) {
    SearchMode scouting = mode;
    scouting.order = SearchOrder::dfs;
    scouting.graph = nullptr;
    scouting.numbered = false;
    scouting.sleep_sets = false;
    scouting.scout_states = scout_states_;
    for (;;) {
      scouting.backwards = result_.statistics.restarts % 2 != 0;
      const auto [end, search] = search_once(scouting);
      if (end != Search::End::restart) return;
    }
  }

  // Repeats the search until it ran with one and the same knowledge from beginning to end.
  std::pair<Search::End, std::unique_ptr<Search>> search_until_settled(const SearchMode& mode) {
    for (;;) {
      const bool goes_on = std::exchange(go_on_, false);
      if (!goes_on && mode.order == SearchOrder::bfs && memo_) scout(mode);
      SearchMode now = mode;
      // A scout was cut short, so this search is not the one of a run that nobody stops.
      if (!limits_.reason().empty()) now.checkpoints = nullptr;
      auto [end, search] = goes_on ? go_on(now) : search_once(now);
      const bool restarts = end == Search::End::restart;
      // Stopped while it looked for a shorter counterexample: what stands is the one that there was before.
      if (end == Search::End::stopped && result_.verdict == Verdict::broken) return {end, std::move(search)};
      if (end == Search::End::stopped) result_.stopped_by = limits_.reason();
      note_statistics(*search, restarts || end == Search::End::stopped);
      if (!restarts) return {end, std::move(search)};
      scout_states_ = std::max(scout_states_, scout_factor * search->final_counts().states);
    }
  }

  // A search that starts again or is stopped says how far the run came at the most.
  void note_statistics(const Search& search, bool partial) {
    Statistics& statistics = result_.statistics;
    const Search::Counts& counts = search.final_counts();
    if (partial && counts.states <= statistics.states) return;
    statistics.states = counts.states;
    statistics.transitions = counts.transitions;
    statistics.transitions_asleep = counts.asleep;
    statistics.local_states = automaton_.size();
    statistics.depth = counts.depth;
    statistics.omission_probability = omission_probability(counts.states);
  }

  // First a schedule at all, then one of the shortest.
  void found(SearchMode mode, std::unique_ptr<Search> search) {
    if (!mode.numbered) {
      search.reset();
      mode.numbered = true;
      mode.sleep_sets = false;
      mode.phase = "looking for a counterexample";
      result_.verdict = Verdict::incomplete;
      Search::End end{};
      std::tie(end, search) = search_until_settled(mode);
      if (end == Search::End::stopped) return;
      if (end != Search::End::found)
        throw std::logic_error("a second search does not find what the first found");
    }
    result_.verdict = Verdict::broken;
    set_violation(*search);
    result_.violation->shortest = mode.order == SearchOrder::bfs && !mode.transactions;
    std::uint64_t states = search->final_counts().states;
    search.reset();
    if (!options_.shortest) return;
    if (result_.violation->shortest) return switch_less(states);
    mode = {.order = SearchOrder::bfs,
            .transactions = false,
            .numbered = true,
            .graph = nullptr,
            .phase = "looking for a shortest counterexample"};
    auto [end, shortest] = search_until_settled(mode);
    if (end == Search::End::stopped) return; // what was found before stands
    if (end != Search::End::found) throw std::logic_error("breadth first does not find what is there");
    set_violation(*shortest);
    result_.violation->shortest = true;
    states = shortest->final_counts().states;
    shortest.reset();
    switch_less(states);
  }

  // Of the shortest schedules one that goes from thread to thread least often. That is a matter of names, so
  // the states, of which there were so many, are visited once more without symmetry; if there are too many
  // for that the schedule stays as it is.
  void switch_less(std::uint64_t states) {
    for (unsigned i = 2; symmetry_.on() && i <= program_.threads(); ++i) states *= i;
    if (states > most_states_to_switch_less) return;
    StateGraph graph;
    Symmetry none(program_.threads(), beginning_.world, false);
    Search search({.program = program_,
                   .beginning = beginning_,
                   .automaton = automaton_,
                   .locations = locations_,
                   .symmetry = none},
                  options_, limits_,
                  {.order = SearchOrder::bfs,
                   .transactions = false,
                   .numbered = true,
                   .graph = &graph,
                   .every_finding = true,
                   .phase = "looking for the fewest context switches"});
    if (search.run() != Search::End::found) return; // a limit: what was found before stands
    const std::vector<Move>& prefix = options_.prefix;
    result_.violation->stem = after_prefix(search.schedule_with_fewest_switches(
        prefix.empty() ? std::nullopt : std::optional(unsigned{prefix.back().thread})));
    result_.violation->fewest_switches = true;
  }

  void set_violation(Search& search) {
    const Finding& finding = search.finding().value();
    Violation violation;
    violation.check = finding.check->name;
    violation.message = finding.message;
    violation.stem = after_prefix(search.schedule_of_finding());
    result_.violation = std::move(violation);
  }

  void look_for_cycles(const SearchMode& mode, Search& search) {
    if (!symmetry_.on()) {
      report_cycle(*mode.graph, search, {{}});
      return;
    }
    // The graph is one of orbits: its cycles come back to a state but for names. Whether one is fair is a
    // matter of names, so the states on cycles are explored once more without symmetry. From one of each part
    // every other one of it is reached, under some name.
    const CyclicStates cyclic = cyclic_states(*mode.graph, limits_);
    if (cyclic.of_each_part.empty()) return;
    Region region;
    std::vector<std::vector<Move>> roots; // how to come there
    for (const std::uint32_t state : cyclic.of_each_part) {
      roots.push_back(search.path_to(state));
      region.roots.push_back(search.record_of(roots.back()));
    }
    region.contains = [&](unsigned worker, const std::uint64_t* record) {
      const auto orbit = search.number_of_orbit(worker, record);
      return orbit && cyclic.on_cycle[*orbit];
    };
    StateGraph graph;
    SearchMode in_region = mode;
    in_region.graph = &graph;
    in_region.region = &region;
    in_region.phase = "looking for cycles";
    Symmetry none(program_.threads(), beginning_.world, false);
    Search concrete({.program = program_,
                     .beginning = beginning_,
                     .automaton = automaton_,
                     .locations = locations_,
                     .symmetry = none},
                    options_, limits_, in_region);
    const Search::End end = concrete.run();
    if (end == Search::End::restart || end == Search::End::found)
      throw std::logic_error("what was explored with symmetry is not what there is without");
    if (end == Search::End::exhausted) report_cycle(graph, search, roots);
  }

  // `roots`: the transactions that lead to each root of the graph.
  void report_cycle(const StateGraph& graph, Search& search, const std::vector<std::vector<Move>>& roots) {
    const auto lasso = find_endless_run(graph, options_, program_, limits_);
    if (!lasso) return;
    result_.verdict = Verdict::broken;
    std::vector<Move> transactions = roots[lasso->root];
    transactions.insert(transactions.end(), lasso->stem.begin(), lasso->stem.end());
    std::vector<Move> stem = search.steps_of(transactions);
    transactions.insert(transactions.end(), lasso->cycle.begin(), lasso->cycle.end());
    std::vector<Move> cycle = search.steps_of(transactions);
    cycle.erase(cycle.begin(), cycle.begin() + static_cast<std::ptrdiff_t>(stem.size()));
    search.shorten(stem, cycle, lasso->starved);
    result_.violation =
        Violation{lasso->check->name, lasso->message, after_prefix(stem), std::move(cycle), false};
  }

  std::vector<Move> after_prefix(const std::vector<Move>& steps) const {
    std::vector<Move> schedule = options_.prefix;
    schedule.insert(schedule.end(), steps.begin(), steps.end());
    return schedule;
  }

  Program& program_;
  const Options& options_;
  const Beginning& beginning_;
  bool memo_;
  Limits limits_;
  NativeRunner runner_;
  Automaton automaton_;
  Locations locations_;
  Symmetry symmetry_;
  std::uint64_t scout_states_ = first_scout;
  Result result_;
  Checkpointer checkpointer_;
  bool go_on_; // the first search is one that was begun before
};

void confirm(Program& program, const Options& options, const Violation& violation) {
  const Execution execution =
      replay(program, options, violation.stem, violation.cycle, ReplayDetail::verdict);
  const bool confirmed =
      violation.cycle.empty() ? execution.check == violation.check : execution.cycle_closes;
  if (!confirmed)
    throw std::logic_error(
        "the counterexample for " + violation.check + " does not stand when it is executed natively (" +
        (execution.check.empty() ? std::string("nothing breaks")
                                 : execution.check + " breaks instead: " + execution.message) +
        "); the model keeps state outside its stack and the world");
}

Result broken_by(Violation violation) {
  Result result;
  result.verdict = Verdict::broken;
  result.violation = std::move(violation);
  return result;
}

} // namespace

Result explore(Program& program, const Options& options) {
  if (const auto failure = build_world(program, options))
    return broken_by(
        {failure->check->name, std::string(failure->message) + " (before the threads start)", {}, {}, true});
  Beginning beginning;
  if (auto violation = find_beginning(program, options, beginning)) return broken_by(std::move(*violation));
  Result result = Exploration(program, options, beginning).run();
  if (result.violation) confirm(program, options, *result.violation);
  return result;
}

} // namespace gupcheck::engine
