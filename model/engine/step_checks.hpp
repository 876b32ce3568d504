// SPDX-License-Identifier: GPL-2.0-only
//
// What is checked at each step and in each state; the search and the replay of a schedule share it.
#pragma once

#include "model/engine/native.hpp"
#include "model/engine/sequential.hpp"

#include <optional>
#include <span>
#include <string>

namespace gupcheck::engine {

struct Broken {
  const Check* check;
  std::string message;
  bool always = false; // counts even if the check is left out: the thread cannot go on
};

class StepChecks {
public:
  StepChecks(Program& program, const Options& options)
      : program_(&program), options_(&options), has_invariant_(program.has_invariant()) {}

  bool left_out(const Broken& broken) const { return !broken.always && options_->leaves_out(*broken.check); }

  bool has_invariant() const { return has_invariant_; }

  // Each notes in `reads` what it looks at, if that is given.
  using Reads = std::vector<DirectRead>;

  // The step's own checks: misuse, expectations (in the state before it), watches (in the state after it).
  // `world` is the state before; it is changed and restored.
  std::optional<Broken> step(const Posted& posted, const Access& access, const Watch* watch,
                             std::uint64_t* world, unsigned thread, const Effect& effect,
                             Reads* reads = nullptr) const;
  // A thread that has posted `posted`: whether it has failed or crashed.
  std::optional<Broken> thread(const Posted& posted, unsigned thread) const;
  // The suite's invariant.
  std::optional<Broken> invariant(std::uint64_t* world, Reads* reads = nullptr) const;
  // A state in which no thread can move.
  std::optional<Broken> end(bool all_finished, std::span<const std::uint64_t> world,
                            Reads* reads = nullptr) const;

private:
  Program* program_;
  const Options* options_;
  bool has_invariant_;
};

} // namespace gupcheck::engine
