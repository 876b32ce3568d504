// SPDX-License-Identifier: GPL-2.0-only
//
// Records for the tests of the frontier, and the way through a chunk, a queue and the disk and back.
#pragma once

#include "model/engine/level_queue.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace gupcheck::engine::test {

using Record = std::vector<std::uint64_t>;

// How the words of a record differ from those of the one before.
enum class Change { none, few_low_bytes, any_bytes, all };

inline std::vector<Record> random_records(RecordShape shape, std::size_t count, Change change,
                                          std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Record record(shape.words);
  for (std::uint64_t& word : record) word = random() % 3 == 0 ? random() : random() % 256;
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    if (change != Change::none)
      for (std::uint32_t word = 0; word < shape.raw_words; ++word) record[word] = random();
    const auto changes = random() % 7;
    for (std::uint64_t k = 0; k < changes; ++k) {
      std::uint64_t& word = record[random() % shape.words];
      if (change == Change::few_low_bytes) word ^= random() % (random() % 4 == 0 ? 65536 : 256);
      if (change == Change::any_bytes) word ^= random() << random() % 64 >> random() % 64;
    }
    if (change == Change::all)
      for (std::uint64_t& word : record) word ^= random() | 1 | std::uint64_t{1} << 63;
    records.push_back(record);
  }
  return records;
}

inline void write_next_level(LevelQueue& queue, const std::vector<Record>& records) {
  ChunkWriter writer(queue);
  for (const Record& record : records) writer.append(record);
  writer.finish();
}

// All that is left of the current level; chunks come in any order, so sorted.
inline std::vector<Record> take_all(LevelQueue& queue) {
  std::vector<Record> records;
  Record record(queue.shape().words);
  while (std::optional<Chunk> chunk = queue.take()) {
    ChunkReader reader(std::move(*chunk));
    while (reader.next(record.data())) records.push_back(record);
  }
  std::sort(records.begin(), records.end());
  return records;
}

inline std::vector<Record> sorted(std::vector<Record> records) {
  std::sort(records.begin(), records.end());
  return records;
}

// A folder of its own for each object, removed with it.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gupcheck-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

// A checkpoint in memory.
class Bytes {
public:
  ByteSink sink() {
    return [this](std::span<const std::byte> bytes) {
      content.insert(content.end(), bytes.begin(), bytes.end());
    };
  }
  ByteSource source() {
    return [this, at = std::size_t{0}](std::span<std::byte> bytes) mutable {
      if (content.size() - at < bytes.size()) throw std::runtime_error("it ends too early");
      std::memcpy(bytes.data(), content.data() + at, bytes.size());
      at += bytes.size();
    };
  }
  std::vector<std::byte> content;
};

} // namespace gupcheck::engine::test
