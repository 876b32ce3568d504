// SPDX-License-Identifier: GPL-2.0-only
//
// The frontier: every record of a level comes out once, whoever wrote it and wherever it was meanwhile; what
// goes wrong with the disk is said and loses nothing that was in memory.
#include "tests/engine_level_queue_support.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <sys/mount.h>
#include <sys/resource.h>
#include <thread>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

constexpr RecordShape usual{20, 2};

// In a child of its own, since a limit cannot always be lifted again. True when `body` returns true there.
template <class Body> bool in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

TEST(EngineLevelQueue, LevelByLevel) {
  LevelQueue queue(usual, 1, "");
  EXPECT_FALSE(queue.take());
  EXPECT_FALSE(queue.advance());
  std::vector<std::vector<Record>> levels;
  for (const std::size_t size : {1U, 10U, 1000U, 30000U, 100U})
    levels.push_back(random_records(usual, size, Change::few_low_bytes, size));
  write_next_level(queue, levels[0]);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    EXPECT_EQ(queue.next_records(), levels[level].size());
    EXPECT_EQ(queue.current_records(), 0U);
    EXPECT_TRUE(queue.advance());
    EXPECT_EQ(queue.next_records(), 0U);
    EXPECT_EQ(queue.current_records(), levels[level].size());
    // Written while the current one is there.
    if (level + 1 < levels.size()) write_next_level(queue, levels[level + 1]);
    EXPECT_EQ(take_all(queue), sorted(levels[level]));
    EXPECT_EQ(queue.current_records(), 0U);
  }
  EXPECT_FALSE(queue.advance());
  EXPECT_EQ(queue.error(), "");
}

TEST(EngineLevelQueue, OneWriterThroughSeveralLevels) {
  LevelQueue queue(usual, 2, "");
  ChunkWriter writer(queue);
  for (std::size_t level = 0; level < 20; ++level) {
    const auto records = random_records(usual, level * level * 10, Change::few_low_bytes, level);
    for (const Record& record : records) writer.append(record);
    writer.finish();
    writer.finish(); // nothing more to hand over
    EXPECT_EQ(queue.advance(), level != 0);
    EXPECT_EQ(take_all(queue), sorted(records));
  }
}

TEST(EngineLevelQueue, SmallLevelsAreShared) {
  LevelQueue queue(usual, 2, "");
  const auto records = random_records(usual, 4000, Change::few_low_bytes, 1);
  for (int level = 0; level < 2; ++level) {
    write_next_level(queue, records);
    queue.advance();
    std::uint32_t largest = 0;
    int chunks = 0;
    for (std::optional<Chunk> chunk; (chunk = queue.take()); ++chunks)
      largest = std::max(largest, chunk->records);
    EXPECT_GE(chunks, 32);
    EXPECT_LE(largest, 125U);
  }
  EXPECT_LT(queue.memory_bytes(), 2 * queue.pool().block_bytes());
}

TEST(EngineLevelQueue, MemoryIsWhatRecordsTake) {
  LevelQueue queue(usual, 1, "");
  write_next_level(queue, random_records(usual, 100000, Change::few_low_bytes, 1));
  EXPECT_GT(queue.memory_bytes(), 100000U * 20);
  EXPECT_LT(queue.memory_bytes(), 100000U * 30);
  queue.clear();
  EXPECT_LE(queue.memory_bytes(), 16 * queue.pool().block_bytes());
  EXPECT_EQ(queue.next_records(), 0U);
}

TEST(EngineLevelQueue, ARecordOfAnotherSizeIsRefused) {
  LevelQueue queue(usual, 1, "");
  ChunkWriter writer(queue);
  EXPECT_THROW(writer.append(Record(19)), std::logic_error);
}

// Every record has two successors until the 15th level; run it under ThreadSanitizer, too.
void explore_a_tree(unsigned workers, const std::string& directory) {
  constexpr std::uint64_t last_level = 15;
  LevelQueue queue(usual, workers, directory);
  if (!directory.empty()) queue.set_memory_budget(300'000);
  std::uint64_t most_spilled = 0;
  write_next_level(queue, {Record(usual.words)});
  for (std::uint64_t level = 0; level <= last_level; ++level) {
    ASSERT_TRUE(queue.advance());
    ASSERT_EQ(queue.current_records(), std::uint64_t{1} << level);
    std::vector<std::vector<std::uint64_t>> seen(workers);
    std::vector<std::thread> threads;
    for (unsigned worker = 0; worker < workers; ++worker)
      threads.emplace_back([&, worker] {
        ChunkWriter writer(queue);
        Record record(usual.words);
        while (std::optional<Chunk> chunk = queue.take()) {
          ChunkReader reader(std::move(*chunk));
          while (reader.next(record.data())) {
            seen[worker].push_back(record[7]);
            record[0] = record[7] * 0x9e37'79b9'7f4a'7c15;
            record[2 + level % 5] += 3;
            for (std::uint64_t bit = 0; bit < 2 && level < last_level; ++bit) {
              record[7] |= bit << level;
              writer.append(record);
            }
          }
        }
        writer.finish();
      });
    for (std::thread& thread : threads) thread.join();
    most_spilled = std::max(most_spilled, queue.spilled_bytes());
    std::vector<std::uint64_t> all;
    for (const auto& some : seen) all.insert(all.end(), some.begin(), some.end());
    std::sort(all.begin(), all.end());
    ASSERT_EQ(all.size(), std::uint64_t{1} << level);
    for (std::uint64_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], i);
  }
  EXPECT_FALSE(queue.advance());
  EXPECT_EQ(queue.error(), "");
  EXPECT_EQ(most_spilled != 0, !directory.empty());
  EXPECT_EQ(queue.spilled_bytes(), 0U);
}

TEST(EngineLevelQueue, Workers) {
  for (const unsigned workers : {1U, 2U, 3U, 4U}) explore_a_tree(workers, "");
}

TEST(EngineLevelQueue, WorkersAboveTheBudget) {
  const TemporaryFolder folder;
  for (const unsigned workers : {1U, 2U, 4U}) explore_a_tree(workers, folder.path());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(EngineLevelQueue, SpillsAboveTheBudgetOnly) {
  const TemporaryFolder folder;
  LevelQueue queue(usual, 1, folder.path());
  const auto records = random_records(usual, 100000, Change::few_low_bytes, 1);
  write_next_level(queue, records);
  EXPECT_EQ(queue.spilled_bytes(), 0U);
  queue.advance();
  queue.clear();
  queue.set_memory_budget(1'000'000);
  for (int level = 0; level < 3; ++level) {
    write_next_level(queue, records);
    EXPECT_GT(queue.spilled_bytes(), 1'000'000U);
    EXPECT_LE(queue.memory_bytes(), 1'000'000U);
    EXPECT_GT(queue.memory_bytes(), 500'000U);
    EXPECT_EQ(queue.next_records(), records.size());
    queue.advance();
    EXPECT_EQ(queue.current_records(), records.size());
    EXPECT_EQ(take_all(queue), sorted(records));
    EXPECT_EQ(queue.spilled_bytes(), 0U);
  }
  EXPECT_EQ(queue.error(), "");
  write_next_level(queue, records);
  queue.clear();
  EXPECT_EQ(queue.spilled_bytes(), 0U);
}

// Whoever does not stop for the error goes on in memory.
bool keeps_all_when_the_disk_is_full(const std::string& folder, const std::string& reason) {
  LevelQueue queue(usual, 1, folder);
  queue.set_memory_budget(0);
  const auto records = random_records(usual, 100000, Change::few_low_bytes, 1);
  const std::string error = "cannot spill to " + std::string(folder).append(": ").append(reason);
  for (int level = 0; level < 2; ++level) {
    write_next_level(queue, records);
    EXPECT_EQ(queue.error(), error);
    EXPECT_EQ(queue.next_records(), records.size());
    EXPECT_EQ(queue.spilled_bytes() != 0, level == 0); // some went there before it was full
    queue.advance();
    EXPECT_EQ(take_all(queue), sorted(records));
  }
  return !testing::Test::HasFailure();
}

TEST(EngineLevelQueue, AFileThatMayNotGrowLosesNothing) {
  const TemporaryFolder folder;
  EXPECT_TRUE(in_child([&] {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{500'000, 500'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    return keeps_all_when_the_disk_is_full(folder.path(), "File too large");
  }));
}

TEST(EngineLevelQueue, AFullDiskLosesNothing) {
  const TemporaryFolder folder;
  if (mount("none", folder.path().c_str(), "tmpfs", 0, "size=500k") != 0)
    GTEST_SKIP() << "only root can make a disk that is soon full";
  const bool well = keeps_all_when_the_disk_is_full(folder.path(), "No space left on device");
  umount2(folder.path().c_str(), MNT_DETACH);
  EXPECT_TRUE(well);
}

TEST(EngineLevelQueue, CheckpointRoundTrip) {
  const TemporaryFolder folder;
  const auto current = random_records(usual, 20000, Change::few_low_bytes, 1);
  const auto next = random_records(usual, 30000, Change::any_bytes, 2);
  for (const bool spill_before : {false, true})
    for (const bool spill_after : {false, true}) {
      LevelQueue before(usual, 2, folder.path());
      if (spill_before) before.set_memory_budget(100'000);
      write_next_level(before, current);
      before.advance();
      write_next_level(before, next);
      // One is with a worker already.
      const std::optional<Chunk> taken = before.take();
      ASSERT_TRUE(taken);
      Bytes saved;
      before.write(saved.sink());

      LevelQueue after(usual, 1, folder.path());
      if (spill_after) after.set_memory_budget(0);
      write_next_level(after, current); // makes way
      after.read(saved.source());
      EXPECT_EQ(after.spilled_bytes() != 0, spill_after);
      EXPECT_EQ(after.current_records(), current.size() - taken->records);
      EXPECT_EQ(after.next_records(), next.size());
      // Writing does not change what is there, so both have the same.
      for (LevelQueue* queue : {&before, &after}) {
        EXPECT_EQ(take_all(*queue).size(), current.size() - taken->records);
        EXPECT_TRUE(queue->advance());
        EXPECT_EQ(take_all(*queue), sorted(next));
      }
    }
}

TEST(EngineLevelQueue, DamagedCheckpoints) {
  LevelQueue queue(usual, 1, "");
  write_next_level(queue, random_records(usual, 1000, Change::few_low_bytes, 1));
  Bytes saved;
  queue.write(saved.sink());
  const auto refuses = [](RecordShape shape, Bytes bytes, const char* reason) {
    LevelQueue other(shape, 1, "");
    write_next_level(other, random_records(shape, 10, Change::few_low_bytes, 1));
    try {
      other.read(bytes.source());
      ADD_FAILURE() << "read without " << reason;
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), reason);
    }
    EXPECT_EQ(other.next_records(), 0U);
    EXPECT_FALSE(other.advance());
  };
  refuses({21, 2}, saved, "the frontier has records of another shape");
  refuses({20, 1}, saved, "the frontier has records of another shape");
  for (const std::size_t length : {std::size_t{0}, std::size_t{20}, saved.content.size() - 1}) {
    Bytes cut = saved;
    cut.content.resize(length);
    refuses(usual, cut, "it ends too early");
  }
  for (const std::size_t at : {24U, 28U, 32U}) { // the lengths of the first chunk
    Bytes wrong = saved;
    for (std::size_t i = 0; i < 4; ++i) wrong.content[at + i] = std::byte{0xff};
    refuses(usual, wrong, "a chunk of the frontier is damaged");
  }
}
