// SPDX-License-Identifier: GPL-2.0-only
//
// The decision tree of transactions by itself.
#include "model/engine/transaction_memo.hpp"

#include <gtest/gtest.h>

namespace {

using namespace gupcheck::engine;
using Look = TransactionMemo::Look;

// What it comes to is told apart by its class.
std::uint32_t remember(TransactionMemo& memo, unsigned thread, ClassId from, const std::vector<Look>& looks,
                       ClassId to) {
  const std::vector<WordChange> changes{{1, 2, to}};
  const std::vector<Fingerprint> owned{{to, 1}, {to, 2}};
  TransactionOutcome outcome;
  outcome.change = {to, to};
  outcome.local = to;
  outcome.touched = 0b101;
  outcome.changes = changes;
  outcome.owned = owned.data();
  const std::uint32_t number = memo.keep(outcome, {.reads = to, .writes = 0}, changes);
  if (!looks.empty()) memo.learn(thread, from, looks, number);
  return number;
}

TEST(TransactionMemo, FindsWhatItLearnt) {
  TransactionMemo memo;
  std::vector<std::uint64_t> world(16);
  EXPECT_EQ(memo.find(0, 3, 0, world.data()), TransactionMemo::unknown);
  const std::uint32_t both = remember(memo, 0, 3, {{5, 0}, {7, 0}}, 10);
  const std::uint32_t first = remember(memo, 0, 3, {{5, 1}}, 11);
  const std::uint32_t second = remember(memo, 0, 3, {{5, 0}, {7, 9}}, 12);
  EXPECT_EQ(memo.find(0, 3, 0, world.data()), both);
  world[7] = 9;
  EXPECT_EQ(memo.find(0, 3, 0, world.data()), second);
  world[5] = 1;
  EXPECT_EQ(memo.find(0, 3, 0, world.data()), first);
  world[5] = 2;
  EXPECT_EQ(memo.find(0, 3, 0, world.data()), TransactionMemo::unknown);
  world[5] = 1;
  EXPECT_EQ(memo.find(1, 3, 0, world.data()), TransactionMemo::unknown) << "another thread";
  EXPECT_EQ(memo.find(0, 2, 0, world.data()), TransactionMemo::unknown) << "another class";

  const TransactionMemo::Kept& kept = memo[second];
  EXPECT_EQ(kept.local, 12U);
  EXPECT_EQ(kept.touched, 0b101U);
  EXPECT_EQ(kept.change, (Fingerprint{12, 12}));
  ASSERT_EQ(memo.changes(kept).size(), 1U);
  EXPECT_EQ(memo.changes(kept)[0].after, 12U);
  EXPECT_EQ(memo.owned(kept)[1], (Fingerprint{12, 2}));
  EXPECT_EQ(memo.footprint(second).reads, 12U);
  ASSERT_EQ(memo.steps(kept).size(), 1U);
  EXPECT_EQ(memo.steps(kept)[0].after, 12U);
}

// What is not known, or is one of several choices, depends on a transaction that touches nothing, too.
TEST(TransactionMemo, FootprintsOfWhatIsNotKnown) {
  TransactionMemo memo;
  TransactionOutcome outcome;
  const Footprint nothing;
  const std::uint32_t alone = memo.keep(outcome, nothing, {});
  outcome.chosen = true;
  const std::uint32_t choice = memo.keep(outcome, nothing, {});
  EXPECT_FALSE(memo.footprint(alone).depends_on(nothing));
  EXPECT_TRUE(memo.footprint(choice).depends_on(memo.footprint(alone)));
  EXPECT_TRUE(memo.footprint(alone).depends_on(memo.footprint(choice)));
  EXPECT_TRUE(memo.footprint(TransactionMemo::unknown).depends_on(nothing));
  memo.forget_unlearnt(); // none was learnt
  EXPECT_TRUE(memo.footprint(TransactionMemo::unknown).depends_on(nothing));
  EXPECT_FALSE(memo.footprint(memo.keep({}, nothing, {})).depends_on(nothing));
}

TEST(TransactionMemo, KnowsWhoCannotMove) {
  TransactionMemo memo;
  std::vector<std::uint64_t> world(8);
  const std::vector<Look> held{{3, 7}};
  memo.learn(0, 1, held, TransactionMemo::blocked);
  memo.learn(0, 2, {}, TransactionMemo::finished);
  EXPECT_EQ(memo.find(0, 1, 0, world.data()), TransactionMemo::unknown);
  const std::uint32_t moves = remember(memo, 0, 1, {{3, 0}, {5, 0}}, 4);
  EXPECT_EQ(memo.find(0, 1, 0, world.data()), moves);
  EXPECT_TRUE(TransactionMemo::is_number(moves));
  world[3] = 7;
  EXPECT_EQ(memo.find(0, 1, 0, world.data()), TransactionMemo::blocked);
  EXPECT_EQ(memo.find(0, 2, 0, world.data()), TransactionMemo::finished);
  EXPECT_FALSE(TransactionMemo::is_number(TransactionMemo::blocked));
  memo.forget_unlearnt();
  world[3] = 0;
  EXPECT_EQ(memo[memo.find(0, 1, 0, world.data())].local, 4U);
}

TEST(TransactionMemo, TellsChoicesApart) {
  TransactionMemo memo;
  const std::vector<std::uint64_t> world(4);
  const std::uint32_t none = remember(memo, 2, 0, {{TransactionMemo::no_word, 0}, {1, 0}}, 1);
  const std::uint32_t one = remember(memo, 2, 0, {{TransactionMemo::no_word, 1}}, 2);
  EXPECT_EQ(memo.find(2, 0, 0, world.data()), none);
  EXPECT_EQ(memo.find(2, 0, 1, world.data()), one);
  EXPECT_EQ(memo.find(2, 0, 2, world.data()), TransactionMemo::unknown);
}

TEST(TransactionMemo, ForgetsWhatWasOnlyKept) {
  TransactionMemo memo;
  const std::vector<std::uint64_t> world(4);
  const std::uint32_t learnt = remember(memo, 0, 0, {{1, 0}}, 7);
  const std::uint32_t kept = remember(memo, 0, 1, {}, 8);
  EXPECT_EQ(memo[kept].local, 8U);
  memo.forget_unlearnt();
  EXPECT_EQ(remember(memo, 0, 2, {{2, 0}}, 9), kept) << "its number is free again";
  EXPECT_EQ(memo[memo.find(0, 0, 0, world.data())].local, 7U);
  EXPECT_EQ(memo.changes(memo[memo.find(0, 2, 0, world.data())])[0].after, 9U);
  EXPECT_EQ(memo.find(0, 0, 0, world.data()), learnt);
  memo.clear();
  EXPECT_EQ(memo.find(0, 0, 0, world.data()), TransactionMemo::unknown);
}

// Whatever the values are, and until it is full; then it stays as it is.
TEST(TransactionMemo, KeepsALotAndThenStops) {
  TransactionMemo memo;
  std::vector<std::uint64_t> world(3);
  constexpr std::uint64_t many = 300'000;
  std::uint64_t learnt = 0;
  for (std::uint64_t i = 0; i < many; ++i) {
    remember(memo, 1, 0, {{0, i << 32}, {1, i}}, static_cast<ClassId>(i));
    memo.forget_unlearnt();
    world[0] = i << 32;
    world[1] = i;
    learnt += memo.find(1, 0, 0, world.data()) != TransactionMemo::unknown;
  }
  EXPECT_GT(learnt, 10'000U);
  EXPECT_LT(learnt, many);
  EXPECT_LT(memo.memory_bytes(), 2 * TransactionMemo::most_bytes);
  for (std::uint64_t i = 0; i < learnt; ++i) {
    world[0] = i << 32;
    world[1] = i;
    const std::uint32_t number = memo.find(1, 0, 0, world.data());
    ASSERT_NE(number, TransactionMemo::unknown) << i;
    ASSERT_EQ(memo[number].local, i);
  }
}

} // namespace
