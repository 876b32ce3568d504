// SPDX-License-Identifier: GPL-2.0-only
//
// Sequentially consistent meaning of operations: whether one is enabled, and what it does to a world.
//
// An Access is an operation decoded once: which 64-bit word of the world it touches and how. Executing one
// changes nothing: it says what the word becomes, so that a successor's fingerprint is known before anything
// is copied. Worlds are given by their bytes and need not be in the arena.
#pragma once

#include "model/engine/arena.hpp"

#include <bit>
#include <cstdint>
#include <optional>

namespace gupcheck::engine {

struct Access {
  OperationKind kind{};
  ResultOf result{};
  bool pointer = false;
  std::uint8_t shift = 0;   // of the location in its word
  std::uint8_t peer = 0;    // whose block, counted from the thread that executes it
  std::uint8_t threads = 0; // how many blocks there are
  std::uint32_t word = 0;   // index of the word; in block 0 if the operation is on a block
  std::uint32_t stride = 0; // words between the blocks of two threads; 0 outside the blocks
  std::uint64_t mask = 0;   // of the location's bits, unshifted
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

struct Effect {
  std::uint32_t word;   // which one changes
  std::uint64_t before; // the whole word
  std::uint64_t after;
  std::uint64_t result; // what the thread sees
};

// The location's own value in a word that holds it.
inline std::uint64_t value_in(const Access& access, std::uint64_t word) {
  return (word >> access.shift) & access.mask;
}

// Fails (with a Fault) for a location that is not in the world or not naturally aligned.
inline std::optional<Fault> decode(const Operation& operation, bool fifo, Access& access) {
  access = {.kind = operation.form.kind, .result = operation.form.result, .pointer = operation.form.pointer};
  access.a = operation.operand;
  access.b = operation.operand2;
  const unsigned size = operation.form.size;
  if (access.kind == OperationKind::choose && (access.a == 0 || access.a > max_choices))
    return Fault::no_choice;
  if (size == 0) return std::nullopt; // touches no memory: word 0 stays as it is
  if (operation.address % size != 0) return Fault::misaligned;
  Address offset = 0;
  if (in_window(operation.address)) {
    offset = (operation.address - Arena::windows) % Arena::max_block;
    access.peer = static_cast<std::uint8_t>((operation.address - Arena::windows) / Arena::max_block);
    access.threads = static_cast<std::uint8_t>(arena().blocks());
    if (offset + size > arena().block_stride() || access.peer >= access.threads) return Fault::wild_operation;
    offset += arena().block(0) - Arena::base;
    access.stride = static_cast<std::uint32_t>(arena().block_stride() / 8);
  } else {
    offset = operation.address - Arena::base;
    if (operation.address < Arena::base || offset + size > arena().world_size()) return Fault::wild_operation;
  }
  access.word = static_cast<std::uint32_t>(offset / 8);
  access.shift = static_cast<std::uint8_t>(offset % 8 * 8);
  access.mask = size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
  access.a &= access.mask;
  access.b &= access.mask;
  // Nobody could translate it when another thread loads it.
  const bool stores_operand = access.kind == OperationKind::store || access.kind == OperationKind::exchange;
  if (!access.pointer && ((stores_operand && in_window(access.a)) ||
                          (access.kind == OperationKind::compare_exchange && in_window(access.b))))
    return Fault::untyped_pointer;
  if (access.kind == OperationKind::lock) access.a = fifo;
  return std::nullopt;
}

// A pointer into a block is an address in a window while a thread holds it and the real address in the world.
inline std::uint64_t pointer_to_world(std::uint64_t value, unsigned thread) {
  if (!in_window(value)) return value;
  const Address offset = value - Arena::windows;
  return arena().block((thread + static_cast<unsigned>(offset / Arena::max_block)) % arena().blocks()) +
         offset % Arena::max_block;
}
inline std::uint64_t pointer_from_world(std::uint64_t value, unsigned thread) {
  if (!arena().in_blocks(value)) return value;
  const Address offset = value - arena().block(0);
  const auto owner = static_cast<unsigned>(offset / arena().block_stride());
  const unsigned peer = (owner + arena().blocks() - thread) % arena().blocks();
  return Arena::windows + peer * Arena::max_block + offset % arena().block_stride();
}

inline std::uint32_t word_of(const Access& access, unsigned thread) {
  if (access.stride == 0) [[likely]]
    return access.word;
  const unsigned owner = thread + access.peer;
  return access.word + (owner < access.threads ? owner : owner - access.threads) * access.stride;
}

// Calls visit(position, thread) for each thread that a lock's word names.
template <class Visit> void each_in_lock(std::uint64_t value, Visit visit) {
  unsigned position = 0;
  for (std::uint64_t rest = value & ~lock_granted; rest != 0; rest >>= 4, ++position)
    visit(position, static_cast<unsigned>(rest & 15) - 1);
}

inline bool enabled(const Access& access, const std::uint64_t* world, unsigned thread) {
  if (!blocks(access.kind)) return !ends_thread(access.kind);
  const std::uint64_t value = value_in(access, world[word_of(access, thread)]);
  switch (access.kind) {
  case OperationKind::lock:
    return access.a != 0 ? (value & lock_granted) == 0 && (value & 15) == thread + 1 : value == 0;
  case OperationKind::lock_bits: return (value & access.a) == 0;
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: {
    const std::uint64_t awaited = access.pointer ? pointer_to_world(access.b, thread) : access.b;
    return ((value & access.a) == awaited) == (access.kind == OperationKind::wait_equal);
  }
  default: return true;
  }
}

// An unlock of a lock that the thread does not hold: the one operation that can be wrong in itself.
inline bool is_misuse(const Access& access, const std::uint64_t* world, unsigned thread) {
  if (access.kind != OperationKind::unlock) return false;
  const std::uint64_t value = value_in(access, world[word_of(access, thread)]);
  return (value & 15) != thread + 1 || (value & lock_granted) == 0;
}

[[gnu::always_inline]] inline Effect execute(const Access& access, const std::uint64_t* world,
                                             unsigned thread, std::uint32_t choice) {
  const std::uint32_t word = word_of(access, thread);
  const std::uint64_t before = world[word];
  const std::uint64_t old = value_in(access, before);
  std::uint64_t a = access.a;
  std::uint64_t b = access.b;
  if (access.pointer) [[unlikely]] {
    a = pointer_to_world(a, thread);
    b = pointer_to_world(b, thread);
  }
  std::uint64_t value = old;
  bool success = true;
  std::uint64_t tested = a;
  switch (access.kind) {
  case OperationKind::store:
  case OperationKind::exchange: value = a; break;
  case OperationKind::fetch_add: value = old + a; break;
  case OperationKind::fetch_or: value = old | a; break;
  case OperationKind::fetch_and:
    value = old & a;
    tested = ~a;
    break;
  case OperationKind::compare_exchange:
    success = old == a;
    if (success) value = b;
    break;
  case OperationKind::add_unless:
    success = old != b;
    if (success) value = old + a;
    break;
  case OperationKind::lock: value = lock_granted | (a != 0 ? old : thread + 1); break;
  case OperationKind::enqueue:
    value = old | (std::uint64_t{thread + 1} << ((std::bit_width(old & ~lock_granted) + 3U) / 4U * 4U));
    break;
  case OperationKind::unlock: value = (old & ~lock_granted) >> 4; break;
  case OperationKind::lock_bits: value = old | a; break;
  default: break; // load, waits, choose
  }
  value &= access.mask;
  std::uint64_t result = 0;
  switch (access.result) {
  case ResultOf::nothing: break;
  case ResultOf::old_value:
    result = access.kind == OperationKind::choose ? choice
             : access.pointer                     ? pointer_from_world(old, thread)
                                                  : old;
    break;
  case ResultOf::old_bits: result = (old & tested & access.mask) != 0; break;
  case ResultOf::new_is_zero: result = value == 0; break;
  case ResultOf::success: result = success; break;
  }
  const std::uint64_t after = (before & ~(access.mask << access.shift)) | (value << access.shift);
  return {word, before, after, result};
}

} // namespace gupcheck::engine
