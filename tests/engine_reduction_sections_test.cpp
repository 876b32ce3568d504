// SPDX-License-Identifier: GPL-2.0-only
//
// Transactions and where they end: two sections are not one, what belongs together is under one lock for as
// long as it is held and no longer, and loops and choices in a section are taken in full.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Two sections are no one section.
template <bool Split> struct BetweenSections : Suite<BetweenSections<Split>, 2> {
  Guarded guarded;
  void thread(unsigned index) {
    guarded.enter();
    const int before = guarded.value.load();
    if (Split && index == 0) {
      guarded.leave();
      guarded.enter();
    }
    guarded.value.store(before + 1);
    guarded.leave();
  }
  void after() { check(guarded.value.load() == 2, "an increment is lost"); }
};

// Each value is under its lock; that they belong together is under none.
template <bool Together> struct TwoValues : Suite<TwoValues<Together>, 2> {
  Guarded left;
  Guarded right;
  void thread(unsigned index) {
    if (index == 0) {
      left.enter();
      increment(left.value);
      if (!Together) left.leave();
      right.enter();
      increment(right.value);
      right.leave();
      if (Together) left.leave();
    } else {
      left.enter();
      right.enter();
      check(left.value.load() == right.value.load(), "one without the other");
      right.leave();
      left.leave();
    }
  }
};

// The section is over, and what was read in it is read again.
template <bool Inside> struct AfterRelease : Suite<AfterRelease<Inside>, 2> {
  Guarded guarded;
  void thread(unsigned index) {
    guarded.enter();
    const int mine = guarded.value.load() + 1;
    guarded.value.store(mine);
    if (Inside && index == 0) check(guarded.value.load() == mine, "changed in the section");
    guarded.leave();
    if (!Inside && index == 0) check(guarded.value.load() == mine, "changed after the section");
  }
};

template <bool Locked> struct LoopInSection : Suite<LoopInSection<Locked>, 2> {
  Guarded guarded;
  void thread(unsigned index) {
    if (index == 0) {
      guarded.enter();
      while (guarded.value.load() % 5 != 4) increment(guarded.value);
      increment(guarded.value);
      guarded.leave();
    } else {
      if (Locked) guarded.enter();
      check(guarded.value.load() % 5 == 0, "in the middle of the loop");
      if (Locked) guarded.leave();
    }
  }
};

template <unsigned Forbidden> struct ChoiceInSection : Suite<ChoiceInSection<Forbidden>, 2> {
  Guarded guarded;
  void thread(unsigned index) {
    guarded.enter();
    if (index == 0)
      guarded.value.store(static_cast<int>(choose(3)));
    else
      check(guarded.value.load() != static_cast<int>(Forbidden), "the choice");
    guarded.leave();
  }
};

// Nobody has to do with anybody.
struct Apart : Suite<Apart, 3> {
  atomic<int> cells[3];
  void thread(unsigned index) {
    for (int i = 1; i < 8; ++i) cells[index].store(i);
  }
};

} // namespace

TEST(EngineReductionSections, BetweenTwoSections) {
  expect_always_broken<BetweenSections<true>>("assertion", 10, no_cycles());
  expect_always_holds<BetweenSections<false>>(no_cycles());
  expect_transactions_help<BetweenSections<false>>(no_cycles());
}
TEST(EngineReductionSections, TwoLocationsThatBelongTogether) {
  expect_always_broken<TwoValues<false>>("assertion", 8, no_cycles());
  expect_always_holds<TwoValues<true>>(no_cycles());
  expect_transactions_help<TwoValues<true>>(no_cycles());
}
TEST(EngineReductionSections, ReadsAfterTheRelease) {
  expect_always_broken<AfterRelease<false>>("assertion", 8, no_cycles());
  expect_always_holds<AfterRelease<true>>(no_cycles());
  expect_transactions_help<AfterRelease<true>>(no_cycles());
}
TEST(EngineReductionSections, LoopInASection) {
  expect_always_broken<LoopInSection<false>>("assertion", 5, no_cycles());
  expect_always_holds<LoopInSection<true>>(no_cycles());
  expect_transactions_help<LoopInSection<true>>(no_cycles());
}
TEST(EngineReductionSections, EveryChoiceInASection) {
  expect_always_broken<ChoiceInSection<0>>("assertion", 2, no_cycles());
  expect_always_broken<ChoiceInSection<1>>("assertion", 6, no_cycles());
  expect_always_broken<ChoiceInSection<2>>("assertion", 6, no_cycles());
  expect_always_holds<ChoiceInSection<3>>(no_cycles());
  expect_transactions_help<ChoiceInSection<3>>(no_cycles());
}

// They look at fewer transitions, and find all states.
TEST(EngineReductionSections, SleepSetsLeaveOutOrders) {
  Options options = nothing_left_out(no_cycles());
  const Result all = explore_suite<Apart>(options);
  options.sleep_sets = true;
  const Result asleep = explore_suite<Apart>(options);
  EXPECT_EQ(all.statistics.states, 512U);
  EXPECT_EQ(asleep.statistics.states, 512U);
  EXPECT_EQ(all.statistics.transitions, 1U + 3 * 7 * 64);
  EXPECT_EQ(asleep.statistics.transitions, all.statistics.transitions);
  EXPECT_EQ(all.statistics.transitions_asleep, 0U);
  EXPECT_GT(asleep.statistics.transitions_asleep, 200U); // of 833 that lead where others lead
  expect_always_holds<Apart>(no_cycles());
}
