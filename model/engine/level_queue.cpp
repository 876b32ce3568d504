// SPDX-License-Identifier: GPL-2.0-only
//
// Chunks between workers, levels, the disk and checkpoints. See level_queue.hpp.
#include "model/engine/level_queue.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gupcheck::engine {

namespace {

// A level is cut into this many chunks for each worker, or more, so that all end at about the same time.
constexpr std::uint64_t shares = 16;
constexpr std::uint64_t fewest_records_a_chunk = 64;
constexpr std::uint32_t no_limit = ~std::uint32_t{0};

struct SavedQueue {
  RecordShape shape;
  std::uint64_t current_chunks;
  std::uint64_t next_chunks;
};
struct SavedChunk {
  std::uint32_t records;
  std::uint32_t token_bytes;
  std::uint32_t value_bytes;
};

void write_chunk(const Chunk& chunk, const ByteSink& sink) {
  put(sink, SavedChunk{chunk.records, chunk.token_bytes, chunk.value_bytes});
  sink(chunk.tokens());
  sink(chunk.values());
}

Chunk read_chunk(RecordShape shape, BlockPool& pool, const ByteSource& source) {
  const auto saved = get<SavedChunk>(source);
  Chunk chunk{.block = {},
              .shape = shape,
              .records = saved.records,
              .token_bytes = saved.token_bytes,
              .value_bytes = saved.value_bytes};
  if (!chunk.plausible(pool.block_bytes())) throw std::runtime_error("a chunk of the frontier is damaged");
  chunk.block = pool.get(chunk.needed_bytes());
  source(chunk.tokens());
  source(chunk.values());
  return chunk;
}

} // namespace

LevelQueue::LevelQueue(RecordShape shape, unsigned workers, const std::string& spill_directory)
    : shape_(shape),
      workers_(std::max(workers, 1U)),
      pool_(shape.block_bytes()),
      spill_(spill_directory.empty() ? nullptr
                                     : std::make_unique<SpillFile>(spill_directory, pool_.block_bytes())),
      records_a_chunk_(workers_ == 1 ? no_limit : fewest_records_a_chunk) {}

std::optional<Chunk> LevelQueue::take() {
  std::unique_lock lock(mutex_);
  if (!current_.in_memory.empty()) { // these first, their memory is wanted
    std::optional<Chunk> chunk(std::move(current_.in_memory.back()));
    current_.in_memory.pop_back();
    current_.records -= chunk->records;
    return chunk;
  }
  if (current_.read_back == current_.spilled.size()) return std::nullopt;
  const Spilled spilled = current_.spilled[current_.read_back++];
  current_.records -= spilled.records;
  lock.unlock();

  std::string reason;
  std::optional<Chunk> chunk = load(spilled, reason);
  if (!chunk) {
    fail(std::move(reason));
  } else {
    spill_->release(spilled.slot);
  }
  return chunk;
}

void LevelQueue::add(Chunk chunk) { add_to(next_, std::move(chunk)); }

void LevelQueue::add_to(Level& level, Chunk chunk) {
  {
    const std::lock_guard lock(mutex_);
    level.records += chunk.records;
    level.in_memory.push_back(std::move(chunk));
  }
  if (!spill_) return;
  const auto above_budget = [&] { return memory_bytes() > budget_.load(std::memory_order_relaxed); };
  while (above_budget()) {
    pool_.trim(); // first what nobody uses, and so what was just spilled
    if (!above_budget() || !spill_one(level)) break;
  }
}

// The disk is written without the lock: what others add and take meanwhile is other chunks.
bool LevelQueue::spill_one(Level& level) {
  if (failed_.load(std::memory_order_relaxed)) return false;
  std::unique_lock lock(mutex_);
  if (level.in_memory.empty()) return false;
  Chunk chunk = std::move(level.in_memory.back());
  level.in_memory.pop_back();
  lock.unlock();

  std::string reason;
  const auto slot = spill_->write(chunk.block.bytes(), reason);
  if (!slot) fail(std::move(reason));

  lock.lock();
  if (slot) {
    level.spilled.push_back({*slot, chunk.records, chunk.token_bytes, chunk.value_bytes});
  } else {
    level.in_memory.push_back(std::move(chunk));
  }
  return slot.has_value();
}

std::optional<Chunk> LevelQueue::load(const Spilled& spilled, std::string& reason) const {
  std::optional<Chunk> chunk(Chunk{.block = pool_.get(spilled.slot.bytes),
                                   .shape = shape_,
                                   .records = spilled.records,
                                   .token_bytes = spilled.token_bytes,
                                   .value_bytes = spilled.value_bytes});
  if (!spill_->read(spilled.slot, chunk->block.bytes(), reason)) chunk.reset();
  return chunk;
}

void LevelQueue::fail(std::string reason) {
  const std::lock_guard lock(error_mutex_);
  if (failed_.load(std::memory_order_relaxed)) return;
  error_ = std::move(reason);
  failed_.store(true, std::memory_order_release);
}

const std::string& LevelQueue::error() const {
  static const std::string none;
  return failed_.load(std::memory_order_acquire) ? error_ : none;
}

std::uint64_t LevelQueue::current_records() const {
  const std::lock_guard lock(mutex_);
  return current_.records;
}

std::uint64_t LevelQueue::next_records() const {
  const std::lock_guard lock(mutex_);
  return next_.records;
}

bool LevelQueue::advance() {
  const std::lock_guard lock(mutex_);
  drop(current_);
  std::swap(current_, next_);
  if (workers_ > 1)
    // The level to come will be about as large as this one.
    records_a_chunk_.store(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
                               current_.records / (shares * workers_), fewest_records_a_chunk, no_limit)),
                           std::memory_order_relaxed);
  return current_.records != 0;
}

void LevelQueue::clear() {
  const std::lock_guard lock(mutex_);
  drop(current_);
  drop(next_);
}

// Keeps the vectors' memory for the level to come.
void LevelQueue::drop(Level& level) {
  for (; level.read_back < level.spilled.size(); ++level.read_back)
    spill_->release(level.spilled[level.read_back].slot);
  level.in_memory.clear();
  level.spilled.clear();
  level.read_back = 0;
  level.records = 0;
}

void LevelQueue::write(const ByteSink& sink) const {
  const auto chunks = [](const Level& level) {
    return level.in_memory.size() + level.spilled.size() - level.read_back;
  };
  put(sink, SavedQueue{shape_, chunks(current_), chunks(next_)});
  for (const Level* level : {&current_, &next_}) {
    for (const Chunk& chunk : level->in_memory) write_chunk(chunk, sink);
    for (std::size_t i = level->read_back; i < level->spilled.size(); ++i) {
      std::string reason;
      const std::optional<Chunk> chunk = load(level->spilled[i], reason);
      if (!chunk) throw std::runtime_error(reason);
      write_chunk(*chunk, sink);
    }
  }
}

void LevelQueue::read(const ByteSource& source) {
  clear();
  try {
    const auto saved = get<SavedQueue>(source);
    if (saved.shape != shape_) throw std::runtime_error("the frontier has records of another shape");
    for (std::uint64_t i = 0; i < saved.current_chunks; ++i)
      add_to(current_, read_chunk(shape_, pool_, source));
    for (std::uint64_t i = 0; i < saved.next_chunks; ++i) add_to(next_, read_chunk(shape_, pool_, source));
  } catch (...) {
    clear();
    throw;
  }
}

void ChunkWriter::start_chunk() {
  finish();
  if (!encoder_.is_open()) encoder_.open(queue_->pool().get(queue_->pool().block_bytes()));
  limit_ = queue_->records_a_chunk();
}

void ChunkWriter::finish() {
  if (encoder_.records() != 0) queue_->add(encoder_.close(queue_->pool()));
  limit_ = 0;
}

} // namespace gupcheck::engine
