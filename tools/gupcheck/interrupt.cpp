// SPDX-License-Identifier: GPL-2.0-only
//
// The one signal handler of the command line.
#include "tools/gupcheck/interrupt.hpp"

#include <csignal>

namespace gupcheck::tools {

namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

void note(int) { interrupted = true; }

} // namespace

const std::atomic<bool>& catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return interrupted;
}

} // namespace gupcheck::tools
