// SPDX-License-Identifier: GPL-2.0-only
//
// When an exploration leaves a checkpoint, and what is in it; and how another goes on from there.
//
// It holds how the automata came to be (learning_log.hpp) and a fingerprint of what they are, what is known
// of locations and symmetry, the counts so far, and the search. Whoever goes on learns the automata again,
// verifies them, reads the rest, and is then where the other was: verdict, counts, traces, the number of
// native runs and of restarts are those of a run that nobody interrupted. The number of workers may be
// another.
//
// Taken between two rounds of a search breadth first, when no worker is at work, each time the interval has
// passed and before the run stops. Writing takes no more than a twentieth of the time: what takes longer
// makes the interval longer.
#pragma once

#include "model/engine/checkpoint.hpp"
#include "model/engine/search.hpp"

namespace gupcheck::engine {

class Checkpointer {
public:
  // What an exploration has besides the search.
  struct Run {
    const Options& options;
    Limits& limits;
    const NativeRunner& runner;
    Statistics& statistics; // of the searches before
    std::uint64_t& scout_states;
  };
  // Throws CheckpointError for options with which there are no checkpoints.
  Checkpointer(const Run& run, const Learnt& learnt);

  // Between two rounds; `stops`: there will be no other. False: it could not be written, and the run has to
  // stop; the limits say so.
  bool look(Search& search, bool stops);

  // What comes before the search. False: a limit was reached meanwhile. Throws CheckpointError for one that
  // was written for another program or other options.
  bool read(CheckpointReader& reader);

private:
  void write(Search& search);
  Fingerprint identity() const;

  Run run_;
  Learnt learnt_;
  const CheckpointOptions* options_;
  double last_ = 0; // seconds
  double interval_;
};

} // namespace gupcheck::engine
