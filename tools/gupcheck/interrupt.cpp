// SPDX-License-Identifier: GPL-2.0-only
//
// The one signal handler of the command line.
#include "tools/gupcheck/interrupt.hpp"

#include <csignal>
#include <ctime>

namespace gupcheck::tools {

namespace {

std::atomic<bool> interrupted = false;
std::atomic<bool> terminated = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");
volatile std::time_t first_signal = 0; // seconds of the monotonic clock

// timeout(1) and shells send a signal to the process and to its group: the same one twice is no second wish.
constexpr std::time_t patience = 1; // seconds

std::time_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

void note(int signal) {
  if (signal == SIGTERM) terminated = true;
  if (!interrupted) {
    first_signal = now();
    interrupted = true;
  } else if (now() - first_signal > patience) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

} // namespace

const std::atomic<bool>& catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A file that becomes too large is one that cannot be written, and is reported like any other.
  std::signal(SIGXFSZ, SIG_IGN);
  return interrupted;
}

void forget_interrupts() { interrupted = terminated.load(); }
bool told_to_end() { return terminated; }

} // namespace gupcheck::tools
