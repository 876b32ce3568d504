// SPDX-License-Identifier: GPL-2.0-only
//
// Direct mode: what before(), after(), invariant(), expectations and watches may do, and what becomes of them
// when they do something else.
#include "tests/engine_support.hpp"

#include <stdexcept>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

inline constexpr Check promise{"promise"};
inline constexpr Check other_promise{"other-promise"};

struct AfterWrites : Suite<AfterWrites, 2> {
  atomic<int> cell;
  spinlock lock;
  void thread(unsigned) { cell.add(1); }
  void after() {
    lock.lock();
    check(cell.exchange(9) == 2, "after() sees the final state each time");
    check(cell.load() == 9, "and its own writes");
    lock.unlock();
  }
};

struct InvariantWrites : Suite<InvariantWrites, 1> {
  atomic<int> cell;
  void thread(unsigned) { cell.store(1); }
  void invariant() { cell.store(0); }
};

struct AfterBlocks : Suite<AfterBlocks, 1> {
  spinlock lock;
  void thread(unsigned) { lock.lock(); }
  void after() { lock.lock(); }
};

struct AfterChooses : Suite<AfterChooses, 1> {
  void thread(unsigned) {}
  void after() { choose(2); }
};

struct AfterWalksForEver : Suite<AfterWalksForEver, 1> {
  atomic<int> cell;
  void thread(unsigned) {}
  void after() {
    while (cell.load() == 0) {
    }
  }
};

struct AfterFollowsAWildPointer : Suite<AfterFollowsAWildPointer, 1> {
  atomic<atomic<int>*> pointer;
  void thread(unsigned) {}
  void after() { pointer.load()->load(); }
};

struct BeforeBlocks : Suite<BeforeBlocks, 1> {
  atomic<int> cell;
  void before() { cell.wait_until_equal(1); }
  void thread(unsigned) {}
};

struct AfterUnlocks : Suite<AfterUnlocks, 1> {
  spinlock lock;
  void thread(unsigned) {}
  void after() { lock.unlock(); }
};

// Ordinary members may be set in before() and read outside the threads.
struct OrdinaryMember : Suite<OrdinaryMember, 1> {
  int limit = 0;
  atomic<int> cell;
  void before() { limit = 3; }
  void thread(unsigned) { cell.store(3); }
  void invariant() { check(cell.load() <= limit, "the member is read"); }
  void after() { check(cell.load() == limit, "the member is read"); }
};

const char* must_be_zero(std::uint64_t cell, std::uint64_t limit) {
  return reinterpret_cast<const atomic<std::uint64_t>*>(cell)->load() <= limit ? nullptr : "too much";
}

// An expectation is evaluated in the state in which the next operation executes, and costs no step.
struct Expects : Suite<Expects, 2> {
  atomic<std::uint64_t> cell;
  atomic<std::uint64_t> mine;
  void thread(unsigned index) {
    if (index == 0) {
      expect(promise, must_be_zero, cell.address(), 0);
      mine.store(1); // two moves: thread 1's store, and this
    } else {
      cell.store(1);
    }
  }
};

struct ExpectsOfOwnBlock : Suite<ExpectsOfOwnBlock, 2> {
  struct PerThread {
    atomic<std::uint64_t> cell;
  };
  void thread(unsigned index) {
    self<ExpectsOfOwnBlock>().cell.store(index);
    expect(promise, must_be_zero, self<ExpectsOfOwnBlock>().cell.address(), 0);
    self<ExpectsOfOwnBlock>().cell.store(0);
  }
};

const char* writes(std::uint64_t cell, std::uint64_t) {
  reinterpret_cast<atomic<std::uint64_t>*>(cell)->store(5);
  return nullptr;
}
struct ExpectationWrites : Suite<ExpectationWrites, 1> {
  atomic<std::uint64_t> cell;
  void thread(unsigned) {
    expect(promise, writes, cell.address());
    cell.load();
  }
};

const char* always_wrong(std::uint64_t, std::uint64_t) { return "wrong"; }
struct TwoExpectations : Suite<TwoExpectations, 1> {
  atomic<int> cell;
  void thread(unsigned) {
    cell.store(1);
    expect(promise, always_wrong);
    expect(other_promise, always_wrong);
    cell.store(2);
  }
};

// Watches see the values before and after, with the address resolved.
const char* falls(const WatchedStep& step) { return step.after < step.before ? "it falls" : nullptr; }
const char* two(const WatchedStep& step) { return step.after == 2 ? "it is two" : nullptr; }
constexpr Watch watch_two{&other_promise, two, nullptr};
constexpr Watch watch_both{&promise, falls, &watch_two};
struct Watched : Suite<Watched, 2> {
  atomic<std::uint16_t> left{7};
  atomic<std::uint16_t> cell;
  atomic<std::uint16_t> right{7};
  void thread(unsigned) {
    left.sub_and_test(1); // nobody watches this one
    cell.add(1);
  }
  const Watch* watch(const Operation& operation) const {
    return operation.address == cell.address() ? &watch_both : nullptr;
  }
};
struct WatchedFall : Suite<WatchedFall, 1> {
  atomic<std::uint16_t> cell{1};
  void thread(unsigned) { cell.store(0); }
  const Watch* watch(const Operation& operation) const {
    return operation.address == cell.address() ? &watch_both : nullptr;
  }
};

} // namespace

TEST(EngineDirect, AfterMayWrite) { expect_holds<AfterWrites>(); }
TEST(EngineDirect, InvariantMayNot) { expect_broken<InvariantWrites>("model-error", 1); }
TEST(EngineDirect, ExpectationMayNot) { expect_broken<ExpectationWrites>("model-error", 1); }
TEST(EngineDirect, WouldBlock) {
  expect_broken<AfterBlocks>("model-error", 1);
  expect_broken<BeforeBlocks>("model-error", 0);
}
TEST(EngineDirect, NoChoices) { expect_broken<AfterChooses>("model-error", 0); }
TEST(EngineDirect, EndlessWalk) { expect_broken<AfterWalksForEver>("model-error", 0); }
TEST(EngineDirect, WildPointer) { expect_broken<AfterFollowsAWildPointer>("model-error", 0); }
TEST(EngineDirect, UnlockOfAFreeLock) { expect_broken<AfterUnlocks>("model-error", 0); }
TEST(EngineDirect, OrdinaryMembers) { expect_holds<OrdinaryMember>(); }
TEST(EngineDirect, OperationWithoutAModel) {
  atomic<int> cell;
  EXPECT_THROW(cell.load(), std::logic_error);
}

TEST(EngineDirect, Expectation) {
  expect_broken<Expects>("promise", 2);
  expect_holds<Expects>(without({"promise"}));
  // No step of its own: two threads with one step each.
  EXPECT_EQ(explore_suite<Expects>(without({"promise"})).statistics.states, 4U);
}
TEST(EngineDirect, ExpectationInTheThreadsOwnBlock) { expect_broken<ExpectsOfOwnBlock>("promise", 2); }
TEST(EngineDirect, SeveralExpectations) {
  expect_broken<TwoExpectations>("promise", 2);
  expect_broken<TwoExpectations>("other-promise", 2, without({"promise"}));
  expect_holds<TwoExpectations>(without({"promise", "other-promise"}));
}
TEST(EngineDirect, Watches) {
  expect_broken<WatchedFall>("promise", 1);
  expect_holds<WatchedFall>(without({"promise"}));
  expect_broken<Watched>("other-promise", 4);
  expect_holds<Watched>(without({"other-promise"}));
}
