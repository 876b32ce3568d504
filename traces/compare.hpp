// SPDX-License-Identifier: GPL-2.0-only
//
// Whether two steps are the same, in the model's words: replay.hpp and diff.hpp ask here.
//
// The same are steps that do the same operation on the same location, find and leave the same values and show
// the thread the same result. Lines, function names and pictures may differ, and so may the addresses among
// the values: what they point to is in the words.
#pragma once

#include "traces/counterexample.hpp"

#include <string>

namespace gupcheck::traces {

// What differs first; words() of it completes `another ...`.
enum class StepPart { nothing, operation, value, result, new_value };

struct StepDifference {
  StepPart part = StepPart::nothing;
  std::string a; // that part of each step in words
  std::string b;
};

StepDifference difference(const Step& a, const Step& b);

// The same text for the same operation on the same location, and for no other.
std::string operation_key(const Action& action);

// `operation`, `value`, `result`, `new value`.
std::string words(StepPart part);

} // namespace gupcheck::traces
