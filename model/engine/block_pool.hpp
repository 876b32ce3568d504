// SPDX-License-Identifier: GPL-2.0-only
//
// Memory for the chunks of the frontier: blocks of one size, cut from large mappings, so that millions of
// chunks that come and go leave no holes behind, and memory that is not needed goes back to the system.
// Requests for less than half a block get just what they ask for, from the heap.
//
// Any thread may get and return blocks. Costs a lock for each of them, and page faults only while the total
// grows: the last few that came back are kept as they are.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace gupcheck::engine {

class BlockPool;

// Goes back to its pool by itself; must not outlive it.
class Block {
public:
  Block() = default;
  Block(Block&& other) noexcept { swap(other); }
  Block& operator=(Block&& other) noexcept {
    Block(std::move(other)).swap(*this);
    return *this;
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block();

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::span<std::byte> bytes() const { return {data_, size_}; }
  explicit operator bool() const { return data_ != nullptr; }

private:
  friend BlockPool;
  Block(BlockPool* pool, std::byte* data, std::size_t size) : pool_(pool), data_(data), size_(size) {}
  void swap(Block& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  BlockPool* pool_ = nullptr;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

class BlockPool {
public:
  explicit BlockPool(std::size_t block_bytes); // a multiple of the page size
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // `bytes`, at most a block's, are rounded up to a whole block or, if they are at most half of one, not at
  // all. Throws std::bad_alloc.
  Block get(std::size_t bytes);
  // Keeps nothing that is not handed out.
  void trim();

  std::size_t block_bytes() const { return block_bytes_; }
  // What is handed out, and what was handed back and kept.
  std::uint64_t memory_bytes() const { return memory_bytes_.load(std::memory_order_relaxed); }

private:
  friend Block;
  void give_back(std::byte* data, std::size_t size) noexcept;
  std::byte* take_block();
  void map_more();
  void cool(std::byte* data) noexcept;

  std::size_t block_bytes_;
  std::size_t mapping_bytes_;
  std::atomic<std::uint64_t> memory_bytes_{0};
  std::mutex mutex_;
  std::vector<std::byte*> mappings_;
  std::vector<std::byte*> warm_; // free, with memory behind them
  std::vector<std::byte*> cold_; // free, without; room for every block there is
};

inline Block::~Block() {
  if (data_ != nullptr) pool_->give_back(data_, size_);
}

} // namespace gupcheck::engine
