// SPDX-License-Identifier: GPL-2.0-only
//
// Follows the prefix. See beginning.hpp.
#include "model/engine/beginning.hpp"

#include "model/engine/arena.hpp"
#include "model/engine/stepper.hpp"

#include <cstring>
#include <stdexcept>

namespace gupcheck::engine {

std::optional<Violation> find_beginning(Program& program, const Options& options, Beginning& beginning) {
  const CheckpointOptions& checkpoints = options.checkpoints;
  if (!options.prefix.empty() && !(checkpoints.file.empty() && checkpoints.resume_from.empty()))
    throw std::runtime_error("a search from a prefix leaves no checkpoints");
  if (options.prefix.empty()) { // nothing that a search would not see itself
    beginning.world.resize(arena().world_size() / 8);
    std::memcpy(beginning.world.data(), arena().world().data(), arena().world_size());
    return std::nullopt;
  }
  Stepper stepper(program, options, ReplayDetail::verdict);
  stepper.follow(options.prefix);
  for (const ExecutedStep& step : stepper.steps()) beginning.seen[step.move.thread].push_back(step.result);
  beginning.world = stepper.world();
  if (!stepper.broken()) return std::nullopt;
  Violation violation{stepper.broken()->check->name, stepper.broken()->message, {}, {}, true};
  for (const ExecutedStep& step : stepper.steps()) violation.stem.push_back(step.move);
  return violation;
}

} // namespace gupcheck::engine
