// SPDX-License-Identifier: GPL-2.0-only
//
// The reference counts of gup-micro are the published ones, on which SPIN and TLC agree.
#include "tests/reference/gup_micro_reference.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace gupcheck::reference {

namespace {

struct Published {
  unsigned threads;
  unsigned pages;
  Variant variant;
  std::uint64_t states;
  std::uint64_t transitions;
  std::optional<std::uint64_t> violation_depth;
};

class Reference : public testing::TestWithParam<Published> {
protected:
  Count counted(Reading reading, bool return_check = false) const {
    const Published& row = GetParam();
    return count({.threads = row.threads,
                  .pages = row.pages,
                  .variant = row.variant,
                  .reading = reading,
                  .return_check = return_check});
  }
};

TEST_P(Reference, CountsWhatIsPublished) {
  const Count live = counted(Reading::live);
  EXPECT_EQ(live.states, GetParam().states);
  EXPECT_EQ(live.transitions, GetParam().transitions);
}

TEST_P(Reference, NothingElseBreaks) {
  const Count live = counted(Reading::live);
  EXPECT_EQ(live.deadlocks, 0U);
  EXPECT_EQ(live.broken_assertions, 0U);
  EXPECT_EQ(live.broken_final_checks, 0U);
}

TEST_P(Reference, ShortestViolationOfTheReturnCheck) {
  EXPECT_EQ(counted(Reading::live, true).violation_depth, GetParam().violation_depth);
}

// A compound wait saves the step of waking up, and no state: the waiting thread is somewhere in both
// readings.
TEST_P(Reference, CompoundWaitSavesStepsOnly) {
  const Count live = counted(Reading::live);
  const Count compound = counted(Reading::compound_wait);
  EXPECT_EQ(compound.states, live.states);
  EXPECT_LT(compound.transitions, live.transitions);
}

// With `seed` a thread in its last round that has found a new page does what one in its first round does:
// these are two states to whoever counts control points. With `retry` no two control points behave alike.
TEST_P(Reference, BehaviourIsNeverFinerThanLiveLocals) {
  const Count live = counted(Reading::live);
  const Count behaviour = counted(Reading::behaviour);
  if (GetParam().variant == Variant::seed) {
    EXPECT_LT(behaviour.states, live.states);
    EXPECT_LT(behaviour.transitions, live.transitions);
  } else {
    EXPECT_EQ(behaviour.states, live.states);
    EXPECT_EQ(behaviour.transitions, live.transitions);
  }
  EXPECT_EQ(behaviour.deadlocks, 0U);
  EXPECT_EQ(behaviour.broken_assertions, 0U);
  EXPECT_EQ(behaviour.broken_final_checks, 0U);
}

INSTANTIATE_TEST_SUITE_P(GupMicro, Reference,
                         testing::Values(Published{2, 1, Variant::seed, 749, 1273, 10},
                                         Published{2, 1, Variant::retry, 513, 867, std::nullopt},
                                         Published{3, 1, Variant::seed, 11595, 27184, 10},
                                         Published{3, 1, Variant::retry, 4912, 11647, std::nullopt},
                                         Published{2, 2, Variant::seed, 8898, 16043, 25},
                                         Published{2, 2, Variant::retry, 5798, 10535, std::nullopt}),
                         [](const auto& test) {
                           const Published& row = test.param;
                           return std::to_string(row.threads) + "x" + std::to_string(row.pages) +
                                  (row.variant == Variant::seed ? "Seed" : "Retry");
                         });

TEST(ReferenceBounds, AreChecked) {
  EXPECT_THROW(count({.threads = 0}), std::invalid_argument);
  EXPECT_THROW(count({.threads = max_threads + 1}), std::invalid_argument);
  EXPECT_THROW(count({.pages = 0}), std::invalid_argument);
  EXPECT_THROW(count({.pages = max_pages + 1}), std::invalid_argument);
}

} // namespace

} // namespace gupcheck::reference
