// SPDX-License-Identifier: GPL-2.0-only
//
// The text of a litmus test around its statements, in the grammar that herd7 has for kernel C.
#pragma once

#include "traces/litmus_names.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gupcheck::traces {

struct LitmusProcess {
  std::size_t thread = 0; // of the trace
  unsigned number = 0;    // P0, P1, ...
  unsigned registers = 0; // how many it uses: r0, r1, ...
  std::string body;
  std::vector<const LitmusVariable*> uses;
};

// `text` in a comment: it cannot end it, nor the body that it is in, nor go on in the next line.
std::string litmus_comment(std::string text);
// A name for the test: letters, digits, dots and dashes.
std::string litmus_title(const Counterexample& trace);
// The process, with what it declares.
std::string litmus_text(const LitmusProcess& process);

} // namespace gupcheck::traces
