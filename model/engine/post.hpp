// SPDX-License-Identifier: GPL-2.0-only
//
// The door between model code and the explorer: post an operation, attach an expectation, report a failure.
//
// Model code normally uses the types of shared.hpp and never calls post() itself. The same model code runs
// in two ways. On a fiber each post() stops the thread until the explorer resumes it. Outside one (a suite's
// before(), after(), invariant(), an expectation) operations execute at once on the state in question: that
// is direct mode, and there a step that would block is an error of the model.
#pragma once

#include "model/engine/operation.hpp"

namespace gupcheck::engine {

// Posts one visible step and returns its result, zero-extended to 64 bits.
std::uint64_t post(OperationForm form, Address address, std::uint64_t operand, std::uint64_t operand2,
                   SourceLocation where);

// An assertion of the model broke: ends the exploration of this path with `check` broken. Returns only when
// the run leaves that check out (--without). `message` must be a literal: it outlives the thread.
void fail(const Check& check, const char* message, SourceLocation where = SourceLocation::current());

inline void require(bool condition, const Check& check, const char* message,
                    SourceLocation where = SourceLocation::current()) {
  if (!condition) [[unlikely]]
    fail(check, message, where);
}

// A condition on shared memory, evaluated in direct mode in the very state in which the thread's next
// operation executes, as part of that step: it reads what the kernel's own debug checks read
// (CONFIG_DEBUG_LIST, VM_BUG_ON) without adding steps that the kernel does not have. Returns null or what is
// wrong (a literal).
using Condition = const char* (*)(std::uint64_t a, std::uint64_t b);
inline constexpr unsigned max_expectations = 4; // for one operation

void expect(const Check& check, Condition condition, std::uint64_t a = 0, std::uint64_t b = 0);

// One of 0 .. count-1; the explorer takes every one of them.
inline unsigned choose(unsigned count, SourceLocation where = SourceLocation::current()) {
  return static_cast<unsigned>(
      post({.kind = OperationKind::choose, .result = ResultOf::old_value}, 0, count, 0, where));
}

// Breaks when a model asserts without naming a promise of its own.
inline constexpr Check assertion{"assertion"};
// The model broke a rule of the engine.
inline constexpr Check model_error{"model-error"};

// Whether spinlocks queue (--locks fifo): then taking one is two steps, taking a place and getting the lock.
bool fifo_locks();

} // namespace gupcheck::engine
