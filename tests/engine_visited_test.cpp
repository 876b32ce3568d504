// SPDX-License-Identifier: GPL-2.0-only
//
// The table of visited states: what one thread sees of it while it grows through all its sizes, and what
// comes back from a file. (engine_visited_threads_test.cpp has several threads.)
#include "model/engine/visited.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

using namespace gupcheck::engine;
using Outcome = VisitedTable::Insertion::Outcome;

namespace {

Fingerprint fingerprint(std::uint64_t i) { return fingerprint_of(i, 0); }

// Inserts states first..last - 1 and lets the table grow every so often; counts the growths of segments.
void fill(VisitedTable& table, std::uint64_t first, std::uint64_t last, bool with_numbers = false,
          std::size_t* growths = nullptr) {
  const std::uint64_t round = std::clamp<std::uint64_t>((last - first) / 10, 1, 1 << 15);
  for (std::uint64_t i = first; i < last; ++i) {
    if ((i - first) % round == 0) {
      const std::uint64_t peak = table.peak_memory_bytes_of_growth(round);
      const std::uint64_t before = table.memory_bytes();
      if (growths != nullptr) *growths += table.segments_to_grow(round);
      table.grow(round);
      ASSERT_FALSE(table.needs_growth(round));
      ASSERT_GE(peak, std::max(before, table.memory_bytes()));
    }
    const auto [handle, outcome] = table.insert(0, fingerprint(i));
    if (outcome != Outcome::added) FAIL() << i;
    if (with_numbers) table.set_number(handle, static_cast<std::uint32_t>(i));
  }
}

// States 0..states - 1 and no other.
void expect_states(VisitedTable& table, std::uint64_t states, bool with_numbers = false) {
  for (std::uint64_t i = 0; i < states; ++i) {
    const auto found = table.find(fingerprint(i));
    if (!found) FAIL() << i;
    if (with_numbers && table.number(*found) != i) FAIL() << i;
    if (i % 16 != 0) continue;
    ASSERT_EQ(table.insert(0, fingerprint(i)).handle, *found);
    ASSERT_FALSE(table.find(fingerprint(states + i)));
  }
  EXPECT_EQ(table.size(), states);
}

std::vector<std::byte> written(const VisitedTable& table) {
  std::vector<std::byte> bytes;
  table.write([&](auto part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return bytes;
}

void read(VisitedTable& table, const std::vector<std::byte>& bytes) {
  std::size_t at = 0;
  table.read(
      [&](auto part) {
        if (part.size() > bytes.size() - at) throw std::runtime_error("end of file");
        std::memcpy(part.data(), &bytes[at], part.size());
        at += part.size();
      },
      bytes.size() / 16);
  EXPECT_EQ(at, bytes.size());
}

TEST(Visited, StateIsAddedOnce) {
  VisitedTable table;
  EXPECT_FALSE(table.find({5, 6}));
  const auto added = table.insert(0, {5, 6});
  const auto again = table.insert(0, {5, 6});
  EXPECT_EQ(added.outcome, Outcome::added);
  EXPECT_EQ(again.outcome, Outcome::present);
  EXPECT_EQ(again.handle, added.handle);
  EXPECT_EQ(table.find({5, 6}), added.handle);
  EXPECT_EQ(table.size(), 1U);
  table.clear();
  EXPECT_EQ(table.size(), 0U);
  EXPECT_FALSE(table.find({5, 6}));
}

TEST(Visited, All127BitsAreCompared) {
  VisitedTable table;
  const Fingerprint state = fingerprint(1);
  EXPECT_EQ(table.insert(0, state).outcome, Outcome::added);
  for (unsigned bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(table.insert(0, {state.low ^ 1ULL << bit, state.high}).outcome, Outcome::added) << bit;
    const Outcome expected = bit < 1 ? Outcome::present : Outcome::added;
    EXPECT_EQ(table.insert(0, {state.low, state.high ^ 1ULL << bit}).outcome, expected) << bit;
  }
  EXPECT_EQ(table.insert(0, {0, 0}).outcome, Outcome::added);
  EXPECT_EQ(table.insert(0, {0, 0}).outcome, Outcome::present);
  EXPECT_EQ(table.size(), 1U + 64 + 63 + 1);
}

TEST(Visited, OmissionProbability) {
  EXPECT_EQ(omission_probability(0), 0.0);
  EXPECT_DOUBLE_EQ(omission_probability(std::uint64_t{1} << 40), 0x1p-48);
  EXPECT_LT(omission_probability(40'000'000), 1e-23);
}

TEST(Visited, SmallTableIsSmall) {
  VisitedTable table(1, true);
  fill(table, 0, 500, true);
  expect_states(table, 500, true);
  EXPECT_LE(table.memory_bytes(), 64U << 10);
}

// One segment on small pages, on huge ones, four of them, each growing.
TEST(Visited, GrowsThroughAllSizes) {
  VisitedTable table(1, true);
  std::uint64_t states = 0;
  for (const std::uint64_t size : {700U, 20'000U, 100'000U, 500'000U, 3'700'000U}) {
    ASSERT_NO_FATAL_FAILURE(fill(table, states, size, true));
    states = size;
    ASSERT_NO_FATAL_FAILURE(expect_states(table, states, true));
  }
  EXPECT_LT(table.memory_bytes(), states * 30);
  table.grow(3 * states); // by much at once
  ASSERT_NO_FATAL_FAILURE(expect_states(table, states, true));
  EXPECT_GT(table.memory_bytes(), 4 * states * 20);
}

// Many enough for several segments, whose steps differ.
TEST(Visited, LargeStepsAreFewer) {
  constexpr std::uint64_t states = 6'000'000;
  const auto growths = [&](VisitedTable& table) {
    std::size_t segments = 0;
    fill(table, 0, states, false, &segments);
    EXPECT_EQ(table.size(), states);
    EXPECT_LE(table.memory_bytes(), states * 45);
    return segments;
  };
  VisitedTable small;
  const std::size_t small_steps = growths(small);
  VisitedTable large;
  large.expect_times(2);
  EXPECT_LT(growths(large), small_steps);
  large.expect_times(1.1);
  fill(large, states, 7'000'000);
  expect_states(large, 7'000'000);
}

TEST(Visited, FullTableChangesNothing) {
  VisitedTable table;
  std::uint64_t states = 0;
  while (table.insert(0, fingerprint(states)).outcome == Outcome::added) ++states;
  EXPECT_GT(states, 900U);
  ASSERT_TRUE(table.needs_growth());
  EXPECT_EQ(table.size(), states);
  EXPECT_FALSE(table.find(fingerprint(states)));
  EXPECT_EQ(table.insert(0, fingerprint(states)).outcome, Outcome::full);
  table.grow();
  EXPECT_FALSE(table.needs_growth());
  ASSERT_NO_FATAL_FAILURE(expect_states(table, states));
  EXPECT_EQ(table.insert(0, fingerprint(states)).outcome, Outcome::added);
  ASSERT_NO_FATAL_FAILURE(expect_states(table, states + 1));
}

TEST(Visited, UnevenFingerprintsAreRefused) {
  VisitedTable table;
  const auto insert_all = [&] {
    for (std::uint64_t i = 1; i < 100'000; ++i)
      while (table.insert(0, {i, i << 18}).outcome == Outcome::full) table.grow();
  };
  EXPECT_THROW(insert_all(), std::runtime_error);
  EXPECT_LT(table.memory_bytes(), 10U << 20);
}

void expect_round_trip(std::uint64_t states, bool with_numbers) {
  VisitedTable table(3, with_numbers);
  ASSERT_NO_FATAL_FAILURE(fill(table, 0, states, with_numbers));
  const std::vector<std::byte> bytes = written(table);
  EXPECT_LT(bytes.size(), 1000 + states * (with_numbers ? 20 : 16));
  VisitedTable copy(1, with_numbers);
  fill(copy, 10'000'000, 10'000'010, with_numbers); // makes way
  read(copy, bytes);
  ASSERT_NO_FATAL_FAILURE(expect_states(copy, states, with_numbers));
  EXPECT_LE(copy.memory_bytes(), std::max<std::uint64_t>(table.memory_bytes(), 32 << 10));
}

TEST(Visited, ComesBackFromAFile) {
  for (const bool with_numbers : {false, true})
    for (const std::uint64_t states : {0U, 1U, 1000U, 100'000U}) expect_round_trip(states, with_numbers);
  expect_round_trip(3'700'000, false); // in several segments
}

TEST(Visited, EachStateIsVisited) {
  VisitedTable table(1, true);
  fill(table, 0, 10'000, true);
  std::vector<bool> seen(10'000);
  table.for_each([&](const VisitedTable::State& state) {
    ASSERT_LT(state.number, seen.size());
    EXPECT_FALSE(seen[state.number]);
    seen[state.number] = true;
    EXPECT_EQ(state.fingerprint.low, fingerprint(state.number).low);
    EXPECT_EQ(state.fingerprint.high >> 1, fingerprint(state.number).high >> 1);
  });
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 10'000);
}

// Expects that a table that was changed in this way is refused, and why.
void expect_refused(const std::string& reason, const std::function<void(std::vector<std::byte>&)>& damage,
                    bool with_numbers = true) {
  VisitedTable table(1, true);
  fill(table, 0, 3000, true);
  std::vector<std::byte> bytes = written(table);
  damage(bytes);
  VisitedTable copy(1, with_numbers);
  fill(copy, 0, 10, with_numbers);
  try {
    read(copy, bytes);
    ADD_FAILURE() << "not refused: " << reason;
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
  }
  EXPECT_EQ(copy.size(), 0U);
  ASSERT_NO_FATAL_FAILURE(fill(copy, 0, 3000, with_numbers));
}

TEST(Visited, DamagedFileIsRefused) {
  constexpr std::size_t header = 8 * (2 + 64);
  constexpr std::size_t state = 20;
  expect_refused("end of file", [](auto& bytes) { bytes.resize(4); });
  expect_refused("end of file", [](auto& bytes) { bytes.pop_back(); });
  expect_refused("this is none", [](auto& bytes) { bytes[0] ^= std::byte{1}; });
  expect_refused(
      "have numbers", [](auto&) {}, false);
  expect_refused("have no numbers", [](auto& bytes) { bytes[8] = std::byte{0}; });
  expect_refused("are announced", [](auto& bytes) { bytes[16 + 7] = std::byte{0x80}; });
  expect_refused("are announced", [](auto& bytes) { bytes[16 + 2] = std::byte{1}; });
  expect_refused("part 0 has", [](auto& bytes) {
    bytes[16] = static_cast<std::byte>(static_cast<int>(bytes[16]) + 1);
    bytes[24] = static_cast<std::byte>(static_cast<int>(bytes[24]) - 1); // so the sum is right
  });
  expect_refused("state 1 of 3000 is no state",
                 [](auto& bytes) { std::memset(&bytes[header], 0, sizeof(std::uint64_t)); });
  expect_refused("state 2 of 3000 is no state",
                 [](auto& bytes) { std::memset(&bytes[header + state + 8], 0, sizeof(std::uint64_t)); });
  expect_refused("state 3 of 3000 is there twice",
                 [](auto& bytes) { std::memcpy(&bytes[header + 2 * state], &bytes[header], 16); });
  expect_refused("state 3000 of 3000 has no number",
                 [](auto& bytes) { std::memset(&bytes[bytes.size() - 4], 0, 4); });
}

} // namespace
