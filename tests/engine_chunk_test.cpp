// SPDX-License-Identifier: GPL-2.0-only
//
// Chunks: what was appended comes out, whatever it is; differences are small; damage is an exception and
// nothing worse. And the memory they live in.
#include "tests/engine_level_queue_support.hpp"

#include <gtest/gtest.h>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Through as many chunks as it takes; their bytes are added up.
std::vector<Record> round_trip(RecordShape shape, const std::vector<Record>& records,
                               std::size_t* bytes = nullptr) {
  BlockPool pool(shape.block_bytes());
  ChunkEncoder encoder(shape);
  std::vector<Record> read;
  const auto close = [&] {
    Chunk chunk = encoder.close(pool);
    EXPECT_TRUE(chunk.plausible(pool.block_bytes()));
    EXPECT_LE(chunk.needed_bytes(), chunk.block.size());
    if (bytes != nullptr) *bytes += chunk.needed_bytes();
    ChunkReader reader(std::move(chunk));
    Record record(shape.words);
    for (std::uint32_t left = reader.left(); left-- > 0;) {
      EXPECT_TRUE(reader.next(record.data()));
      EXPECT_EQ(reader.left(), left);
      read.push_back(record);
    }
    EXPECT_FALSE(reader.next(record.data()));
    EXPECT_EQ(reader.next(), nullptr);
  };
  for (const Record& record : records) {
    if (encoder.is_open() && !encoder.has_room()) close();
    if (!encoder.is_open()) encoder.open(pool.get(pool.block_bytes()));
    EXPECT_TRUE(encoder.has_room()); // also when it moved the last chunk away and kept its block
    encoder.append(record.data());
  }
  if (encoder.records() != 0) close();
  return read;
}

Chunk chunk_of(RecordShape shape, const std::vector<Record>& records, BlockPool& pool) {
  ChunkEncoder encoder(shape);
  encoder.open(pool.get(pool.block_bytes()));
  for (const Record& record : records) encoder.append(record.data());
  return encoder.close(pool);
}

// Reads to the end or to the damage; true at the end.
bool survives(Chunk chunk) {
  try {
    ChunkReader reader(std::move(chunk));
    while (reader.next() != nullptr) {
    }
    return true;
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "damaged chunk");
    return false;
  }
}

} // namespace

TEST(EngineChunk, RoundTripOfAnySize) {
  std::uint64_t seed = 0;
  for (const std::uint32_t words : {1U, 2U, 3U, 5U, 15U, 20U, 63U, 64U, 65U, 66U, 67U, 150U, 300U, 700U})
    for (const std::uint32_t raw : {0U, 1U, 2U, 3U, words}) {
      if (raw > words) continue;
      for (const Change change : {Change::none, Change::few_low_bytes, Change::any_bytes, Change::all}) {
        const RecordShape shape{words, raw};
        ++seed;
        const auto records = random_records(shape, 1 + seed % 700, change, seed);
        ASSERT_EQ(round_trip(shape, records), records)
            << words << " words, " << raw << " raw, change " << static_cast<int>(change);
      }
    }
}

TEST(EngineChunk, RoundTripOfOne) {
  for (const std::uint32_t words : {1U, 17U, 300U, 8300U}) {
    const RecordShape shape{words, 0};
    for (const Change change : {Change::few_low_bytes, Change::all}) {
      const auto records = random_records(shape, 1, change, words);
      EXPECT_EQ(round_trip(shape, records), records);
    }
    const std::vector<Record> zeros(1, Record(words));
    EXPECT_EQ(round_trip(shape, zeros), zeros);
  }
}

// Where the counts and the gaps of the encoding end.
TEST(EngineChunk, EveryNumberOfChangesAndEveryGap) {
  const RecordShape shape{1100, 2};
  std::vector<Record> records;
  for (const std::size_t changes : {0U, 1U, 254U, 255U, 256U, 509U, 510U, 511U, 765U, 1098U}) {
    records.emplace_back(records.empty() ? Record(shape.words) : records.back());
    for (std::size_t i = 0; i < changes; ++i) ++records.back()[2 + i];
  }
  for (std::size_t gap = 0; gap < 1097; ++gap) {
    records.push_back(records.back());
    ++records.back()[2];
    ++records.back()[3 + gap];
  }
  EXPECT_EQ(round_trip(shape, records), records);
}

TEST(EngineChunk, EveryPlaceOfAChangeInAWord) {
  std::vector<Record> records;
  for (unsigned from = 0; from < 64; ++from)
    for (unsigned to = from; to < 64; ++to)
      records.push_back({0, std::uint64_t{1} << from | std::uint64_t{1} << to, 0});
  EXPECT_EQ(round_trip({3, 0}, records), records);
}

TEST(EngineChunk, WorstRecordsFit) {
  for (const std::uint32_t words : {1U, 20U, 300U, 520U, 8300U})
    for (const std::uint32_t raw : {0U, 1U}) {
      const RecordShape shape{words, raw};
      BlockPool pool(shape.block_bytes());
      ChunkEncoder encoder(shape);
      encoder.open(pool.get(pool.block_bytes()));
      const auto records = random_records(shape, 2, Change::all, words);
      for (std::size_t i = 0; encoder.has_room(); ++i) encoder.append(records[i % 2].data());
      EXPECT_GE(encoder.records(), 7U);
      const Chunk chunk = encoder.close(pool);
      EXPECT_LE(chunk.needed_bytes(), pool.block_bytes());
      EXPECT_GT(chunk.needed_bytes() + shape.most_bytes() + Chunk::gap, pool.block_bytes());
    }
}

TEST(EngineChunk, DifferencesAreSmall) {
  std::size_t bytes = 0;
  round_trip({20, 2}, random_records({20, 2}, 10000, Change::none, 1), &bytes);
  EXPECT_LE(bytes, 10000U * 17 + 1000); // the raw words and a count
  bytes = 0;
  round_trip({20, 2}, random_records({20, 2}, 10000, Change::few_low_bytes, 1), &bytes);
  EXPECT_LE(bytes, 10000U * 28);
  bytes = 0;
  round_trip({200, 2}, random_records({200, 2}, 10000, Change::few_low_bytes, 1), &bytes);
  EXPECT_LE(bytes, 10000U * 30);
}

// Run this and the next under AddressSanitizer, too: then reading anywhere else is an error at once.
TEST(EngineChunk, DamageIsAnExceptionAndNothingWorse) {
  std::mt19937_64 random(5);
  const auto up_to = [&](std::size_t most) { return static_cast<std::uint32_t>(1 + random() % most); };
  for (int round = 0; round < 2000; ++round) {
    const std::uint32_t words = 2 + up_to(60);
    const RecordShape shape{words, up_to(words + 1) - 1};
    BlockPool pool(shape.block_bytes());
    const auto records = random_records(shape, 1 + random() % 40, Change::any_bytes, random());
    // Wrong lengths are always noticed, other bytes only if they make no sense.
    Chunk chunk = chunk_of(shape, records, pool);
    chunk.token_bytes -= up_to(chunk.token_bytes);
    EXPECT_FALSE(survives(std::move(chunk)));
    chunk = chunk_of(shape, records, pool);
    chunk.value_bytes -= up_to(chunk.value_bytes);
    EXPECT_FALSE(survives(std::move(chunk)));
    chunk = chunk_of(shape, records, pool);
    chunk.records += up_to(3);
    EXPECT_FALSE(survives(std::move(chunk)));
    chunk = chunk_of(shape, records, pool);
    chunk.records -= up_to(chunk.records);
    EXPECT_FALSE(survives(std::move(chunk)));
    chunk = chunk_of(shape, records, pool);
    chunk.tokens()[random() % chunk.token_bytes] ^= static_cast<std::byte>(up_to(255));
    survives(std::move(chunk));
  }
}

TEST(EngineChunk, RandomBytesAreAnExceptionAndNothingWorse) {
  std::mt19937_64 random(6);
  std::size_t damaged = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto words = static_cast<std::uint32_t>(1 + random() % 400);
    const RecordShape shape{words,
                            random() % 2 == 0 ? 0 : static_cast<std::uint32_t>(random() % (words + 1))};
    BlockPool pool(shape.block_bytes());
    Chunk chunk{.block = pool.get(Chunk::gap + random() % 5000), .shape = shape};
    // Small bytes and large ones: with only large ones every count would be too large at once.
    const std::uint64_t below = random() % 2 == 0 ? 256 : 1 + random() % 16;
    for (std::byte& byte : chunk.block.bytes()) byte = static_cast<std::byte>(random() % below);
    const auto payload = static_cast<std::uint32_t>(chunk.block.size() - Chunk::gap);
    chunk.token_bytes = static_cast<std::uint32_t>(random() % (payload + 1));
    chunk.value_bytes = payload - chunk.token_bytes;
    chunk.records = static_cast<std::uint32_t>(random() % (chunk.token_bytes + 2));
    damaged += survives(std::move(chunk)) ? 0U : 1U;
  }
  EXPECT_GT(damaged, 2500U);
}

// One token, but its count says 255, and so does every 256th byte up to the end of the block: with values to
// spare, a reader who does not look would go on beyond it.
TEST(EngineChunk, TokensThatNeverEnd) {
  constexpr std::uint32_t values = 18 * 255;
  BlockPool pool(RecordShape{5000, 0}.block_bytes());
  Chunk chunk{.block = pool.get(1 + Chunk::gap + values),
              .shape = {5000, 0},
              .records = 1,
              .token_bytes = 1,
              .value_bytes = values};
  for (std::size_t i = 0; i < chunk.block.size(); ++i)
    chunk.block.data()[i] = i % 256 == 0 ? std::byte{255} : std::byte{0};
  EXPECT_FALSE(survives(std::move(chunk)));
}

TEST(EngineChunk, ImplausibleLengths) {
  BlockPool pool(1 << 17);
  const auto chunk = [&](std::uint32_t records, std::uint32_t tokens, std::uint32_t values) {
    return Chunk{.block = pool.get(1000),
                 .shape = {20, 2},
                 .records = records,
                 .token_bytes = tokens,
                 .value_bytes = values};
  };
  EXPECT_TRUE(chunk(10, 10, 160).plausible(1000));
  EXPECT_FALSE(chunk(0, 10, 160).plausible(1000));
  EXPECT_FALSE(chunk(11, 10, 176).plausible(1000));
  EXPECT_FALSE(chunk(10, 10, 159).plausible(1000));
  EXPECT_FALSE(chunk(10, 10, 975).plausible(1000));
  EXPECT_FALSE(chunk(10, ~0U, ~0U).plausible(1000));
  EXPECT_FALSE(survives(chunk(10, 10, 975)));
  EXPECT_FALSE(
      survives(Chunk{.block = {}, .shape = {1, 0}, .records = 1, .token_bytes = 1, .value_bytes = 0}));
}

TEST(EngineBlockPool, CountsWhatItHas) {
  constexpr std::size_t block = 1 << 17;
  BlockPool pool(block);
  EXPECT_EQ(pool.memory_bytes(), 0U);
  {
    const Block small = pool.get(1000);
    EXPECT_EQ(small.size(), 1000U);
    EXPECT_EQ(pool.memory_bytes(), 1000U);
    const Block large = pool.get(block / 2 + 1);
    EXPECT_EQ(large.size(), block);
    EXPECT_EQ(pool.memory_bytes(), 1000U + block);
  }
  EXPECT_LE(pool.memory_bytes(), block);
  std::vector<Block> blocks;
  for (int i = 0; i < 300; ++i) { // more than one mapping
    blocks.push_back(pool.get(block));
    std::memset(blocks.back().data(), i, block);
  }
  EXPECT_EQ(pool.memory_bytes(), 300 * block);
  for (int i = 0; i < 300; ++i)
    for (const std::size_t at : {std::size_t{0}, block - 1})
      ASSERT_EQ(blocks[static_cast<std::size_t>(i)].data()[at], static_cast<std::byte>(i));
  blocks.clear();
  EXPECT_LE(pool.memory_bytes(), 300 * block / 10);
  pool.trim();
  EXPECT_EQ(pool.memory_bytes(), 0U);
  EXPECT_EQ(pool.get(block).data()[block / 2], std::byte{0}); // the system has had it
  EXPECT_THROW(pool.get(block + 1), std::bad_alloc);
}
