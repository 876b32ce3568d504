// SPDX-License-Identifier: GPL-2.0-only
//
// What stops a run before its end: limits and the user. One object serves all phases of a run; whatever may
// take long asks it now and then.
#pragma once

#include "model/engine/explore.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace gupcheck::engine {

class Limits {
public:
  explicit Limits(const Options& options) : options_(&options), start_(std::chrono::steady_clock::now()) {}

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count() +
           earlier_seconds_;
  }
  // The run was begun by another process, which took so much; the timeout is for this one.
  void go_on_from(double seconds, std::uint64_t peak_memory_bytes) {
    earlier_seconds_ = seconds;
    last_report_ = seconds;
    peak_memory_ = std::max(peak_memory_, peak_memory_bytes);
  }
  // Whether the run has to stop; then reason() says why. Also reports progress.
  bool reached(const Progress& counts);
  // The same where only time, the user and memory matter: everything since the last reached(), plus this.
  bool reached(std::uint64_t more_memory_bytes) {
    Progress counts = last_;
    counts.memory_bytes += more_memory_bytes;
    return look(counts);
  }
  // A search has ended, and its memory is free.
  void forget_search() { last_ = {}; }
  // The run has to stop for another reason.
  void stop(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }
  // The same where that matters more than why it stops anyway.
  void stop_instead(std::string reason) { reason_ = std::move(reason); }
  // Empty, or that, or "max-states", "max-memory", "timeout" or "interrupt".
  const std::string& reason() const { return reason_; }
  std::uint64_t peak_memory_bytes() const { return peak_memory_; }

private:
  bool look(const Progress& counts);

  const Options* options_;
  std::chrono::steady_clock::time_point start_;
  double earlier_seconds_ = 0;
  double last_report_ = 0;
  Progress last_{};
  std::string reason_;
  std::uint64_t peak_memory_ = 0;
};

} // namespace gupcheck::engine
