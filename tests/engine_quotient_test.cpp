// SPDX-License-Identifier: GPL-2.0-only
//
// The quotient merges local states by running them on results that they never really see. What such a run
// does is no verdict, and it may go on for ever; what is merged wrongly at first is found out.
#include "tests/engine_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Both threads wait at the same load. Thread 0 only ever reads small numbers there and uses them as an index;
// thread 1 reads one that would lead far out of the stack.
struct CrashesOnWhatItNeverSees : Suite<CrashesOnWhatItNeverSees, 2> {
  atomic<int> value;
  atomic<int> out;
  atomic<bool> phase;
  void thread(unsigned index) {
    if (index == 0) {
      volatile int small[4] = {1, 2, 3, 4};
      const int position = value.load();
      out.store(small[position]);
      phase.store(true);
    } else {
      phase.wait_until_not_equal(false);
      value.store(1 << 28);
      out.store(value.load());
    }
  }
  void after() { check(out.load() == 1 << 28, "what thread 1 read"); }
};

// The same with a write behind the index, with a division, with an endless loop, with an assertion.
template <class Use> struct MisusesWhatItNeverSees : Suite<MisusesWhatItNeverSees<Use>, 2> {
  atomic<int> value;
  atomic<int> out;
  atomic<bool> phase;
  void thread(unsigned index) {
    if (index == 0) {
      out.store(Use::use(value.load()));
      phase.store(true);
    } else {
      phase.wait_until_not_equal(false);
      for (int i = 1; i < 4; ++i) {
        value.store(i);
        out.store(value.load());
      }
    }
  }
};
struct Divides {
  static int use(int value) { return 100 / (value - 2); }
};
struct Loops {
  static int use(int value) {
    while (value == 2) asm volatile(""); // NOLINT(bugprone-infinite-loop): that is the test
    return value;
  }
};
struct Asserts {
  static int use(int value) {
    check(value != 2, "never");
    return value;
  }
};
struct Aborts {
  static int use(int value) {
    if (value == 2) __builtin_abort();
    return value;
  }
};
struct Recurses {
  static int use(int value) { return value == 2 ? use(value) + 1 : value; }
};
struct Allocates {
  static int use(int value) { return value == 2 ? *new int(value) : value; }
};

// The sum really stays below four, but without the other thread there is no end to it.
struct Diverges : Suite<Diverges, 2> {
  atomic<int> value;
  atomic<bool> done;
  atomic<int> out;
  void thread(unsigned index) {
    if (index == 0) {
      int total = 0;
      while (!done.load()) total += value.exchange(0);
      total += value.exchange(0);
      out.store(total);
    } else {
      for (int i = 0; i < 3; ++i) value.fetch_add(1);
      done.store(true);
    }
  }
  void after() { check(out.load() == 3, "three were added"); }
};

// The thread remembers what it read and uses it only much later.
template <unsigned Steps> struct Remembers : Suite<Remembers<Steps>, 2> {
  atomic<int> value;
  atomic<int> noise;
  atomic<int> out;
  void thread(unsigned index) {
    if (index == 0) {
      const int seen = value.load();
      for (unsigned i = 0; i < Steps; ++i) noise.store(0);
      if (seen == 2) out.store(1);
    } else {
      value.store(1);
      value.store(2);
      value.store(3);
    }
  }
  void after() { check(out.load() == 0, "it remembers the two"); }
};

// What it read is never used: with the quotient nothing of it is left.
struct Forgets : Suite<Forgets, 2> {
  atomic<int> value;
  atomic<int> out;
  void thread(unsigned) {
    for (int i = 0; i < 3; ++i) {
      volatile int dead = value.fetch_add(1);
      static_cast<void>(dead);
    }
    out.store(1);
  }
};

// Threads with different functions that behave alike for a while.
struct AlikeForAWhile : Suite<AlikeForAWhile, 2> {
  atomic<int> value;
  atomic<int> out;
  static void same(atomic<int>& cell) {
    for (int i = 0; i < 4; ++i) cell.load();
  }
  void thread(unsigned index) {
    same(value);
    if (index == 0) {
      out.store(1);
    } else {
      check(out.load() == 0, "they are not alike");
    }
  }
};

template <class S> void expect_fewer_states() {
  Options options;
  const Result merged = explore_suite<S>(options);
  options.quotient = false;
  const Result all = explore_suite<S>(options);
  EXPECT_EQ(merged.verdict, all.verdict);
  EXPECT_LT(merged.statistics.states, all.statistics.states);
}

} // namespace

TEST(EngineQuotient, ACrashThatNeverHappens) {
  expect_holds<CrashesOnWhatItNeverSees>();
  expect_holds<MisusesWhatItNeverSees<Divides>>();
  expect_holds<MisusesWhatItNeverSees<Aborts>>();
  expect_holds<MisusesWhatItNeverSees<Recurses>>();
  expect_holds<MisusesWhatItNeverSees<Allocates>>();
}
TEST(EngineQuotient, AnAssertionThatNeverBreaks) { expect_holds<MisusesWhatItNeverSees<Asserts>>(); }
TEST(EngineQuotient, ALoopThatIsNeverEntered) { expect_holds<MisusesWhatItNeverSees<Loops>>(); }
TEST(EngineQuotient, AClosureWithoutEnd) { expect_holds<Diverges>(without({"starvation"})); }

TEST(EngineQuotient, WhatIsUsedLateIsNotMerged) {
  expect_broken<Remembers<0>>("assertion", 5);
  expect_broken<Remembers<8>>("assertion", 13);
  expect_broken<Remembers<100>>("assertion", 105);
}
TEST(EngineQuotient, WhatDiffersLateIsNotMerged) { expect_broken<AlikeForAWhile>("assertion", 10); }
TEST(EngineQuotient, WhatIsNeverUsedIsMerged) { expect_fewer_states<Forgets>(); }
TEST(EngineQuotient, MergedStatesAreThoseOfThePlaces) {
  // Each thread is before one of its four steps or at its end; the counter is the sum of the additions made.
  EXPECT_EQ(explore_suite<Forgets>(unreduced()).statistics.states, 25U);
}
// Who looks ahead for what there is to learn merges nothing, and may come to more states than the run may.
TEST(EngineQuotient, StatesThatAreMergedDoNotCountForTheLimit) {
  Options options = unreduced();
  options.max_states = 25;
  EXPECT_EQ(explore_suite<Forgets>(options).verdict, Verdict::holds);
  options.max_states = 20;
  EXPECT_EQ(explore_suite<Forgets>(options).stopped_by, "max-states");
}
