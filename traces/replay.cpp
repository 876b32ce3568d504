// SPDX-License-Identifier: GPL-2.0-only
//
// Compares a stored trace with what the program does now, step by step.
#include "traces/replay.hpp"

#include "model/engine/native.hpp"
#include "model/engine/replay.hpp"
#include "model/engine/stepper.hpp"
#include "traces/compare.hpp"
#include "traces/record.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::traces {

namespace {

std::vector<engine::Move> moves(const std::vector<Step>& steps) {
  std::vector<engine::Move> list;
  list.reserve(steps.size());
  for (const Step& step : steps) list.push_back(step.move);
  return list;
}

// What differs, or nothing.
std::string difference_words(const Step& then, const Step& now) {
  const StepDifference differs = difference(then, now);
  if (differs.part == StepPart::nothing) return {};
  if (differs.part == StepPart::operation)
    return fmt::format("the trace has `{}`, the program does `{}`", differs.a, differs.b);
  return fmt::format("`{}`: the trace has the {} {}, the program has {}", words(then.action),
                     words(differs.part), differs.a, differs.b);
}

[[noreturn]] void diverge(const Counterexample& trace, std::size_t step, const std::string& what) {
  const Steps steps(trace);
  const std::size_t thread = steps[step].move.thread;
  const std::string name = thread < trace.threads.size() ? trace.threads[thread] : fmt::format("T{}", thread);
  throw Divergence(fmt::format("step {} ({}): {}", step + 1, name, what));
}

void compare(const Counterexample& trace, const Counterexample& today) {
  const Steps then(trace);
  const Steps now(today);
  for (std::size_t i = 0; i < std::min(then.size(), now.size()); ++i)
    if (const std::string what = difference_words(then[i], now[i]); !what.empty()) diverge(trace, i, what);
}

Counterexample execute(engine::Program& program, const engine::Options& options, const Counterexample& trace,
                       engine::Execution& execution) {
  execution = engine::replay(program, options, moves(trace.stem), moves(trace.cycle));
  engine::Names names;
  program.describe(names);
  return describe(program, names, execution);
}

// The schedule as a whole cannot be followed: finds how far it can, and whether it differed before.
[[noreturn]] void find_difference(engine::Program& program, const engine::Options& options,
                                  const Counterexample& trace) {
  std::string complaint;
  engine::build_world(program, options);
  engine::Stepper stepper(program, options, engine::ReplayDetail::everything);
  try {
    stepper.follow(moves(trace.stem));
    stepper.follow(moves(trace.cycle));
  } catch (const std::runtime_error& error) {
    complaint = error.what();
  }
  engine::Names names;
  program.describe(names);
  compare(trace, describe(program, names, engine::execution_of(stepper)));
  diverge(trace, stepper.steps().size(), "the program cannot take it: " + complaint);
}

} // namespace

engine::Options replay_options(const Counterexample& trace) {
  engine::Options options;
  options.fairness = trace.semantics.fairness;
  options.locks = trace.semantics.locks;
  options.without = trace.semantics.without;
  return options;
}

Counterexample replay(engine::Program& program, const Counterexample& trace) {
  if (program.threads() != trace.threads.size())
    throw Divergence(
        fmt::format("the trace has {} threads, the program has {}", trace.threads.size(), program.threads()));
  const engine::Options options = replay_options(trace);
  engine::Execution execution;
  Counterexample today;
  try {
    today = execute(program, options, trace, execution);
  } catch (const std::runtime_error& error) {
    if (trace.stem.empty() && trace.cycle.empty()) throw Divergence(error.what());
    find_difference(program, options, trace);
  }
  compare(trace, today);
  const Steps then(trace);
  if (Steps(today).size() < then.size())
    diverge(trace, Steps(today).size(),
            fmt::format("the program stopped before it{}{}", execution.check.empty() ? "" : ", it breaks ",
                        execution.check));
  if (trace.cycle.empty() ? execution.check != trace.check
                          : !execution.check.empty() && execution.check != trace.check)
    throw Divergence(execution.check.empty()
                         ? fmt::format("every step is the same, but {} does not break", trace.check)
                         : fmt::format("every step is the same, but {} breaks ({}), not {}", execution.check,
                                       execution.message, trace.check.empty() ? "nothing" : trace.check));
  if (!trace.cycle.empty() && !execution.cycle_closes)
    throw Divergence(fmt::format("every step is the same, but the cycle does not lead back to step {}",
                                 trace.stem.size() + 1));
  today.subject = trace.subject;
  today.semantics = trace.semantics;
  today.check = trace.check;
  today.message = execution.message.empty() ? trace.message : execution.message;
  today.shortest = trace.shortest;
  today.fewest_switches = trace.fewest_switches;
  return today;
}

} // namespace gupcheck::traces
