// SPDX-License-Identifier: GPL-2.0-only
//
// What stops a run before its end: limits and the user. One object serves all phases of a run; whatever may
// take long asks it now and then.
#pragma once

#include "model/engine/explore.hpp"

#include <chrono>
#include <string>

namespace gupcheck::engine {

class Limits {
public:
  explicit Limits(const Options& options) : options_(&options), start_(std::chrono::steady_clock::now()) {}

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  // Whether the run has to stop; then reason() says why. Also reports progress.
  bool reached(const Progress& counts);
  // The same where only time, the user and memory matter: everything since the last reached(), plus this.
  bool reached(std::uint64_t more_memory_bytes) {
    Progress counts = last_;
    counts.memory_bytes += more_memory_bytes;
    return look(counts);
  }
  // The run has to stop for another reason.
  void stop(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }
  // Empty, or that, or "max-states", "max-memory", "timeout" or "interrupt".
  const std::string& reason() const { return reason_; }
  std::uint64_t peak_memory_bytes() const { return peak_memory_; }

private:
  bool look(const Progress& counts);

  const Options* options_;
  std::chrono::steady_clock::time_point start_;
  double last_report_ = 0;
  Progress last_{};
  std::string reason_;
  std::uint64_t peak_memory_ = 0;
};

} // namespace gupcheck::engine
