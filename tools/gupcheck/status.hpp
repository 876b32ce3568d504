// SPDX-License-Identifier: GPL-2.0-only
//
// How a run of gupcheck ends, as its caller sees it.
#pragma once

#include <stdexcept>

namespace gupcheck::tools {

enum ExitStatus : int {
  exit_expected = 0,   // everything as expected
  exit_broken = 1,     // a promise is broken, or a trace is no longer followed
  exit_usage = 2,      // wrong usage, bad input, or output that cannot be written
  exit_incomplete = 3, // stopped before the end: no verdict
};

// Wrong usage or bad input: what() is one line for stderr, and the exit status is exit_usage.
class UsageError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

} // namespace gupcheck::tools
