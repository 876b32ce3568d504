// SPDX-License-Identifier: GPL-2.0-only
//
// A step as a statement of a litmus test: the kernel primitive that LKMM knows, or the nearest that it has.
#pragma once

#include "traces/counterexample.hpp"
#include "traces/litmus_names.hpp"

#include <string>

namespace gupcheck::traces {

struct LitmusCode {
  std::string remark; // where it is not written as what it is: how, and why that will do
  bool fence = false; // smp_mb() before it
  std::string call;
  bool returns = false; // into a register
  std::string value;    // that it must have returned; empty where nothing depends on it
  bool differs = false; // that it must not have returned
};

// Whether LKMM has something like it.
bool litmus_has(const Step& step, const LitmusVariable& variable);
// The variable is the step's, and LKMM has it.
LitmusCode litmus_code(const Step& step, const LitmusVariable& variable, LitmusNames& names);
// What a thread waits for for ever, as an attempt that fails; `last` must be there.
LitmusCode litmus_code(const Pending& pending, const LitmusVariable& variable, LitmusNames& names);

} // namespace gupcheck::traces
