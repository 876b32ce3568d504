// SPDX-License-Identifier: GPL-2.0-only
//
// States that were found and not yet expanded: records of one fixed size, taken from the end (depth first) or
// from the beginning (breadth first). Memory comes in chunks and is given back as the frontier shrinks.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

namespace gupcheck::engine {

class Frontier {
public:
  explicit Frontier(std::size_t record_words)
      : record_words_(record_words),
        per_chunk_(chunk_words / record_words > 0 ? chunk_words / record_words : 1) {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // Space for one more record at the end.
  std::uint64_t* push() {
    const std::size_t position = first_ + size_++;
    if (position / per_chunk_ == chunks_.size()) {
      if (spare_.empty()) spare_.push_back(std::make_unique<std::uint64_t[]>(per_chunk_ * record_words_));
      chunks_.push_back(std::move(spare_.back()));
      spare_.pop_back();
    }
    return at(position);
  }
  void pop_back(std::uint64_t* to) {
    const std::size_t position = first_ + --size_;
    std::memcpy(to, at(position), record_words_ * sizeof(std::uint64_t));
    if (position % per_chunk_ == 0) recycle_back();
  }
  void pop_front(std::uint64_t* to) {
    std::memcpy(to, at(first_), record_words_ * sizeof(std::uint64_t));
    --size_;
    if (++first_ < per_chunk_) return;
    first_ = 0;
    keep_spare(std::move(chunks_.front()));
    chunks_.pop_front();
  }
  std::uint64_t memory_bytes() const {
    return (chunks_.size() + spare_.size()) * per_chunk_ * record_words_ * sizeof(std::uint64_t);
  }

private:
  using Chunk = std::unique_ptr<std::uint64_t[]>;
  static constexpr std::size_t chunk_words = std::size_t{1} << 16;

  std::uint64_t* at(std::size_t position) {
    return chunks_[position / per_chunk_].get() + position % per_chunk_ * record_words_;
  }
  void recycle_back() {
    keep_spare(std::move(chunks_.back()));
    chunks_.pop_back();
  }
  void keep_spare(Chunk chunk) {
    if (spare_.empty()) spare_.push_back(std::move(chunk));
  }

  std::size_t record_words_;
  std::size_t per_chunk_;
  std::deque<Chunk> chunks_;
  std::vector<Chunk> spare_;
  std::size_t first_ = 0; // of the oldest record, in the first chunk
  std::size_t size_ = 0;
};

} // namespace gupcheck::engine
