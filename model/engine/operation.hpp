// SPDX-License-Identifier: GPL-2.0-only
//
// What one visible step of a model thread is: the operation record.
//
// A thread stops right before each visible step and posts an Operation; the explorer executes it on the
// world and resumes the thread with the result. Nothing here knows how operations are executed (see
// sequential.hpp) or where threads run (see native.hpp). The record carries memory order and source
// location although sequential consistency does not need them, so that weaker memory models can come without
// touching model code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <source_location>

namespace gupcheck::engine {

using Address = std::uint64_t;

// More threads than anybody can exhaust; a FIFO lock word holds a queue of 4-bit thread numbers.
inline constexpr unsigned max_threads = 8;
inline constexpr unsigned max_choices = 4096; // of one choose()

enum class OperationKind : std::uint8_t {
  load,
  store,
  exchange,
  fetch_add,
  fetch_or,
  fetch_and,
  compare_exchange, // operand: expected, operand2: desired
  add_unless,       // adds operand unless the location holds operand2 (the kernel's atomic_add_unless)
  lock,             // blocks while held; stores the owner
  enqueue,          // FIFO locks only: takes a place in the queue of a lock
  unlock,
  lock_bits,      // blocks while any bit of operand is set, then sets them (bit locks: PG_locked)
  wait_equal,     // blocks until (value & operand) == operand2; reads nothing
  wait_not_equal, // blocks until (value & operand) != operand2; reads nothing
  choose,         // nondeterministic choice of one of `operand` values
  finished,       // the thread function returned
  failed,         // an assertion of the model broke: operand is a const Check*, operand2 a const char*
  fault,          // the native code crashed, overflowed its stack or never came back (see Fault)
};

// A lock's word: the queue of threads, number + 1 in 4 bits each, the first lowest (without FIFO locks only
// the holder), and this bit while the first of them has the lock and does not only wait for it.
inline constexpr std::uint64_t lock_granted = std::uint64_t{1} << 63;

// Which part of an access the thread gets to see. The less it sees, the fewer local states there are; a
// kernel primitive never shows more here than it returns there (test_and_clear_bit: one bit, not the word).
enum class ResultOf : std::uint8_t {
  nothing,
  old_value,
  old_bits,    // whether any of the bits that the operation tests was set
  new_is_zero, // the kernel's *_and_test family
  success,     // compare_exchange, add_unless: whether the store happened
};

enum class MemoryOrder : std::uint8_t { relaxed, consume, acquire, release, acq_rel, seq_cst };

// The part of an operation that is known when the model is compiled; passed in one register.
struct OperationForm {
  OperationKind kind{};
  std::uint8_t size = 0; // bytes: 1, 2, 4 or 8; 0 where no memory is touched
  ResultOf result = ResultOf::nothing;
  MemoryOrder order = MemoryOrder::seq_cst;
  bool plain = false;   // a plain C access, not an atomic one
  bool pointer = false; // operands and result are addresses (see arena.hpp, the self window)
  std::uint8_t reserved[2] = {};
  bool operator==(const OperationForm&) const = default;
};
static_assert(sizeof(OperationForm) == 8);

using SourceLocation = std::source_location;

struct Operation {
  OperationForm form;
  Address address = 0;
  std::uint64_t operand = 0;
  std::uint64_t operand2 = 0;
  SourceLocation where;
};

// The name of a promise. Identity is the address, so declare each check once, at namespace scope.
struct Check {
  const char* name;
};

// What native code did wrong, as the operand of OperationKind::fault; operand2 is the faulting address.
enum class Fault : std::uint8_t {
  segmentation,    // SIGSEGV, SIGBUS outside every known region
  arithmetic,      // SIGFPE
  illegal,         // SIGILL, SIGABRT, std::terminate
  stack_overflow,  // the guard page below a thread's stack was hit
  bypass,          // the world was touched without posting an operation
  hang,            // no visible step within the watchdog's time
  wild_operation,  // an operation on an address outside the world (or on a stack)
  misaligned,      // an operation that is not naturally aligned
  no_choice,       // choose() among no values, or among more than max_choices
  untyped_pointer, // a pointer to a block that is stored as something else than a pointer
  numbered_block,  // a thread uses a block by its thread's number (of_thread) instead of by a window
  heap,            // malloc or operator new inside a model thread
};

inline bool blocks(OperationKind kind) {
  return kind == OperationKind::lock || kind == OperationKind::lock_bits ||
         kind == OperationKind::wait_equal || kind == OperationKind::wait_not_equal;
}
// Whether it can change its location.
inline bool writes(OperationKind kind) {
  return kind != OperationKind::load && kind != OperationKind::wait_equal &&
         kind != OperationKind::wait_not_equal;
}
inline bool ends_thread(OperationKind kind) { return kind >= OperationKind::finished; }

} // namespace gupcheck::engine
