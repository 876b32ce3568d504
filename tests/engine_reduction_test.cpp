// SPDX-License-Identifier: GPL-2.0-only
//
// Transactions and what they take for granted about locations: that one is under one lock, used by one thread
// or read only. Each suite breaks that in a way that shows late, rarely or only in between, and a search that
// goes on believing it loses the error. The twins keep the rule and hold.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Without the lock if a value comes up that is there for one moment only.
template <bool Careless> struct RarePath : Suite<RarePath<Careless>, 2> {
  Guarded guarded;
  atomic<int> round;
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 3; ++i) {
        guarded.increment_inside();
        round.add(1);
      }
    } else if (Careless && round.load() == 2) {
      increment(guarded.value);
    } else {
      guarded.increment_inside();
    }
  }
  void after() { check(guarded.value.load() == 4, "an increment is lost"); }
};

// The same where the lock itself protects the value that decides.
template <bool Careless> struct LateValue : Suite<LateValue<Careless>, 2> {
  Guarded guarded;
  var<int> expected;
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 4; ++i) guarded.increment_inside();
      return;
    }
    guarded.enter();
    const bool late = guarded.value.load() == 3;
    if (late) expected.store(1);
    guarded.leave();
    if (!late) return;
    if (!Careless) guarded.enter();
    increment(guarded.value);
    if (!Careless) guarded.leave();
  }
  void after() { check(guarded.value.load() == 4 + expected.load(), "an increment is lost"); }
};

// A helper that takes the lock, but not for everybody.
template <bool Careless> struct LockInHelper : Suite<LockInHelper<Careless>, 2> {
  Guarded guarded;
  var<bool> single_threaded{Careless};
  void enter_unless_single() {
    if (!single_threaded.load()) guarded.enter();
  }
  void leave_unless_single() {
    if (!single_threaded.load()) guarded.leave();
  }
  void thread(unsigned index) {
    if (index == 0) return guarded.increment_inside();
    enter_unless_single();
    increment(guarded.value);
    leave_unless_single();
  }
  void after() { check(guarded.value.load() == 2, "an increment is lost"); }
};

template <bool Same> struct TwoLocks : Suite<TwoLocks<Same>, 2> {
  spinlock locks[2];
  var<int> value;
  void thread(unsigned index) {
    spinlock& mine = locks[Same ? 0 : index];
    mine.lock();
    increment(value);
    mine.unlock();
  }
  void after() { check(value.load() == 2, "an increment is lost"); }
};

// One thread holds both locks, and each of the others one: two locks are always held by any two threads but
// these two have none in common.
template <bool Common> struct Pairwise : Suite<Pairwise<Common>, 3> {
  spinlock first;
  spinlock second;
  var<int> value;
  void thread(unsigned index) {
    if (index != 2 || Common) first.lock();
    if (index != 1) second.lock();
    increment(value);
    if (index != 1) second.unlock();
    if (index != 2 || Common) first.unlock();
  }
  void after() { check(value.load() == 3, "an increment is lost"); }
};

// Used by one thread alone, for long; then the other one comes.
template <bool Early> struct PrivateForLong : Suite<PrivateForLong<Early>, 2> {
  var<int> value;
  atomic<int> stage;
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 4; ++i) {
        increment(value);
        if (i == 1) stage.store(1);
      }
      stage.store(2);
    } else {
      if (Early)
        stage.wait_until_not_equal(0);
      else
        stage.wait_until_equal(2);
      increment(value);
    }
  }
  void after() { check(value.load() == 5, "an increment is lost"); }
};

// Read by everybody, for long; then one writes.
template <bool Early> struct ReadOnlyForLong : Suite<ReadOnlyForLong<Early>, 3> {
  var<int> limit{7};
  atomic<int> stage;
  void thread(unsigned index) {
    if (index == 0) {
      for (int i = 0; i < 2; ++i) {
        const int seen = limit.load();
        check(limit.load() == seen, "it changes between two reads");
        stage.add(1);
      }
    } else if (index == 1) {
      check(limit.load() == 7 || stage.load() == 2, "it has changed");
    } else {
      if (Early)
        stage.wait_until_not_equal(0);
      else
        stage.wait_until_equal(2);
      limit.store(8);
    }
  }
};

// Made ready without the lock, which is right, and used without it once more, which is not.
template <bool Again> struct InitialisedFirst : Suite<InitialisedFirst<Again>, 2> {
  Guarded guarded;
  atomic<bool> ready;
  void thread(unsigned index) {
    if (index == 0) {
      guarded.value.store(10);
      ready.store(true);
      if (Again)
        increment(guarded.value);
      else
        guarded.increment_inside();
    } else {
      ready.wait_until_equal(true);
      guarded.increment_inside();
    }
  }
  void after() { check(guarded.value.load() == 12, "an increment is lost"); }
};

// Handed from one to the other and back by a flag.
template <bool Lingers> struct HandedOver : Suite<HandedOver<Lingers>, 2> {
  var<int> value;
  atomic<int> turn;
  void thread(unsigned index) {
    if (index == 0) {
      value.store(1);
      turn.store(1);
      turn.wait_until_equal(2);
      increment(value);
      check(value.load() == 3, "somebody else writes");
    } else {
      turn.wait_until_equal(1);
      increment(value);
      turn.store(2);
      if (Lingers) value.store(0);
    }
  }
};

} // namespace

TEST(EngineReduction, WithoutTheLockOnARarePath) {
  expect_always_broken<RarePath<true>>("assertion", 18, no_cycles());
  expect_always_holds<RarePath<false>>(no_cycles());
  expect_transactions_help<RarePath<false>>(no_cycles());
}
TEST(EngineReduction, WithoutTheLockAtALateValue) {
  expect_always_broken<LateValue<true>>("assertion", 22, no_cycles());
  expect_always_holds<LateValue<false>>(no_cycles());
  expect_transactions_help<LateValue<false>>(no_cycles());
}
TEST(EngineReduction, LockTakenInAHelper) {
  expect_always_broken<LockInHelper<true>>("assertion", 8, no_cycles());
  expect_always_holds<LockInHelper<false>>(no_cycles());
  expect_transactions_help<LockInHelper<false>>(no_cycles());
}
TEST(EngineReduction, TwoLocksForOneLocation) {
  expect_always_broken<TwoLocks<false>>("assertion", 8, no_cycles());
  expect_always_holds<TwoLocks<true>>(no_cycles());
  expect_transactions_help<TwoLocks<true>>(no_cycles());
}
TEST(EngineReduction, NoLockInCommon) {
  expect_always_broken<Pairwise<false>>("assertion", 14, no_cycles());
  expect_always_holds<Pairwise<true>>(no_cycles());
  expect_transactions_help<Pairwise<true>>(no_cycles());
}
TEST(EngineReduction, PrivateUntilLate) {
  expect_always_broken<PrivateForLong<true>>("assertion", 13, no_cycles());
  expect_always_holds<PrivateForLong<false>>(no_cycles());
}
TEST(EngineReduction, ReadOnlyUntilLate) {
  expect_always_broken<ReadOnlyForLong<true>>("assertion", 7, no_cycles());
  expect_always_holds<ReadOnlyForLong<false>>(no_cycles());
}
TEST(EngineReduction, InitialisedWithoutTheLock) {
  expect_always_broken<InitialisedFirst<true>>("assertion", 9, no_cycles());
  expect_always_holds<InitialisedFirst<false>>(no_cycles());
}
TEST(EngineReduction, HandedOverByAFlag) {
  expect_always_broken<HandedOver<true>>("assertion", 11, no_cycles());
  expect_always_holds<HandedOver<false>>(no_cycles());
}
