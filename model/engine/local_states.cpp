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

// A sum: in which order they were taken makes no difference to what a thread may do.
Fingerprint fingerprint_of_locks(const std::vector<Address>& held) {
  Fingerprint locks;
  for (const Address lock : held) locks = locks + fingerprint_of(held.size(), lock);
  return locks;
}

bool operation_names_peer(const Posted& posted) {
  const Operation& operation = posted.operation;
  bool found =
      names_peer(operation.address) || names_peer(operation.operand) || names_peer(operation.operand2);
  for (unsigned i = 0; i < posted.expectation_count; ++i)
    found = found || names_peer(posted.expectations[i].a) || names_peer(posted.expectations[i].b);
  return found;
}

// The locks that a thread holds after the operation that it was about to do.
std::vector<Address> held_after(const LocalState& before) {
  std::vector<Address> held = before.held;
  const Operation& operation = before.posted.operation;
  if (operation.form.kind == OperationKind::lock) {
    held.push_back(operation.address);
  } else if (operation.form.kind == OperationKind::unlock) {
    std::erase(held, operation.address);
  }
  return held;
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
  std::vector<Address> held = held_after(states_[from]);
  return intern(runner_->resume(states_[from].image, result), std::move(held));
}

LocalId LocalStates::intern(const Posted& posted, std::vector<Address> held) {
  LocalState state;
  state.posted = posted;
  state.held = std::move(held);
  auto wrong = decode(posted.operation, fifo_, state.access);
  if (!wrong && posted.operation.form.size != 0 && arena().in_blocks(posted.operation.address))
    wrong = Fault::numbered_block;
  if (wrong) {
    state.posted.operation.form = {.kind = OperationKind::fault};
    state.posted.operation.operand2 = posted.operation.address;
    state.posted.operation.operand = static_cast<std::uint64_t>(*wrong);
    state.posted.expectation_count = 0;
    decode(state.posted.operation, fifo_, state.access);
  }
  std::span<const std::byte> image = runner_->image();
  if (ends_thread(state.posted.operation.form.kind)) image = {};
  state.names_peer = operation_names_peer(state.posted);
  Fingerprint operation = fingerprint_of_operation(state.posted);
  state.content = operation + fingerprint_of(image);
  // The locks that it holds can be seen in the world; here they are what its steps are known by.
  operation = operation + fingerprint_of_locks(state.held);
  const auto [found, is_new] =
      by_content_.try_emplace(operation + fingerprint_of(image), static_cast<LocalId>(states_.size()));
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
