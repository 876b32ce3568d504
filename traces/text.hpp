// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample as text that can be pasted into a mail: a lane for each thread, a line for each step.
//
// Plain ASCII as far as the model's own names are, no line longer than `columns` unless a single word is, no
// colour unless asked for. The text is for people: its form may change; programs read json.hpp.
#pragma once

#include "traces/counterexample.hpp"

namespace gupcheck::traces {

struct TextOptions {
  bool colour = false;
  std::size_t columns = 100; // at least 60
  bool unfold = false;       // also the steps that do not matter, else a line says how many there are
};

std::string text(const Counterexample& trace, const TextOptions& options = {});

} // namespace gupcheck::traces
