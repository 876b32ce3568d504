// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample as a timeline: Chrome's trace-event JSON, for ui.perfetto.dev and chrome://tracing.
//
// A track for each thread with its functions as nested slices and its steps in them, waiting as a slice of
// its own, arrows for who read whose write and who waited for whom, counters for reference counts. A step
// lasts 100 microseconds: step n begins at n x 100. A cycle is shown twice, so that what one round leaves to
// the next has its arrow; a track above says which round it is.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <string>

namespace gupcheck::traces {

inline constexpr std::size_t max_perfetto_steps = 10'000;

// A std::runtime_error of one line says that there are more.
std::string perfetto(const Counterexample& trace);

} // namespace gupcheck::traces
