// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample made by hand: small, and with something of everything that a trace can hold.
#pragma once

#include "traces/counterexample.hpp"

namespace gupcheck::tests {

// Two threads, a test_and_clear that one of them loses, a lock that the other holds at the end.
traces::Counterexample sample();
// The same steps, the last two of them as a cycle.
traces::Counterexample sample_with_cycle();

} // namespace gupcheck::tests
