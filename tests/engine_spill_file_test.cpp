// SPDX-License-Identifier: GPL-2.0-only
//
// The file of what does not fit into memory: what comes back is what was written, or an error with a reason.
#include "tests/engine_level_queue_support.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

constexpr std::size_t slot_bytes = 64 * 1024;

std::vector<std::byte> random_bytes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

// Opens the process's unnamed file in `folder` a second time; -1 if there is none.
int open_behind_its_back(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone && target.string().starts_with(folder + "/"))
      return open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
  }
  return -1;
}

std::string reason_of(const std::string& directory) {
  try {
    SpillFile::check_directory(directory);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

} // namespace

TEST(EngineSpillFile, WhatWasWrittenComesBack) {
  const TemporaryFolder folder;
  SpillFile file(folder.path(), slot_bytes);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())); // it has no name
  std::vector<SpillFile::Slot> slots;
  std::string reason;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const auto slot = file.write(random_bytes(slot_bytes - i * 1000, i), reason);
    ASSERT_TRUE(slot) << reason;
    slots.push_back(*slot);
  }
  EXPECT_EQ(file.used_bytes(), 10 * slot_bytes);
  for (std::uint64_t i = 10; i-- > 0;) {
    std::vector<std::byte> bytes(slot_bytes - i * 1000);
    ASSERT_TRUE(file.read(slots[i], bytes, reason)) << reason;
    EXPECT_EQ(bytes, random_bytes(slot_bytes - i * 1000, i));
  }
}

TEST(EngineSpillFile, SlotsAreUsedAgainAndGiveTheirSpaceBack) {
  const TemporaryFolder folder;
  SpillFile file(folder.path(), slot_bytes);
  const int behind = open_behind_its_back(folder.path());
  ASSERT_GE(behind, 0);
  std::string reason;
  std::vector<SpillFile::Slot> slots;
  for (std::uint64_t i = 0; i < 8; ++i)
    slots.push_back(file.write(random_bytes(slot_bytes, i), reason).value());
  for (const std::uint64_t i : {6U, 2U, 4U}) file.release(slots[i]);
  EXPECT_EQ(file.used_bytes(), 5 * slot_bytes);
  for (const std::uint64_t expected : {2U, 4U, 6U, 8U})
    EXPECT_EQ(file.write(random_bytes(slot_bytes, expected), reason)->number, expected);
  EXPECT_EQ(file.used_bytes(), 9 * slot_bytes);
  for (std::uint64_t number = 0; number < 9; ++number) file.release({number, slot_bytes, 0});
  EXPECT_EQ(file.used_bytes(), 0U);
  struct stat status {};
  ASSERT_EQ(fstat(behind, &status), 0);
  EXPECT_EQ(status.st_size, static_cast<off_t>(9 * slot_bytes));
  EXPECT_LT(status.st_blocks, 100); // of 512 bytes; not every file system can do that, those of Linux can
  close(behind);
}

TEST(EngineSpillFile, AFileThatChangedIsAnError) {
  const TemporaryFolder folder;
  SpillFile file(folder.path(), slot_bytes);
  std::string reason;
  const auto slot = file.write(random_bytes(slot_bytes, 1), reason).value();
  const int behind = open_behind_its_back(folder.path());
  ASSERT_GE(behind, 0);
  std::vector<std::byte> bytes(slot_bytes);
  EXPECT_TRUE(file.read(slot, bytes, reason));
  const std::byte other = ~bytes[5000];
  ASSERT_EQ(pwrite(behind, &other, 1, 5000), 1);
  EXPECT_FALSE(file.read(slot, bytes, reason));
  EXPECT_EQ(reason, "cannot read back what was spilled to " + folder.path() + ": it has changed");
  ASSERT_EQ(ftruncate(behind, 5000), 0);
  EXPECT_FALSE(file.read(slot, bytes, reason));
  EXPECT_EQ(reason, "cannot read back what was spilled to " + folder.path() + ": Input/output error");
  close(behind);
}

TEST(EngineSpillFile, AChunkThatCannotBeReadBackIsAnError) {
  const TemporaryFolder folder;
  LevelQueue queue({20, 2}, 1, folder.path());
  queue.set_memory_budget(0);
  write_next_level(queue, random_records({20, 2}, 100, Change::few_low_bytes, 1));
  const int behind = open_behind_its_back(folder.path());
  ASSERT_GE(behind, 0);
  ASSERT_EQ(ftruncate(behind, 0), 0);
  close(behind);
  queue.advance();
  const std::string reason = "cannot read back what was spilled to " + folder.path() + ": Input/output error";
  Bytes saved;
  try {
    queue.write(saved.sink());
    ADD_FAILURE() << "wrote what it does not have";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), reason);
  }
  EXPECT_EQ(queue.error(), "");
  EXPECT_FALSE(queue.take());
  EXPECT_EQ(queue.error(), reason);
}

TEST(EngineSpillFile, DirectoriesThatCannotBeUsed) {
  const TemporaryFolder folder;
  EXPECT_EQ(reason_of(folder.path()), "");
  const std::string missing = folder.path() + "/missing";
  EXPECT_EQ(reason_of(missing), "cannot spill to " + missing + ": No such file or directory");
  const std::string file = folder.path() + "/file";
  close(open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  EXPECT_EQ(reason_of(file), "cannot spill to " + file + ": Not a directory");
  // A file system on which nobody can make files.
  EXPECT_TRUE(reason_of("/proc").starts_with("cannot spill to /proc: ")) << reason_of("/proc");
  EXPECT_THROW(LevelQueue({20, 2}, 1, missing), std::runtime_error);
}
