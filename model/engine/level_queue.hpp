// SPDX-License-Identifier: GPL-2.0-only
//
// The frontier of a breadth-first search that works level by level with several workers: the chunks of the
// level that is being read, and those of the next one, which is being written.
//
//     ChunkWriter writer(queue);                       // each worker
//     while (auto chunk = queue.take()) {
//       ChunkReader reader(std::move(*chunk));
//       while (reader.next(record)) ... writer.append(successor) ...
//     }
//     writer.finish();
//     ... all workers have come here ... queue.advance() // one of them
//
// Above its memory budget the queue writes chunks of the next level to an unnamed file and reads them back
// when they are taken. When that fails nothing is lost that was in memory; error() says why, once and for
// all, and it stops spilling. The order in which chunks are taken means nothing.
//
// Costs a lock for each chunk, that is for some thousand records; in a small level for fewer, so that every
// worker gets its share. memory_bytes() counts every byte that chunks have, wherever they are: here, with
// readers, with writers.
#pragma once

#include "model/engine/byte_stream.hpp"
#include "model/engine/chunk.hpp"
#include "model/engine/spill_file.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace gupcheck::engine {

class LevelQueue {
public:
  // An empty directory: no spilling. Throws std::runtime_error as SpillFile does.
  LevelQueue(RecordShape shape, unsigned workers, const std::string& spill_directory);
  static void check_spill_directory(const std::string& directory) { SpillFile::check_directory(directory); }

  // Any thread, at any time.
  void set_memory_budget(std::uint64_t bytes) { budget_.store(bytes, std::memory_order_relaxed); }
  // A chunk of the current level. Nothing: there are no more, or one cannot be read back and is lost
  // (error()).
  std::optional<Chunk> take();
  void add(Chunk chunk);                 // to the next level
  std::uint64_t current_records() const; // in chunks that were not taken
  std::uint64_t next_records() const;    // in chunks that were added
  std::uint64_t memory_bytes() const { return pool_.memory_bytes(); }
  std::uint64_t spilled_bytes() const { return spill_ ? spill_->used_bytes() : 0; }
  // Empty while all is well; else one line that names the directory.
  const std::string& error() const;

  // One thread, while no other uses the queue and no writer has an open chunk.
  // The next level becomes the current one, of which nothing is left; false when it is empty, too.
  bool advance();
  void clear(); // both levels; the error stays
  // The chunks not taken and those added. Throws std::runtime_error when a chunk cannot be read back.
  void write(const ByteSink& sink) const;
  // Replaces what is there. Throws std::runtime_error, and is empty then, when this cannot have been written
  // by a queue of records of the same shape.
  void read(const ByteSource& source);

  RecordShape shape() const { return shape_; }
  BlockPool& pool() { return pool_; }
  // How many records a chunk of the next level should have at most.
  std::uint32_t records_a_chunk() const { return records_a_chunk_.load(std::memory_order_relaxed); }

private:
  struct Spilled {
    SpillFile::Slot slot;
    std::uint32_t records;
    std::uint32_t token_bytes;
    std::uint32_t value_bytes;
  };
  struct Level {
    std::vector<Chunk> in_memory;
    std::vector<Spilled> spilled;
    std::size_t read_back = 0; // of the spilled ones: the first is the first to be taken
    std::uint64_t records = 0;
  };

  void add_to(Level& level, Chunk chunk);
  bool spill_one(Level& level);
  std::optional<Chunk> load(const Spilled& spilled, std::string& reason) const;
  void fail(std::string reason);
  void drop(Level& level);

  RecordShape shape_;
  unsigned workers_;
  mutable BlockPool pool_;
  std::unique_ptr<SpillFile> spill_;
  std::atomic<std::uint64_t> budget_{~std::uint64_t{0}};
  std::atomic<std::uint32_t> records_a_chunk_;
  mutable std::mutex mutex_; // the levels
  Level current_;
  Level next_;
  std::atomic<bool> failed_{false};
  std::mutex error_mutex_;
  std::string error_; // never changes once failed_
};

// One worker's way to write the next level. What was not finished when it is destroyed is lost; the queue
// outlives it.
class ChunkWriter {
public:
  explicit ChunkWriter(LevelQueue& queue) : queue_(&queue), encoder_(queue.shape()) {}

  void append(std::span<const std::uint64_t> record) {
    if (record.size() != queue_->shape().words) [[unlikely]]
      throw std::logic_error("a record of another size than the queue's");
    if (encoder_.records() == limit_ || !encoder_.has_room()) [[unlikely]]
      start_chunk();
    encoder_.append(record.data());
  }
  void finish(); // hands what there is to the queue

private:
  void start_chunk();

  LevelQueue* queue_;
  ChunkEncoder encoder_;
  std::uint32_t limit_ = 0;
};

} // namespace gupcheck::engine
