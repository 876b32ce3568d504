// SPDX-License-Identifier: GPL-2.0-only
//
// Reductions and the locks themselves: nobody may lose a deadlock because a thread that takes two locks was
// made to take them at once, take for a lock what is none, or overlook who else touches a lock's word.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

Options fifo() { return with(Fairness::strong, Locks::fifo, no_cycles()); }

// AB and BA.
template <bool Ordered> struct TwoOrders : Suite<TwoOrders<Ordered>, 2> {
  spinlock locks[2];
  var<int> value;
  void thread(unsigned index) {
    const unsigned first = Ordered ? 0 : index;
    locks[first].lock();
    locks[1 - first].lock();
    increment(value);
    locks[1 - first].unlock();
    locks[first].unlock();
  }
};

// The second lock only if a value says so, which it does at the end only.
template <bool Ordered> struct LateSecondLock : Suite<LateSecondLock<Ordered>, 2> {
  spinlock outer;
  spinlock inner;
  var<int> value;
  void thread(unsigned index) {
    for (int i = 0; i < 3; ++i) {
      spinlock& first = index == 0 || Ordered ? outer : inner;
      spinlock& second = index == 0 || Ordered ? inner : outer;
      const bool both = index == 0 || i == 2;
      if (both || !Ordered) first.lock();
      if (both) second.lock();
      if (both) increment(value);
      if (both) second.unlock();
      if (both || !Ordered) first.unlock();
    }
  }
};

struct Philosophers : Suite<Philosophers, 3> {
  spinlock forks[3];
  void thread(unsigned index) {
    forks[index].lock();
    forks[(index + 1) % 3].lock();
    forks[(index + 1) % 3].unlock();
    forks[index].unlock();
  }
};

// The end of a thread that holds a lock.
template <bool Wanted> struct EndsHolding : Suite<EndsHolding<Wanted>, 2> {
  spinlock lock;
  var<int> value;
  atomic<int> other;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      value.store(1);
    } else {
      other.store(1);
      if (Wanted) lock.lock();
      other.store(2);
      if (Wanted) lock.unlock();
    }
  }
};

// A trylock made of a flag; Early gives it back before the work is done.
template <bool Early> struct Trylock : Suite<Trylock<Early>, 2> {
  atomic<bool> taken;
  var<int> value;
  atomic<int> successes;
  void thread(unsigned) {
    if (!taken.compare_and_set(false, true)) return;
    successes.add(1);
    const int before = value.load();
    if (Early) taken.store(false);
    value.store(before + 1);
    if (!Early) taken.store(false);
  }
  void after() { check(value.load() == successes.load(), "an increment is lost"); }
};

// It fails only while the other one is inside.
struct TrylockFails : Suite<TrylockFails, 2> {
  spinlock lock;
  atomic<bool> inside;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      inside.store(true);
      inside.store(false);
      lock.unlock();
    } else {
      check(inside.compare_and_set(false, true), "the other is inside");
    }
  }
};

// A bit lock, which somebody who does not hold it may give back.
template <bool Stolen> struct BitLock : Suite<BitLock<Stolen>, 3> {
  atomic<std::uint32_t> flags;
  var<int> value;
  void thread(unsigned index) {
    if (index == 2) {
      flags.set_bit(7);
      if (Stolen) flags.store(0x80U);
    } else {
      flags.lock_bit(0);
      increment(value);
      flags.clear_bit(0);
    }
  }
  void after() { check(value.load() == 2, "an increment is lost"); }
};

// Readers do not exclude each other, so a reader that writes is not under the lock.
template <bool Exclusive> struct WritingReaders : Suite<WritingReaders<Exclusive>, 2> {
  rwlock lock;
  var<int> value;
  void thread(unsigned) {
    if (Exclusive)
      lock.write_lock();
    else
      lock.read_lock();
    increment(value);
    if (Exclusive)
      lock.write_unlock();
    else
      lock.read_unlock();
  }
  void after() { check(value.load() == 2, "an increment is lost"); }
};

// A lock that is held can be seen from outside the section: by a load, and by a wait.
template <bool Waits> struct SeenHeld : Suite<SeenHeld<Waits>, 2> {
  spinlock lock;
  var<int> value;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      increment(value);
      lock.unlock();
    } else if (Waits) {
      word_of(lock).wait_until_not_equal(0);
      fail(assertion, "held");
    } else {
      check(word_of(lock).load() == 0, "held");
    }
  }
};

// Who writes to a lock's word lets a second one in.
struct Broken : Suite<Broken, 3> {
  spinlock lock;
  var<int> value;
  void thread(unsigned index) {
    if (index == 2) {
      word_of(lock).store(0);
    } else {
      lock.lock();
      increment(value);
    }
  }
  void after() { check(value.load() == 2, "an increment is lost"); }
};

// The same after several rounds in which the lock was one, and everything that the others do has been seen.
struct BrokenLate : Suite<BrokenLate, 3> {
  spinlock lock;
  var<unsigned> value;
  atomic<unsigned> rounds;
  void thread(unsigned index) {
    if (index == 2) {
      rounds.wait_until_equal(2);
      word_of(lock).store(0);
      return;
    }
    while (rounds.load() < 3) {
      lock.lock();
      value.store(value.load() + 1);
      rounds.add(1);
      lock.unlock();
    }
  }
  void after() { check(value.load() == rounds.load(), "an increment is lost"); }
};

// Thread 1 starts when thread 0 is about to take the lock, or to take its place in the line: it may be
// faster.
struct InLine : Suite<InLine, 2> {
  spinlock lock;
  var<bool> served;
  atomic<bool> comes;
  void thread(unsigned index) {
    if (index == 0)
      comes.store(true);
    else
      comes.wait_until_equal(true);
    lock.lock();
    check(index == 0 || served.load(), "the second is served first");
    served.store(true);
    lock.unlock();
  }
};

// Who holds a lock looks at its word twice; others may stand in line meanwhile.
struct LongerLine : Suite<LongerLine, 2> {
  spinlock lock;
  void thread(unsigned index) {
    lock.lock();
    if (index == 0) {
      const std::uint64_t before = word_of(lock).load();
      check(word_of(lock).load() == before, "the line is longer");
    }
    lock.unlock();
  }
};

// The line is what the lock's word says: thread 1 stands in it before thread 2 starts.
struct InLineByTheWord : Suite<InLineByTheWord, 3> {
  spinlock lock;
  var<bool> served;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      word_of(lock).wait_until_equal(lock_granted | 0x321U);
      lock.unlock();
      return;
    }
    word_of(lock).wait_until_equal(lock_granted | (index == 1 ? 0x1U : 0x21U));
    lock.lock();
    check(index == 1 || served.load(), "the second is served first");
    served.store(true);
    lock.unlock();
  }
};

} // namespace

TEST(EngineReductionLocks, TwoOrdersAreADeadlock) {
  expect_always_broken<TwoOrders<false>>("deadlock", 2, no_cycles());
  expect_always_broken<TwoOrders<false>>("deadlock", 6, fifo());
  expect_always_holds<TwoOrders<true>>(no_cycles());
  expect_always_holds<TwoOrders<true>>(fifo());
  expect_transactions_help<TwoOrders<true>>(no_cycles());
}
TEST(EngineReductionLocks, TwoOrdersInTheLastRoundOnly) {
  expect_always_broken<LateSecondLock<false>>("deadlock", 6, no_cycles());
  expect_always_holds<LateSecondLock<true>>(no_cycles());
  expect_transactions_help<LateSecondLock<true>>(no_cycles());
}
TEST(EngineReductionLocks, ThreeInACircle) { expect_always_broken<Philosophers>("deadlock", 3, no_cycles()); }
TEST(EngineReductionLocks, AThreadEndsHolding) {
  expect_always_broken<EndsHolding<true>>("deadlock", 3, no_cycles());
  expect_always_broken<EndsHolding<true>>("deadlock", 5, fifo());
  expect_always_holds<EndsHolding<false>>(no_cycles());
}
TEST(EngineReductionLocks, TrylockMadeOfAFlag) {
  expect_always_broken<Trylock<true>>("assertion", 10, no_cycles());
  expect_always_holds<Trylock<false>>(no_cycles());
}
TEST(EngineReductionLocks, TrylockFailsInTheMiddle) {
  expect_always_broken<TrylockFails>("assertion", 3, no_cycles());
}
TEST(EngineReductionLocks, BitLockGivenBackByAnother) {
  expect_always_broken<BitLock<true>>("assertion", 10, no_cycles());
  expect_always_holds<BitLock<false>>(no_cycles());
}
TEST(EngineReductionLocks, ReadersThatWrite) {
  expect_always_broken<WritingReaders<false>>("assertion", 8, no_cycles());
  expect_always_holds<WritingReaders<true>>(no_cycles());
}
TEST(EngineReductionLocks, HeldAsSeenFromOutside) {
  expect_always_broken<SeenHeld<false>>("assertion", 2, no_cycles());
  expect_always_broken<SeenHeld<true>>("assertion", 2, without({"livelock", "starvation", "deadlock"}));
}
TEST(EngineReductionLocks, AWordThatIsOverwritten) {
  const Options options = without({"livelock", "starvation", "deadlock", "model-error"});
  expect_always_broken<Broken>("assertion", 7, options);
  expect_always_broken<BrokenLate>("assertion", 28, options);
}
TEST(EngineReductionLocks, FirstComeFirstServed) {
  expect_always_broken<InLine>("assertion", 4, no_cycles());
  expect_always_broken<InLine>("assertion", 5, fifo());
  expect_always_holds<InLineByTheWord>(fifo());
}
TEST(EngineReductionLocks, TheLineChangesWhileTheLockIsHeld) {
  expect_always_broken<LongerLine>("assertion", 5, fifo());
  expect_always_holds<LongerLine>(no_cycles());
}
