// SPDX-License-Identifier: GPL-2.0-only
//
// See dependence.hpp.
#include "traces/dependence.hpp"

#include "traces/steps.hpp"
#include "traces/values.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;
using engine::ResultOf;

bool touches_memory(const Action& action) { return action.size != 0 && !engine::ends_thread(action.kind); }

bool takes_lock(OperationKind kind) {
  return kind == OperationKind::lock || kind == OperationKind::lock_bits || kind == OperationKind::enqueue;
}

// Whether the operation can be made while its location holds `value` (sequential.hpp's enabled()).
bool can_be_made(const Action& action, unsigned thread, engine::Locks locks, std::uint64_t value) {
  switch (action.kind) {
  case OperationKind::lock:
    if (locks == engine::Locks::unfair) return value == 0;
    return (value & engine::lock_granted) == 0 && (value & 15) == thread + 1;
  case OperationKind::lock_bits: return (value & action.operand.raw) == 0;
  case OperationKind::wait_equal: return (value & action.operand.raw) == action.operand2.raw;
  case OperationKind::wait_not_equal: return (value & action.operand.raw) != action.operand2.raw;
  default: return true;
  }
}

// What the thread gets to see of `value`. Two values are the same to it if this is.
std::optional<std::uint64_t> observation(const Action& action, unsigned thread, engine::Locks locks,
                                         std::uint64_t value) {
  const std::uint64_t all = all_bits(action.size);
  if (action.kind == OperationKind::wait_equal || action.kind == OperationKind::wait_not_equal)
    return can_be_made(action, thread, locks, value);
  switch (action.shows) {
  case ResultOf::nothing: return std::nullopt;
  case ResultOf::old_value: return value;
  case ResultOf::old_bits: {
    const std::uint64_t bits =
        action.kind == OperationKind::fetch_and ? ~action.operand.raw : action.operand.raw;
    return (value & bits & all) != 0;
  }
  case ResultOf::new_is_zero: return ((value + action.operand.raw) & all) == 0;
  case ResultOf::success:
    return action.kind == OperationKind::add_unless ? value != action.operand2.raw
                                                    : value == action.operand.raw;
  }
  return std::nullopt;
}

class Graph {
public:
  explicit Graph(const Counterexample& trace) : trace_(trace), steps_(trace) {
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (touches_memory(steps_[i].action)) touches_[steps_[i].action.location].push_back(i);
  }

  // The last step before step `end` on the location for which `is_it(before, after)` holds.
  template <class Condition>
  std::optional<std::size_t> last(const std::string& location, std::size_t end, Condition is_it) const {
    const auto found = touches_.find(location);
    if (found == touches_.end()) return std::nullopt;
    const std::vector<std::size_t>& steps = found->second;
    for (auto i = std::lower_bound(steps.begin(), steps.end(), end); i != steps.begin();) {
      const Step& step = steps_[*--i];
      if (step.before && step.after && is_it(step.before->raw, step.after->raw)) return *i;
    }
    return std::nullopt;
  }

  std::optional<std::size_t> last_change(const std::string& location, std::size_t end) const {
    return last(location, end, [](std::uint64_t before, std::uint64_t after) { return before != after; });
  }

  // Where what the step sees comes from: nowhere, from one step, or in a cycle from one when it is made for
  // the first time and from another in later rounds.
  std::vector<std::size_t> sources(std::size_t step) const {
    const Action& action = steps_[step].action;
    if (!touches_memory(action)) return {};
    const unsigned thread = steps_[step].move.thread;
    const engine::Locks locks = trace_.semantics.locks;
    return of_all_rounds(action.location, step, [&](std::uint64_t before, std::uint64_t after) {
      return observation(action, thread, locks, before) != observation(action, thread, locks, after);
    });
  }

  // The same for the lock that the step takes.
  std::vector<std::size_t> holders_before(std::size_t step) const {
    return of_all_rounds(steps_[step].action.location, step,
                         [](std::uint64_t before, std::uint64_t after) { return before != after; });
  }

  // The step since the thread's last one, `begin`, that let it make this one at `end`.
  std::optional<std::size_t> awaited(const Action& action, unsigned thread, std::size_t begin,
                                     std::size_t end) const {
    if (!touches_memory(action)) return std::nullopt;
    const engine::Locks locks = trace_.semantics.locks;
    const auto step = last(action.location, end, [&](std::uint64_t before, std::uint64_t after) {
      return !can_be_made(action, thread, locks, before) && can_be_made(action, thread, locks, after);
    });
    return step && *step >= begin ? step : std::nullopt;
  }

  // What makes `action` of the thread impossible at the end, or before step `end`.
  std::optional<std::size_t> obstacle(const Action& action, unsigned thread) const {
    return obstacle(action, thread, steps_.size());
  }
  std::optional<std::size_t> obstacle(const Action& action, unsigned thread, std::size_t end) const {
    if (!touches_memory(action)) return std::nullopt;
    const engine::Locks locks = trace_.semantics.locks;
    return last(action.location, end, [&](std::uint64_t before, std::uint64_t after) {
      return can_be_made(action, thread, locks, before) && !can_be_made(action, thread, locks, after);
    });
  }

private:
  template <class Condition>
  std::vector<std::size_t> of_all_rounds(const std::string& location, std::size_t step,
                                         Condition is_it) const {
    std::vector<std::size_t> steps;
    const std::size_t stem = trace_.stem.size();
    const auto first = last(location, step, is_it);
    if (first) steps.push_back(*first);
    if (step < stem || (first && *first >= stem)) return steps;
    if (const auto later = last(location, steps_.size(), is_it); later && *later >= stem)
      steps.push_back(*later);
    return steps;
  }

  const Counterexample& trace_;
  Steps steps_;
  std::map<std::string, std::vector<std::size_t>> touches_; // by location
};

class Relevance {
public:
  explicit Relevance(const Counterexample& trace)
      : trace_(trace),
        steps_(trace),
        graph_(trace),
        matters_(steps_.size()),
        seen_until_(trace.threads.size()) {}

  std::vector<bool> find() {
    if (!trace_.cycle.empty()) {
      for (const Step& step : trace_.cycle) saw(step.move.thread, steps_.size());
    } else {
      look_at_the_end();
    }
    for (const std::string& location : trace_.looked_at) matter(graph_.last_change(location, steps_.size()));
    while (!to_do_.empty()) {
      const std::size_t step = to_do_.back();
      to_do_.pop_back();
      const unsigned thread = steps_[step].move.thread;
      for (const std::size_t source : graph_.sources(step)) matter(source);
      saw(thread, step);
    }
    return matters_;
  }

private:
  void look_at_the_end() {
    const bool deadlock = nobody_can_move(trace_);
    for (std::size_t thread = 0; thread < trace_.pending.size(); ++thread) {
      const Pending& pending = trace_.pending[thread];
      if (pending.finished || !(deadlock || fails(pending))) continue;
      saw(thread, steps_.size());
      if (deadlock) matter(graph_.obstacle(pending.action, static_cast<unsigned>(thread)));
    }
    // Something that a check notices otherwise became wrong with the last step.
    if (!failing_thread(trace_) && steps_.size() != 0) matter(steps_.size() - 1);
  }

  void matter(std::optional<std::size_t> step) {
    if (!step || matters_[*step]) return;
    matters_[*step] = true;
    to_do_.push_back(*step);
  }

  // The thread came to step `end` by all that it saw before.
  void saw(std::size_t thread, std::size_t end) {
    for (std::size_t i = seen_until_[thread]; i < end; ++i) {
      const Step& step = steps_[i];
      if (step.move.thread == thread &&
          (step.action.kind == OperationKind::choose ||
           observation(step.action, step.move.thread, trace_.semantics.locks, 0).has_value()))
        matter(i);
    }
    seen_until_[thread] = std::max(seen_until_[thread], end);
  }

  const Counterexample& trace_;
  Steps steps_;
  Graph graph_;
  std::vector<bool> matters_;
  std::vector<std::size_t> to_do_;
  std::vector<std::size_t> seen_until_; // of each thread: up to there its observations matter
};

} // namespace

std::vector<Dependence> dependences(const Counterexample& trace) {
  const Steps steps(trace);
  const Graph graph(trace);
  std::vector<Dependence> all;
  std::vector<std::size_t> next(trace.threads.size()); // of each thread: one after its last step
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const unsigned thread = step.move.thread;
    if (const auto awaited = graph.awaited(step.action, thread, next[thread], i)) {
      all.push_back({*awaited, i, Relation::waits_for});
    } else {
      const bool locks = takes_lock(step.action.kind);
      for (const std::size_t from : locks ? graph.holders_before(i) : graph.sources(i))
        all.push_back({from, i, locks ? Relation::lock_order : Relation::reads_from});
    }
    next[thread] = i + 1;
  }
  for (std::size_t thread = 0; thread < trace.pending.size(); ++thread) {
    const Pending& pending = trace.pending[thread];
    if (pending.finished || pending.enabled) continue;
    if (const auto obstacle = graph.obstacle(pending.action, static_cast<unsigned>(thread)))
      all.push_back({*obstacle, steps.size() + thread, Relation::waits_for});
  }
  return all;
}

std::vector<Wait> waits(const Counterexample& trace) {
  const Steps steps(trace);
  const Graph graph(trace);
  std::vector<Wait> all;
  std::vector<std::optional<std::size_t>> own(trace.threads.size()); // of each thread: its last step
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Action& action = steps[i].action;
    const unsigned thread = steps[i].move.thread;
    if (const auto awaited = graph.awaited(action, thread, own[thread] ? *own[thread] + 1 : 0, i))
      all.push_back({thread, std::max(own[thread], graph.obstacle(action, thread, *awaited)), *awaited});
    own[thread] = i;
  }
  std::sort(all.begin(), all.end(), [](const Wait& a, const Wait& b) {
    return std::pair(*a.until, a.thread) < std::pair(*b.until, b.thread);
  });
  for (std::size_t thread = 0; thread < trace.pending.size(); ++thread) {
    const Pending& pending = trace.pending[thread];
    if (pending.finished || pending.enabled || engine::ends_thread(pending.action.kind)) continue;
    all.push_back({thread,
                   std::max(own[thread], graph.obstacle(pending.action, static_cast<unsigned>(thread))),
                   std::nullopt});
  }
  return all;
}

std::vector<bool> what_matters(const Counterexample& trace) { return Relevance(trace).find(); }

} // namespace gupcheck::traces
