// SPDX-License-Identifier: GPL-2.0-only
//
// The line on stderr that says how far a run has come; nothing where stderr is not a terminal.
#pragma once

#include "model/engine/explore.hpp"

#include <functional>
#include <string>

namespace gupcheck::tools {

class ProgressLine {
public:
  explicit ProgressLine(std::string what) : what_(std::move(what)) {}
  ~ProgressLine() { erase(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // For engine::Options::progress; empty where there is nobody to see it. Must not outlive this object.
  std::function<void(const engine::Progress&)> callback();
  // Before something else is written to stderr.
  void erase();

private:
  void show(const engine::Progress& progress);

  std::string what_;
  bool shown_ = false;
};

} // namespace gupcheck::tools
