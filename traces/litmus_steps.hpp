// SPDX-License-Identifier: GPL-2.0-only
//
// Which steps of a counterexample a litmus test needs: made by themselves in the same order, they find the
// values that they found in the trace.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gupcheck::traces {

// Whether it is on a spinlock, which LKMM has a type of its own for.
inline bool is_lock(engine::OperationKind kind) {
  return kind == engine::OperationKind::lock || kind == engine::OperationKind::unlock;
}
// The bits of its location that an action is about; all where it is about the value.
std::uint64_t litmus_bits(const Action& action);
// Whether it is about one bit only, and shows no more than that. A location where all are so becomes a
// variable for each bit; with any other, each step is written with the value of the whole location.
bool litmus_on_single_bit(const Action& action);
// Whether its thread, or how it is written as a litmus test, depends on the value that it finds.
bool litmus_observes(const Action& action);
// Whether it is in the test as what its thread cannot get past in a deadlock.
bool litmus_waits_at_the_end(const Counterexample& trace, const Pending& pending);

// In order, counted from 0: the steps that matter (or all), the steps before them that changed what they
// find or what the check looked at, and the locks that were held meanwhile.
std::vector<std::size_t> litmus_steps(const Counterexample& trace, bool all);

} // namespace gupcheck::traces
