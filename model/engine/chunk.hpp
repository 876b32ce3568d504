// SPDX-License-Identifier: GPL-2.0-only
//
// Some thousand records of one fixed size, stored as differences: each from the one before, the first from
// all zeros.
//
// The first words of a record may be raw (a hash, which no difference makes smaller); they take 8 bytes each.
// Of the others only those that changed are stored: a token {gap to the last one, which bytes} and the
// exclusive or of the old and the new value, without its leading and trailing zero bytes. Tokens grow upwards
// from the beginning of the block and the bytes that they speak of downwards from its end, so neither has to
// wait for the other's length. About 30 ns to write a record of 20 words and 0.3 for each further word; about
// 15 to read one, whatever its size.
//
//   record   {count, that many tokens}, again while count is 255       |  raw words, then for each token:
//   token    2 bits gap (3: a byte more), 3 bits shift, 3 bits length  |  [gap - 3] and the bytes
//
// Whatever its bytes are, reading a chunk stays within it: what no writer writes is std::runtime_error.
#pragma once

#include "model/engine/block_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gupcheck::engine {

struct RecordShape {
  std::uint32_t words = 1;
  std::uint32_t raw_words = 0; // the first of them
  bool operator==(const RecordShape&) const = default;

  std::size_t most_bytes() const;  // that one record can take in a chunk
  std::size_t block_bytes() const; // the size of a good block for chunks of such records
};

struct Chunk {
  Block block;
  RecordShape shape;
  std::uint32_t records = 0;
  std::uint32_t token_bytes = 0; // at the beginning of the block
  std::uint32_t value_bytes = 0; // at its end

  // A reader looks at eight bytes at once, and so at bytes below the last value; they need not be values.
  static constexpr std::size_t gap = 16;
  std::span<std::byte> tokens() const { return block.bytes().first(token_bytes); }
  std::span<std::byte> values() const { return block.bytes().last(value_bytes); }
  std::size_t needed_bytes() const { return std::size_t{token_bytes} + gap + value_bytes; }
  // Whether the lengths can be those of a chunk whose block has `block_bytes`.
  bool plausible(std::size_t block_bytes) const;
};

class ChunkEncoder {
public:
  explicit ChunkEncoder(RecordShape shape);

  bool is_open() const { return static_cast<bool>(block_); }
  void open(Block block);
  // There is room for one more, whatever it looks like.
  bool has_room() const { return static_cast<std::size_t>(values_ - tokens_) >= most_bytes_; }
  void append(const std::uint64_t* record);
  std::uint32_t records() const { return records_; }
  // What was appended. A chunk that leaves half of the block free moves to a smaller block, and then the
  // encoder keeps its own: that is open again.
  Chunk close(BlockPool& pool);

private:
  void rewind();

  RecordShape shape_;
  std::size_t most_bytes_;
  std::vector<std::uint64_t> previous_;
  Block block_;
  std::byte* tokens_ = nullptr; // the end of those written
  std::byte* values_ = nullptr; // the last one written
  std::uint32_t records_ = 0;
};

class ChunkReader {
public:
  ChunkReader() = default;
  explicit ChunkReader(Chunk chunk) { open(std::move(chunk)); }
  void open(Chunk chunk);

  std::uint32_t left() const { return left_; }
  // Whether there was one more record; it is copied to `record`.
  bool next(std::uint64_t* record);
  // The same without a copy: valid until the next call, null at the end.
  const std::uint64_t* next();

private:
  Chunk chunk_;
  std::vector<std::uint64_t> record_;
  const std::byte* tokens_ = nullptr;
  const std::byte* values_ = nullptr;
  std::uint32_t left_ = 0;
};

} // namespace gupcheck::engine
