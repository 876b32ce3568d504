// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample as the skeleton of a litmus test for herd7 and the Linux kernel's memory model (LKMM).
//
// Each thread is straight-line code: the steps that matter, the steps that these build on, and the locks that
// were held around them, in kernel C. The `exists` clause says what the threads saw in this schedule, so
// without weak memory it can be reached. What LKMM has no word for is written with the nearest that it has,
// and a comment says so. docs/trace-formats.md has the rules.
#pragma once

#include "traces/counterexample.hpp"

#include <cstddef>
#include <string>

namespace gupcheck::traces {

struct LitmusOptions {
  bool unfold = false; // all steps
  std::size_t max_steps = 32;
};

// A std::runtime_error of one line says why there is none: too many steps, or no step at all.
std::string litmus(const Counterexample& trace, const LitmusOptions& options = {});

} // namespace gupcheck::traces
