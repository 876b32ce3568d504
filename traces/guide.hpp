// SPDX-License-Identifier: GPL-2.0-only
//
// Executes a program along the schedule of another one's trace: what another version of the loop does when
// its threads get their turns where the trace's threads had theirs.
//
// A schedule by numbers of steps would mean nothing in a program that takes one read more: from there on
// every turn would end somewhere else. So a turn ends where the trace's turn ends, after the same operation
// on the same location. A thread that comes to another operation than the trace's goes on to where both are
// together again, if align.hpp finds such a place in what the thread does when nobody disturbs it; if not, it
// makes as many steps of its own as the trace's turn has left. A thread that is blocked or has finished loses
// the rest of its turn. After the last turn the threads go on by themselves, the one that moved last first,
// each until it has finished, is blocked, or only goes round.
#pragma once

#include "model/engine/program.hpp"
#include "traces/counterexample.hpp"

namespace gupcheck::traces {

enum class Ending {
  broken,   // a check breaks: it is in the trace
  finished, // every thread has
  stuck,    // nobody can move, and no check looks at that
  endless,  // the threads that are left go round for ever
  stopped   // too many steps
};

struct Guided {
  Counterexample trace;   // what was executed; check and message are empty if nothing breaks
  std::size_t guided = 0; // of its steps so many were made during the turns of the other one
  Ending ending = Ending::stopped;
};

Guided guide(engine::Program& program, const Counterexample& along);

} // namespace gupcheck::traces
