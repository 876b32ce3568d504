// SPDX-License-Identifier: GPL-2.0-only
//
// The reference counts of gup-micro: breadth-first search over a hand-written state machine, in a
// std::unordered_set of whole states.
//
// The oracle for the checker's own counts. A reader may rely on it sharing nothing with the checker: no
// fibers, no engine, no fingerprints, no reduction.
#pragma once

#include "tests/reference/gup_micro_thread.hpp"

#include <cstdint>
#include <optional>

namespace gupcheck::reference {

// What counts as one state of a thread, and what as one step.
enum class Reading : std::uint8_t {
  // The control point and the live locals. This is what the published counts (SPIN, TLC) are.
  live,
  // As `live`, but the wait for a migration entry is part of taking the lock after it.
  compound_wait,
  // Its behaviour: threads that do the same from now on, whatever results they get, are one. The coarsest
  // partition that is exact step by step, so no sound merging of local states can count fewer.
  behaviour,
};

struct Setup {
  unsigned threads = 2; // at most max_threads
  unsigned pages = 1;   // at most max_pages
  Variant variant = Variant::seed;
  Reading reading = Reading::live;
  // Stop at the first thread that returns a pinned movable page.
  bool return_check = false;
};

struct Count {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0; // the initial state counts as one
  std::uint64_t deadlocks = 0;
  std::uint64_t broken_assertions = 0;          // about lists and references, in any step
  std::uint64_t broken_final_checks = 0;        // references that nobody explains when all have ended
  std::optional<std::uint64_t> violation_depth; // steps to the first broken return check, if it was on
};

// Throws std::invalid_argument for a setup out of bounds.
Count count(const Setup& setup);

} // namespace gupcheck::reference
