// SPDX-License-Identifier: GPL-2.0-only
//
// The shared objects of a model, in the shape that users of relacy and CDSChecker know: atomic<T> with
// explicit memory orders, var<T> for plain shared data, spinlock and rwlock.
//
// Every member function is one visible step (one interleaving point), except where it says otherwise. The
// objects must live in the world: as members of a suite, or in its PerThread block (suite.hpp); an object on
// a thread's stack is reported as an error of the model. T is trivially copyable and of 1, 2, 4 or 8 bytes.
#pragma once

#include "model/engine/post.hpp"

#include <bit>
#include <cstring>
#include <type_traits>

namespace gupcheck::engine {

namespace detail {

template <class T>
concept SharedValue = std::is_trivially_copyable_v<T> &&
    (sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);

template <SharedValue T> [[gnu::always_inline]] inline std::uint64_t to_word(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<std::uint64_t>(value);
  } else if constexpr (sizeof(T) == 8) {
    return std::bit_cast<std::uint64_t>(value);
  } else if constexpr (sizeof(T) == 4) {
    return std::bit_cast<std::uint32_t>(value);
  } else if constexpr (sizeof(T) == 2) {
    return std::bit_cast<std::uint16_t>(value);
  } else {
    return std::bit_cast<std::uint8_t>(value);
  }
}

template <SharedValue T> [[gnu::always_inline]] inline T from_word(std::uint64_t word) {
  if constexpr (std::is_same_v<T, bool>) {
    return word != 0;
  } else if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<T>(word);
  } else if constexpr (sizeof(T) == 8) {
    return std::bit_cast<T>(word);
  } else if constexpr (sizeof(T) == 4) {
    return std::bit_cast<T>(static_cast<std::uint32_t>(word));
  } else if constexpr (sizeof(T) == 2) {
    return std::bit_cast<T>(static_cast<std::uint16_t>(word));
  } else {
    return std::bit_cast<T>(static_cast<std::uint8_t>(word));
  }
}

} // namespace detail

#define GUPCHECK_STEP [[gnu::always_inline]] inline

// The location itself: storage and the one way to touch it.
template <detail::SharedValue T, bool Plain> class Cell {
public:
  constexpr Cell() = default;
  constexpr explicit Cell(T initial) : value_(initial) {}
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;

  GUPCHECK_STEP T load(MemoryOrder order = MemoryOrder::seq_cst,
                       SourceLocation where = SourceLocation::current()) const {
    return detail::from_word<T>(step(OperationKind::load, ResultOf::old_value, 0, 0, order, where));
  }
  GUPCHECK_STEP void store(T value, MemoryOrder order = MemoryOrder::seq_cst,
                           SourceLocation where = SourceLocation::current()) {
    step(OperationKind::store, ResultOf::nothing, detail::to_word(value), 0, order, where);
  }
  Address address() const { return reinterpret_cast<Address>(&value_); }

protected:
  GUPCHECK_STEP std::uint64_t step(OperationKind kind, ResultOf result, std::uint64_t a, std::uint64_t b,
                                   MemoryOrder order, SourceLocation where) const {
    return post({.kind = kind,
                 .size = sizeof(T),
                 .result = result,
                 .order = order,
                 .plain = Plain,
                 .pointer = std::is_pointer_v<T>},
                address(), a, b, where);
  }

  alignas(sizeof(T)) T value_{};
};

// Plain shared data: two unordered accesses, one of them a write, are a data race in the kernel's sense.
template <detail::SharedValue T> class var : public Cell<T, true> {
public:
  using Cell<T, true>::Cell;
};

template <detail::SharedValue T> class atomic : public Cell<T, false> {
public:
  using Cell<T, false>::Cell;

  GUPCHECK_STEP T exchange(T value, MemoryOrder order = MemoryOrder::seq_cst,
                           SourceLocation where = SourceLocation::current()) {
    return value_of(OperationKind::exchange, detail::to_word(value), 0, order, where);
  }
  // Writes what it found to `expected` when it fails, as std::atomic does.
  GUPCHECK_STEP bool compare_exchange_strong(T& expected, T desired, MemoryOrder order = MemoryOrder::seq_cst,
                                             SourceLocation where = SourceLocation::current()) {
    const T found = value_of(OperationKind::compare_exchange, detail::to_word(expected),
                             detail::to_word(desired), order, where);
    if (detail::to_word(found) == detail::to_word(expected)) return true;
    expected = found;
    return false;
  }
  // compare_exchange that shows only whether it stored (the kernel's try_cmpxchg without the value).
  GUPCHECK_STEP bool compare_and_set(T expected, T desired, MemoryOrder order = MemoryOrder::seq_cst,
                                     SourceLocation where = SourceLocation::current()) {
    return this->step(OperationKind::compare_exchange, ResultOf::success, detail::to_word(expected),
                      detail::to_word(desired), order, where) != 0;
  }

  // Arithmetic and bits, for integers.
  GUPCHECK_STEP T fetch_add(T delta, MemoryOrder order = MemoryOrder::seq_cst,
                            SourceLocation where = SourceLocation::current()) {
    return value_of(OperationKind::fetch_add, detail::to_word(delta), 0, order, where);
  }
  GUPCHECK_STEP T fetch_sub(T delta, MemoryOrder order = MemoryOrder::seq_cst,
                            SourceLocation where = SourceLocation::current()) {
    return value_of(OperationKind::fetch_add, detail::to_word(static_cast<T>(-delta)), 0, order, where);
  }
  GUPCHECK_STEP T fetch_or(T bits, MemoryOrder order = MemoryOrder::seq_cst,
                           SourceLocation where = SourceLocation::current()) {
    return value_of(OperationKind::fetch_or, detail::to_word(bits), 0, order, where);
  }
  GUPCHECK_STEP T fetch_and(T bits, MemoryOrder order = MemoryOrder::seq_cst,
                            SourceLocation where = SourceLocation::current()) {
    return value_of(OperationKind::fetch_and, detail::to_word(bits), 0, order, where);
  }
  // The kernel's atomic_add: no result.
  GUPCHECK_STEP void add(T delta, MemoryOrder order = MemoryOrder::relaxed,
                         SourceLocation where = SourceLocation::current()) {
    this->step(OperationKind::fetch_add, ResultOf::nothing, detail::to_word(delta), 0, order, where);
  }
  // The kernel's atomic_sub_and_test: whether the value became zero.
  GUPCHECK_STEP bool sub_and_test(T delta, MemoryOrder order = MemoryOrder::seq_cst,
                                  SourceLocation where = SourceLocation::current()) {
    return this->step(OperationKind::fetch_add, ResultOf::new_is_zero,
                      detail::to_word(static_cast<T>(-delta)), 0, order, where) != 0;
  }
  // The kernel's atomic_add_unless: false, and nothing added, if the value was `unless`.
  GUPCHECK_STEP bool add_unless(T delta, T unless, MemoryOrder order = MemoryOrder::seq_cst,
                                SourceLocation where = SourceLocation::current()) {
    return this->step(OperationKind::add_unless, ResultOf::success, detail::to_word(delta),
                      detail::to_word(unless), order, where) != 0;
  }

  // Single bits, by number.
  GUPCHECK_STEP bool test_bit(unsigned bit, MemoryOrder order = MemoryOrder::relaxed,
                              SourceLocation where = SourceLocation::current()) const {
    return this->step(OperationKind::load, ResultOf::old_bits, mask(bit), 0, order, where) != 0;
  }
  GUPCHECK_STEP void set_bit(unsigned bit, MemoryOrder order = MemoryOrder::relaxed,
                             SourceLocation where = SourceLocation::current()) {
    this->step(OperationKind::fetch_or, ResultOf::nothing, mask(bit), 0, order, where);
  }
  GUPCHECK_STEP void clear_bit(unsigned bit, MemoryOrder order = MemoryOrder::relaxed,
                               SourceLocation where = SourceLocation::current()) {
    this->step(OperationKind::fetch_and, ResultOf::nothing, ~mask(bit), 0, order, where);
  }
  GUPCHECK_STEP bool test_and_set_bit(unsigned bit, MemoryOrder order = MemoryOrder::seq_cst,
                                      SourceLocation where = SourceLocation::current()) {
    return this->step(OperationKind::fetch_or, ResultOf::old_bits, mask(bit), 0, order, where) != 0;
  }
  GUPCHECK_STEP bool test_and_clear_bit(unsigned bit, MemoryOrder order = MemoryOrder::seq_cst,
                                        SourceLocation where = SourceLocation::current()) {
    return this->step(OperationKind::fetch_and, ResultOf::old_bits, ~mask(bit), 0, order, where) != 0;
  }
  // A bit lock (PG_locked): blocks while the bit is set, then sets it. Unlock with clear_bit.
  GUPCHECK_STEP void lock_bit(unsigned bit, SourceLocation where = SourceLocation::current()) {
    this->step(OperationKind::lock_bits, ResultOf::nothing, mask(bit), 0, MemoryOrder::acquire, where);
  }

  // Blocking waits: one step, enabled while the condition holds; the value itself is not read.
  GUPCHECK_STEP void wait_until_equal(T value, SourceLocation where = SourceLocation::current()) const {
    this->step(OperationKind::wait_equal, ResultOf::nothing, ~std::uint64_t{0}, detail::to_word(value),
               MemoryOrder::acquire, where);
  }
  GUPCHECK_STEP void wait_until_not_equal(T value, SourceLocation where = SourceLocation::current()) const {
    this->step(OperationKind::wait_not_equal, ResultOf::nothing, ~std::uint64_t{0}, detail::to_word(value),
               MemoryOrder::acquire, where);
  }
  GUPCHECK_STEP void wait_until_bit_clear(unsigned bit,
                                          SourceLocation where = SourceLocation::current()) const {
    this->step(OperationKind::wait_equal, ResultOf::nothing, mask(bit), 0, MemoryOrder::acquire, where);
  }

private:
  GUPCHECK_STEP static std::uint64_t mask(unsigned bit) {
    if (bit >= 8 * sizeof(T)) [[unlikely]]
      fail(model_error, "an operation on a bit that its location does not have");
    return std::uint64_t{1} << (bit % 64);
  }
  GUPCHECK_STEP T value_of(OperationKind kind, std::uint64_t a, std::uint64_t b, MemoryOrder order,
                           SourceLocation where) {
    return detail::from_word<T>(this->step(kind, ResultOf::old_value, a, b, order, where));
  }
};

// A blocking mutual exclusion lock; unlocking one that another thread holds is an error of the model. The
// word names the holder and in FIFO mode the queue (lock_granted).
class spinlock {
public:
  GUPCHECK_STEP void lock(SourceLocation where = SourceLocation::current()) {
    if (fifo_locks()) step(OperationKind::enqueue, MemoryOrder::relaxed, where);
    step(OperationKind::lock, MemoryOrder::acquire, where);
  }
  GUPCHECK_STEP void unlock(SourceLocation where = SourceLocation::current()) {
    step(OperationKind::unlock, MemoryOrder::release, where);
  }
  Address address() const { return reinterpret_cast<Address>(&word_); }

private:
  GUPCHECK_STEP void step(OperationKind kind, MemoryOrder order, SourceLocation where) {
    post({.kind = kind, .size = sizeof word_, .order = order}, address(), 0, 0, where);
  }
  std::uint64_t word_ = 0;
};

// Readers and one writer; readers do not exclude each other.
class rwlock {
public:
  // Blocks while a writer holds it. Two steps when there is a writer to wait for, as in the kernel.
  GUPCHECK_STEP void read_lock(SourceLocation where = SourceLocation::current()) {
    while (!readers_.add_unless(1, writer, MemoryOrder::acquire, where))
      readers_.wait_until_not_equal(writer, where);
  }
  GUPCHECK_STEP void read_unlock(SourceLocation where = SourceLocation::current()) {
    readers_.add(-1, MemoryOrder::release, where);
  }
  GUPCHECK_STEP void write_lock(SourceLocation where = SourceLocation::current()) {
    while (!readers_.compare_and_set(0, writer, MemoryOrder::acquire, where))
      readers_.wait_until_equal(0, where);
  }
  GUPCHECK_STEP void write_unlock(SourceLocation where = SourceLocation::current()) {
    readers_.store(0, MemoryOrder::release, where);
  }
  Address address() const { return readers_.address(); }

private:
  static constexpr std::int32_t writer = -1;
  atomic<std::int32_t> readers_;
};

#undef GUPCHECK_STEP

} // namespace gupcheck::engine
