// SPDX-License-Identifier: GPL-2.0-only
//
// Interning of local states. See local_states.hpp.
#include "model/engine/local_states.hpp"

#include <algorithm>

namespace gupcheck::engine {

namespace {

// What makes two pending operations the same: all but the source location, which no other thread can see.
Fingerprint fingerprint_of_operation(const Posted& posted) {
  std::array<std::uint64_t, 4 + 4 * max_expectations> words{};
  words[0] = std::bit_cast<std::uint64_t>(posted.operation.form);
  words[1] = posted.operation.address;
  words[2] = posted.operation.operand;
  words[3] = posted.operation.operand2;
  std::size_t used = 4;
  for (unsigned i = 0; i < posted.expectation_count; ++i) {
    const Expectation& expectation = posted.expectations[i];
    words[used++] = reinterpret_cast<std::uint64_t>(expectation.check);
    words[used++] = reinterpret_cast<std::uint64_t>(expectation.condition);
    words[used++] = expectation.a;
    words[used++] = expectation.b;
  }
  return fingerprint_of(std::as_bytes(std::span(words).first(used)));
}

} // namespace

LocalId LocalStates::step(LocalId from, std::uint64_t result) {
  for (const LocalState::Step& step : states_[from].steps)
    if (step.result == result) return step.next;
  const LocalId next = step_natively(from, result);
  states_[from].steps.push_back({result, next});
  bytes_ += sizeof(LocalState::Step);
  return next;
}

LocalId LocalStates::step_natively(LocalId from, std::uint64_t result) {
  return intern(runner_->resume(states_[from].image, result));
}

LocalId LocalStates::intern(const Posted& posted) {
  LocalState state;
  state.posted = posted;
  if (const auto wrong = decode(posted.operation, fifo_, state.access)) {
    state.posted.operation.form = {.kind = OperationKind::fault};
    state.posted.operation.operand2 = posted.operation.address;
    state.posted.operation.operand = static_cast<std::uint64_t>(*wrong);
    state.posted.expectation_count = 0;
    decode(state.posted.operation, fifo_, state.access);
  }
  std::span<const std::byte> image = runner_->image();
  if (ends_thread(state.posted.operation.form.kind)) image = {};
  const Fingerprint operation = fingerprint_of_operation(state.posted);
  state.content = operation + fingerprint_of(image);
  const auto [found, is_new] = by_content_.try_emplace(state.content, static_cast<LocalId>(states_.size()));
  if (!is_new) return found->second;
  const auto [key, is_new_key] = key_by_operation_.try_emplace(operation, key_count_);
  if (is_new_key) ++key_count_;
  state.key = key->second;
  state.image.assign(image.begin(), image.end());
  bytes_ += sizeof(LocalState) + image.size() + 128; // 128: the maps and the steps, roughly
  states_.push_back(std::move(state));
  return found->second;
}

} // namespace gupcheck::engine
