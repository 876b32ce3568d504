// SPDX-License-Identifier: GPL-2.0-only
//
// Follows a schedule with a stepper. See replay.hpp.
#include "model/engine/replay.hpp"

#include "model/engine/native.hpp"

namespace gupcheck::engine {

namespace {

bool same(const std::vector<Operation>& a, const std::vector<Operation>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i].form == b[i].form) || a[i].address != b[i].address || a[i].operand != b[i].operand ||
        a[i].operand2 != b[i].operand2)
      return false;
  return true;
}

} // namespace

Execution execution_of(const Stepper& stepper) {
  Execution execution;
  execution.initial_picture = stepper.initial_picture();
  execution.steps = stepper.steps();
  execution.stem_length = execution.steps.size();
  execution.pending = stepper.pending();
  if (stepper.broken()) {
    execution.check = stepper.broken()->check->name;
    execution.message = stepper.broken()->message;
    execution.looked_at = stepper.broken()->looked_at;
  }
  return execution;
}

Execution replay(Program& program, const Options& options, const std::vector<Move>& stem,
                 const std::vector<Move>& cycle, ReplayDetail detail) {
  if (const auto failure = build_world(program, options)) {
    Execution execution;
    execution.check = failure->check->name;
    execution.message = failure->message;
    return execution;
  }
  Stepper stepper(program, options, detail);
  stepper.follow(stem);
  const bool closes_something = !cycle.empty() && !stepper.broken();
  const std::vector<std::uint64_t> world_before = stepper.world();
  const std::vector<Operation> next_before = stepper.next_operations();
  stepper.follow(cycle);
  Execution execution = execution_of(stepper);
  execution.stem_length = stem.size();
  execution.cycle_closes =
      closes_something && stepper.world() == world_before && same(next_before, stepper.next_operations());
  return execution;
}

} // namespace gupcheck::engine
