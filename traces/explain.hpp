// SPDX-License-Identifier: GPL-2.0-only
//
// One sentence that says how a counterexample came about, in the words that the model has for it: what the
// thread in question saw last of what another one did, and when.
//
//   "in step 18 pin-b found page[0] isolated (PG_lru clear): pin-a had isolated it, from step 17 on"
//
// It is made from the trace (dependence.hpp) and nothing else, so it says what happened, not why that is
// wrong: that is the check's message. Empty where there is nothing to say: the check broke before the first
// step.
#pragma once

#include "model/engine/names.hpp"
#include "traces/counterexample.hpp"

namespace gupcheck::traces {

// `names`: of the program that the trace was recorded from.
std::string explain(const Counterexample& trace, const engine::Names& names);

} // namespace gupcheck::traces
