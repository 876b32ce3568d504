// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample in the Informal Trace Format of Apalache, TLA+ and Quint tools (Apalache's ADR 15).
//
// State 0 is the one before the first step, state n the one after step n. The variables are `action` (the
// step that led here), `pc` (where each thread is), `picture`, and each location that a step touches. In a
// cycle `loop` is the state after the cycle's first step: what follows the last state. docs/trace-formats.md
// has the rest.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <string>

namespace gupcheck::traces {

// Each state has all values, so this can be far longer than the trace is.
inline constexpr std::size_t max_itf_bytes = 64'000'000;

// A std::runtime_error of one line says that it would be larger.
std::string itf(const Counterexample& trace);

} // namespace gupcheck::traces
