// SPDX-License-Identifier: GPL-2.0-only
//
// What depends on what in a counterexample: who read whose write, who waited for whom, which steps matter.
//
// All of it follows from the trace alone. A step observes no more than its thread gets to see (ResultOf) and
// no more of its location than that: of `test PG_lru` it is whether that bit is set. An observation comes
// from the last step that made it what it is; that the location changed otherwise meanwhile is nothing to it.
// Locations are the same when their names are.
//
// Costs: the number of steps times how often their locations are used.
#pragma once

#include "traces/counterexample.hpp"
#include "traces/enum_names.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace gupcheck::traces {

enum class Relation {
  reads_from, // `to` sees what `from` made of the location
  lock_order, // `to` takes the lock that `from` gave back, or queues behind it
  waits_for,  // `to` could not be made until `from` was; or it is what a thread waits for at the end
};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<Relation>{"reads-from", "lock-order",
                                                                      "waits-for"};

// `to` depends on `from`, an earlier step; in a cycle perhaps a later one, of the round before. Steps are
// counted from 0, the stem first, then the cycle; what thread t is about to do when the trace ends counts as
// step steps + t.
struct Dependence {
  std::size_t from;
  std::size_t to;
  Relation relation;
  bool operator==(const Dependence&) const = default;
};

// Ordered by `to`, then `from`; within one thread, too.
std::vector<Dependence> dependences(const Counterexample& trace);

// The time that a thread spends before an operation that cannot be made. Steps as above.
struct Wait {
  std::size_t thread;
  std::optional<std::size_t> since; // it waits once this step is made; absent: from the beginning
  std::optional<std::size_t> until; // the step that ends it; absent: it still waits when the trace ends
  bool operator==(const Wait&) const = default;
};

// Ordered by their ends.
std::vector<Wait> waits(const Counterexample& trace);

// For each step whether what breaks depends on it. It does if a chain leads from it to what breaks:
// - the thread that fails got where it is by what it saw before, so all its observations matter; in a
//   deadlock those of all threads that wait, in an endless run those of all that move in the cycle;
// - the check looked at some locations (looked_at): the steps that last changed them matter;
// - an observation depends on the step that it comes from, and that step on what its thread saw before.
// Taking a lock is no observation: only who waits for it notices.
std::vector<bool> what_matters(const Counterexample& trace);

} // namespace gupcheck::traces
