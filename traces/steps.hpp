// SPDX-License-Identifier: GPL-2.0-only
//
// The steps of a counterexample in the order in which they happen: the stem, then the cycle once. It points
// into the counterexample, which must outlive it. And what can be said of all steps, or of how they end.
#pragma once

#include "traces/counterexample.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace gupcheck::traces {

class Steps {
public:
  explicit Steps(const Counterexample& trace) : stem_(&trace.stem), cycle_(&trace.cycle) {}
  std::size_t size() const { return stem_->size() + cycle_->size(); }
  const Step& operator[](std::size_t i) const {
    return i < stem_->size() ? (*stem_)[i] : (*cycle_)[i - stem_->size()];
  }

private:
  const std::vector<Step>* stem_;
  const std::vector<Step>* cycle_;
};

// How often another thread moves than the one before.
inline std::size_t context_switches(const Counterexample& trace) {
  const Steps steps(trace);
  std::size_t switches = 0;
  for (std::size_t i = 1; i < steps.size(); ++i) switches += steps[i].move.thread != steps[i - 1].move.thread;
  return switches;
}

inline std::size_t steps_that_do_not_matter(const Counterexample& trace) {
  const Steps steps(trace);
  std::size_t count = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) count += !steps[i].matters;
  return count;
}

// Whether the thread stops by itself: an assertion that does not hold, or a crash.
inline bool fails(const Pending& pending) {
  return !pending.finished && (pending.action.kind == engine::OperationKind::failed ||
                               pending.action.kind == engine::OperationKind::fault);
}

// The first thread that does.
inline std::optional<std::size_t> failing_thread(const Counterexample& trace) {
  const auto found = std::find_if(trace.pending.begin(), trace.pending.end(), fails);
  if (found == trace.pending.end()) return std::nullopt;
  return static_cast<std::size_t>(found - trace.pending.begin());
}

// Whether the trace ends in a deadlock: some thread is not finished, none has failed, and none can go on.
inline bool nobody_can_move(const Counterexample& trace) {
  const auto& pending = trace.pending;
  return trace.cycle.empty() &&
         std::none_of(pending.begin(), pending.end(),
                      [](const Pending& it) {
                        return !it.finished && (it.enabled || engine::ends_thread(it.action.kind));
                      }) &&
         !std::all_of(pending.begin(), pending.end(), [](const Pending& it) { return it.finished; });
}

} // namespace gupcheck::traces
