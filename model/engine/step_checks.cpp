// SPDX-License-Identifier: GPL-2.0-only
//
// See step_checks.hpp.
#include "model/engine/step_checks.hpp"

#include <cstdio>
#include <vector>

namespace gupcheck::engine {

namespace {

struct FaultKind {
  const Check* check;
  const char* message;
};

FaultKind describe(std::uint64_t fault_number) {
  switch (static_cast<Fault>(fault_number)) {
  case Fault::segmentation: return {&fault, "invalid memory access (SIGSEGV)"};
  case Fault::arithmetic: return {&fault, "arithmetic fault (SIGFPE)"};
  case Fault::illegal: return {&fault, "abort or illegal instruction"};
  case Fault::stack_overflow: return {&fault, "stack overflow"};
  case Fault::wild_operation: return {&fault, "an operation on an address outside the world"};
  case Fault::bypass:
    return {&model_error, "access to the world that is no operation (use atomic<>, var<> or a lock)"};
  case Fault::hang: return {&model_error, "no visible step for 0.3 s of processor time"};
  case Fault::misaligned: return {&model_error, "an operation that is not naturally aligned"};
  case Fault::untyped_pointer:
    return {&model_error, "a pointer to a thread's block is stored as something else than a pointer"};
  case Fault::no_choice: return {&model_error, "choose() among no values or more than 4096"};
  case Fault::numbered_block:
    return {&model_error, "a thread reaches a block by its thread's number (of_thread); use self or peer"};
  case Fault::heap: return {&model_error, "the heap is used inside a model thread"};
  }
  return {&model_error, "unknown fault"};
}

// The location's value as a watch sees it.
std::uint64_t seen_by(unsigned thread, const Access& access, std::uint64_t word) {
  const std::uint64_t value = value_in(access, word);
  switch (access.kind) {
  case OperationKind::lock:
  case OperationKind::enqueue:
  case OperationKind::unlock: return (value & lock_granted) != 0;
  default: return access.pointer ? pointer_from_world(value, thread) : value;
  }
}

} // namespace

std::optional<Broken> StepChecks::step(const Posted& posted, const Access& access, const Watch* watch,
                                       std::uint64_t* world, unsigned thread, const Effect& effect,
                                       Reads* reads) const {
  if (is_misuse(access, world, thread))
    return Broken{&model_error, "unlock of a lock that the thread does not hold"};
  DirectMode direct(world, false, thread, reads);
  std::optional<Broken> broken;
  try {
    for (unsigned i = 0; i < posted.expectation_count; ++i) {
      const Expectation& expectation = posted.expectations[i];
      if (const char* message = expectation.condition(expectation.a, expectation.b))
        return Broken{expectation.check, message};
    }
    world[effect.word] = effect.after;
    const WatchedStep seen{posted.operation, seen_by(thread, access, effect.before),
                           seen_by(thread, access, effect.after)};
    if (reads != nullptr && watch != nullptr && access.pointer &&
        (names_peer(seen.before) || names_peer(seen.after)))
      reads->push_back({.offset = effect.word * 8 + access.shift / 8U,
                        .size = posted.operation.form.size,
                        .by_number = false,
                        .as_number = false,
                        .by_peer = true});
    for (; watch != nullptr && !broken; watch = watch->next) {
      if (const char* message = watch->broken(seen);
          message != nullptr && !options_->leaves_out(*watch->check))
        broken = Broken{watch->check, message};
    }
  } catch (const DirectFailure& failure) {
    broken = Broken{failure.check, failure.message};
  }
  world[effect.word] = effect.before;
  return broken;
}

std::optional<Broken> StepChecks::thread(const Posted& posted, unsigned thread) const {
  const Operation& operation = posted.operation;
  if (operation.form.kind == OperationKind::failed)
    return Broken{reinterpret_cast<const Check*>(operation.operand),
                  reinterpret_cast<const char*>(operation.operand2)};
  if (operation.form.kind == OperationKind::fault) {
    const FaultKind kind = describe(operation.operand);
    std::string message = program_->thread_name(thread) + ": " + kind.message;
    if (operation.operand2 != 0) {
      char address[32];
      std::snprintf(address, sizeof address, " at 0x%lx", static_cast<unsigned long>(operation.operand2));
      message += address;
    }
    return Broken{kind.check, std::move(message), true};
  }
  return std::nullopt;
}

std::optional<Broken> StepChecks::invariant(std::uint64_t* world, Reads* reads) const {
  if (!has_invariant_) return std::nullopt;
  DirectMode direct(world, false, DirectMode::nobody, reads);
  try {
    program_->invariant();
  } catch (const DirectFailure& failure) {
    return Broken{failure.check, failure.message};
  }
  return std::nullopt;
}

std::optional<Broken> StepChecks::end(bool all_finished, std::span<const std::uint64_t> world,
                                      Reads* reads) const {
  if (!all_finished) {
    if (options_->leaves_out(deadlock)) return std::nullopt;
    return Broken{&deadlock, "no thread can move"};
  }
  std::vector<std::uint64_t> final_world(world.begin(), world.end()); // after() may write
  DirectMode direct(final_world.data(), true, DirectMode::nobody, reads);
  try {
    program_->after();
  } catch (const DirectFailure& failure) {
    return Broken{failure.check, failure.message};
  }
  return std::nullopt;
}

} // namespace gupcheck::engine
