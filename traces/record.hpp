// SPDX-License-Identifier: GPL-2.0-only
//
// Makes a counterexample of a schedule by executing it once more, natively.
#pragma once

#include "model/engine/replay.hpp"
#include "traces/counterexample.hpp"

namespace gupcheck::traces {

// Of a violation that explore() found. Throws std::runtime_error when the schedule cannot be followed or does
// not break the check: then the program does not behave the same way each time.
Counterexample record(engine::Program& program, const engine::Options& options, const Subject& subject,
                      const engine::Violation& violation);

// The same from an execution that was already made, whatever came of it. `names` must be of the same program;
// the check, the message and `shortest` are left for the caller to fill in.
Counterexample describe(const engine::Program& program, const engine::Names& names,
                        const engine::Execution& execution);
// One operation of it, without the functions around it.
Action describe(const engine::Names& names, const engine::Operation& operation);

} // namespace gupcheck::traces
