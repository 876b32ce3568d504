// SPDX-License-Identifier: GPL-2.0-only
//
// The arena's mapping and its allocator. See arena.hpp.
#include "model/engine/arena.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <sys/mman.h>

namespace gupcheck::engine {

namespace {

constexpr std::size_t guard_size = 64 * 1024;
constexpr std::size_t mapping_size = Arena::stack_top + guard_size - Arena::base;

void set_access(Address address, std::size_t size, int access) {
  if (mprotect(reinterpret_cast<void*>(address), size, access) != 0)
    throw std::runtime_error("cannot change the protection of the arena: " +
                             std::string(std::strerror(errno)));
}

std::size_t align_up(std::size_t value, std::size_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

} // namespace

Arena::Arena() {
  void* mapped = mmap(reinterpret_cast<void*>(base), mapping_size, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (mapped != reinterpret_cast<void*>(base))
    throw std::runtime_error("cannot map the arena at its fixed address: " +
                             std::string(std::strerror(errno)));
  set_access(base, max_world, PROT_READ | PROT_WRITE);
  set_access(stack_low, stack_size, PROT_READ | PROT_WRITE);
}

Arena::~Arena() { munmap(reinterpret_cast<void*>(base), mapping_size); }

void Arena::clear() {
  protect_world(false);
  std::memset(reinterpret_cast<void*>(base), 0, max_world);
  used_ = 0;
  blocks_ = 0;
  block_stride_ = 0;
  block_count_ = 0;
}

void* Arena::allocate(std::size_t size, std::size_t alignment) {
  const std::size_t start = align_up(used_, alignment);
  if (start + size > max_world) throw std::bad_alloc();
  used_ = align_up(start + size, 8);
  return reinterpret_cast<void*>(base + start);
}

void Arena::reserve_blocks(std::size_t size, std::size_t alignment, unsigned threads) {
  const std::size_t block_alignment = alignment < 8 ? 8 : alignment;
  block_stride_ = align_up(size, block_alignment);
  if (block_stride_ > max_block) throw std::bad_alloc();
  block_count_ = threads;
  blocks_ = reinterpret_cast<Address>(allocate(block_stride_ * threads, block_alignment));
}

void Arena::protect_world(bool protect) {
  if (protect == protected_) return;
  protected_ = protect;
  set_access(base, max_world, protect ? PROT_NONE : PROT_READ | PROT_WRITE);
}

void Arena::close_deep_stack() {
  open_deep_stack();
  std::memset(reinterpret_cast<void*>(stack_low), 0, stack_size);
  set_access(stack_low, stack_size - shallow_stack, PROT_NONE);
  open_stack_ = stack_top - shallow_stack;
}

void Arena::open_deep_stack() {
  if (open_stack_ == stack_low) return;
  set_access(stack_low, stack_size - shallow_stack, PROT_READ | PROT_WRITE);
  open_stack_ = stack_low;
}

Arena& arena() {
  static Arena the_arena;
  return the_arena;
}

} // namespace gupcheck::engine
