// SPDX-License-Identifier: GPL-2.0-only
//
// The memory of a model: one mapping at a fixed address below 2 GB.
//
//   world        everything shared: the suite's object, then one block for each thread
//   windows      never mapped: how a thread addresses the blocks. Window 0 (the self window) is the calling
//                thread's own block, window k that of the k-th thread after it (cyclically). Pointers are
//                translated when they go to the world and come back, so threads that run the same function
//                have the same local states whoever they are
//   stack        the one stack image on which all threads run natively, between guard pages
//
// The arena holds the initial world and native code only. States live elsewhere; whoever executes operations
// does it on a copy of the world's bytes, by offset.
#pragma once

#include "model/engine/operation.hpp"

#include <atomic>
#include <cstring>
#include <new>
#include <span>

namespace gupcheck::engine {

class Arena {
public:
  static constexpr Address base = 0x5000'0000;
  static constexpr std::size_t max_world = 64 * 1024;
  static constexpr Address windows = base + 0x10'0000;
  static constexpr Address self_window = windows;
  static constexpr std::size_t max_block = 16 * 1024;    // and the distance of two windows
  static constexpr Address stack_low = base + 0x20'0000; // a guard page ends here
  static constexpr std::size_t stack_size = 64 * 1024;
  static constexpr Address stack_top = stack_low + stack_size;
  static constexpr std::size_t shallow_stack = 8 * 1024; // all that most models use
  // The first bytes of every stack: what a thread keeps for itself (suite.hpp, private_state).
  static constexpr std::size_t private_size = 64;
  static constexpr Address private_state = stack_top - private_size;

  Arena();
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Forgets everything: an empty world, readable and writable.
  void clear();

  // Objects of the world; made by Program::build() and never destroyed. Throws std::bad_alloc when full.
  template <class T> T* make() { return new (allocate(sizeof(T), alignof(T))) T(); }
  // One T for each thread, at the same place of each thread's block. At most once a program, after make().
  template <class T> void make_per_thread(unsigned threads) {
    reserve_blocks(sizeof(T), alignof(T), threads);
    for (unsigned thread = 0; thread < threads; ++thread) new (reinterpret_cast<void*>(block(thread))) T();
  }

  std::size_t world_size() const { return used_; } // bytes, a multiple of 8
  std::span<std::byte> world() const { return {reinterpret_cast<std::byte*>(base), used_}; }
  Address block(unsigned thread) const { return blocks_ + thread * block_stride_; }
  std::size_t block_stride() const { return block_stride_; }
  unsigned blocks() const { return block_count_; } // one for each thread, or none
  // Whether it is the real address of something in a thread's block.
  bool in_blocks(Address address) const { return address - blocks_ < block_stride_ * block_count_; }

  // While native code runs the world is inaccessible, so an access that bypasses the protocol faults.
  void protect_world(bool protect);
  bool is_protected() const { return protected_; }

  // The stack below shallow_stack is inaccessible until somebody needs it (native.cpp), so that what nobody
  // wrote to need not be cleared; then it stays open until it is closed, which clears it. A signal handler
  // may open it.
  void close_deep_stack();
  void open_deep_stack();
  Address open_stack() const { return open_stack_; } // from here to stack_top

private:
  void* allocate(std::size_t size, std::size_t alignment);
  void reserve_blocks(std::size_t size, std::size_t alignment, unsigned threads);

  std::size_t used_ = 0;
  Address blocks_ = 0;
  std::size_t block_stride_ = 0;
  unsigned block_count_ = 0;
  // Asked by whoever takes the fault of a check that reads the world, in any thread of the process.
  std::atomic<bool> protected_ = false;
  std::atomic<Address> open_stack_ = stack_low;
};

// The process has one.
Arena& arena();

inline bool in_world(Address address) { return address - Arena::base < Arena::max_world; }
inline bool in_window(Address address) { return address - Arena::windows < max_threads * Arena::max_block; }

// Whether it is an address by which a thread reaches another's block.
inline bool names_peer(Address address) {
  return in_window(address) && address >= Arena::windows + Arena::max_block;
}

} // namespace gupcheck::engine
