// SPDX-License-Identifier: GPL-2.0-only
//
// The steps of a counterexample in the order in which they happen: the stem, then the cycle once. It points
// into the counterexample, which must outlive it.
#pragma once

#include "traces/counterexample.hpp"

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

} // namespace gupcheck::traces
