// SPDX-License-Identifier: GPL-2.0-only
//
// Compares a stored trace with what the program does now, step by step.
#include "traces/replay.hpp"

#include "model/engine/replay.hpp"
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

std::string words_of(const std::optional<Value>& value) { return value ? value->words : "nothing"; }

// Pointers may be other addresses today; what they point to is in the words.
bool same(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() == b.has_value() && (!a || a->words == b->words);
}

// What differs, or nothing.
std::string difference(const Step& then, const Step& now) {
  const std::string old_words = words(then.action);
  const std::string new_words = words(now.action);
  if (then.action.kind != now.action.kind || then.action.location != now.action.location ||
      then.action.shows != now.action.shows || old_words != new_words)
    return fmt::format("the trace has `{}`, the program does `{}`", old_words, new_words);
  const auto value = [&old_words](std::string_view what, const std::optional<Value>& was,
                                  const std::optional<Value>& is) {
    return fmt::format("`{}`: the trace has {} {}, the program has {}", old_words, what, words_of(was),
                       words_of(is));
  };
  if (!same(then.before, now.before)) return value("the value", then.before, now.before);
  if (!same(then.result, now.result)) return value("the result", then.result, now.result);
  if (!same(then.after, now.after)) return value("the new value", then.after, now.after);
  return {};
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
    if (const std::string what = difference(then[i], now[i]); !what.empty()) diverge(trace, i, what);
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
                                  const Counterexample& trace, const std::string& complaint) {
  const Steps steps(trace);
  std::size_t followed = 0;        // a prefix of this length can be followed
  std::size_t lost = steps.size(); // one of this length cannot
  Counterexample prefix;
  while (lost - followed > 1) {
    const std::size_t middle = followed + (lost - followed) / 2;
    prefix = trace;
    prefix.cycle.clear();
    prefix.stem.clear();
    for (std::size_t i = 0; i < middle; ++i) prefix.stem.push_back(steps[i]);
    try {
      engine::Execution execution;
      compare(trace, execute(program, options, prefix, execution));
      followed = middle;
    } catch (const Divergence&) {
      throw;
    } catch (const std::runtime_error&) {
      lost = middle;
    }
  }
  diverge(trace, followed, "the program cannot take it: " + complaint);
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
    find_difference(program, options, trace, error.what());
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
