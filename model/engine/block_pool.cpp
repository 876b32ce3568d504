// SPDX-License-Identifier: GPL-2.0-only
//
// Blocks that come and go. See block_pool.hpp.
#include "model/engine/block_pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace gupcheck::engine {

namespace {

constexpr std::size_t blocks_a_mapping = 64;
// Enough for what a few workers give back and ask for at about the same time.
constexpr std::size_t most_warm_blocks = 16;

} // namespace

BlockPool::BlockPool(std::size_t block_bytes)
    : block_bytes_(block_bytes), mapping_bytes_(block_bytes * blocks_a_mapping) {}

BlockPool::~BlockPool() {
  for (std::byte* mapping : mappings_) munmap(mapping, mapping_bytes_);
}

Block BlockPool::get(std::size_t bytes) {
  if (bytes > block_bytes_) throw std::bad_alloc();
  const std::size_t size = bytes > block_bytes_ / 2 ? block_bytes_ : bytes;
  auto* data = size == block_bytes_ ? take_block() : static_cast<std::byte*>(std::malloc(size));
  if (data == nullptr) throw std::bad_alloc();
  if (size != block_bytes_) memory_bytes_.fetch_add(size, std::memory_order_relaxed);
  return {this, data, size};
}

std::byte* BlockPool::take_block() {
  const std::lock_guard lock(mutex_);
  if (warm_.empty() && cold_.empty()) map_more();
  auto& from = warm_.empty() ? cold_ : warm_;
  std::byte* data = from.back();
  from.pop_back();
  if (&from == &cold_) memory_bytes_.fetch_add(block_bytes_, std::memory_order_relaxed);
  return data;
}

void BlockPool::map_more() {
  // Room first: giving a block back must not need memory.
  const std::size_t blocks = (mappings_.size() + 1) * blocks_a_mapping;
  mappings_.reserve(mappings_.size() + 1);
  if (cold_.capacity() < blocks) cold_.reserve(std::max(blocks, 2 * cold_.capacity()));
  warm_.reserve(most_warm_blocks);
  void* mapping = mmap(nullptr, mapping_bytes_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  // A huge page would have memory behind blocks that nobody asked for, and memory_bytes() would be wrong.
  madvise(mapping, mapping_bytes_, MADV_NOHUGEPAGE);
  mappings_.push_back(static_cast<std::byte*>(mapping));
  for (std::size_t i = blocks_a_mapping; i-- > 0;) cold_.push_back(mappings_.back() + i * block_bytes_);
}

void BlockPool::give_back(std::byte* data, std::size_t size) noexcept {
  if (size != block_bytes_) {
    std::free(data);
    memory_bytes_.fetch_sub(size, std::memory_order_relaxed);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (warm_.size() < most_warm_blocks) {
      warm_.push_back(data);
      return;
    }
  }
  cool(data);
}

void BlockPool::trim() {
  for (;;) {
    std::byte* data = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (warm_.empty()) return;
      data = warm_.back();
      warm_.pop_back();
    }
    cool(data);
  }
}

// Of a block that is on neither list: the system call is made without the lock.
void BlockPool::cool(std::byte* data) noexcept {
  madvise(data, block_bytes_, MADV_DONTNEED);
  memory_bytes_.fetch_sub(block_bytes_, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  cold_.push_back(data);
}

} // namespace gupcheck::engine
