// SPDX-License-Identifier: GPL-2.0-only
//
// See limits.hpp.
#include "model/engine/limits.hpp"

#include <algorithm>

namespace gupcheck::engine {

bool Limits::reached(const Progress& counts) {
  last_ = counts;
  return look(counts);
}

bool Limits::look(const Progress& counts) {
  peak_memory_ = std::max(peak_memory_, counts.memory_bytes);
  if (!reason_.empty()) return true;
  const double now = seconds();
  if (options_->progress && now - last_report_ > 0.2) {
    last_report_ = now;
    Progress report = counts;
    report.seconds = now;
    options_->progress(report);
  }
  if (options_->interrupted != nullptr && options_->interrupted->load(std::memory_order_relaxed)) {
    reason_ = "interrupt";
  } else if (counts.states > options_->max_states) {
    reason_ = "max-states";
  } else if (counts.memory_bytes > options_->max_memory_bytes) {
    reason_ = "max-memory";
  } else if (now - earlier_seconds_ > options_->timeout.count()) {
    reason_ = "timeout";
  }
  return !reason_.empty();
}

} // namespace gupcheck::engine
