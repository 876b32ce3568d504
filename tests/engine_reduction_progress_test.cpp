// SPDX-License-Identifier: GPL-2.0-only
//
// Reductions and runs that never end: a thread that goes round without a scheduling point must neither hang
// the search nor hide what the others do meanwhile, and a cycle must be fair or unfair as it is without them.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Goes round reading what nobody ever writes.
struct ReadsForEver : Suite<ReadsForEver, 2> {
  var<int> never;
  var<int> value;
  void thread(unsigned index) {
    if (index == 0) {
      while (never.load() == 0) {
      }
    } else {
      for (int i = 0; i < 3; ++i) value.store(value.load() + 1);
    }
  }
};

// Two of them: each can go round without the other.
struct BothReadForEver : Suite<BothReadForEver, 2> {
  var<int> never;
  void thread(unsigned) {
    while (never.load() == 0) {
    }
  }
};

// Goes round in a location of its own, and in choices, and taking a lock that nobody else wants.
enum class Around { counter, choice, lock };
template <Around How> struct GoesRound : Suite<GoesRound<How>, 2> {
  var<std::uint8_t> mine;
  spinlock lock;
  atomic<bool> started;
  void thread(unsigned index) {
    if (index == 1) {
      started.wait_until_equal(true);
      fail(assertion, "it has started");
    }
    if (index == 1) return;
    started.store(true);
    for (;;) {
      if (How == Around::counter) mine.store(static_cast<std::uint8_t>((mine.load() + 1) % 4));
      if (How == Around::choice && choose(2) == 1) return;
      if (How == Around::lock) lock.lock();
      if (How == Around::lock) lock.unlock();
    }
  }
};

// What it reads for ever after its one step that others can see; they must see it.
template <bool InSection> struct SpinsAfterItsStep : Suite<SpinsAfterItsStep<InSection>, 2> {
  spinlock lock;
  var<int> never;
  atomic<bool> started;
  void thread(unsigned index) {
    if (index == 0) {
      if (InSection) lock.lock();
      started.store(true);
      while (never.load() == 0) {
      }
    } else {
      started.wait_until_equal(true);
      fail(assertion, "it has started");
    }
  }
};

// It waits in its section for a store that needs the section.
struct SpinsInASection : Suite<SpinsInASection, 2> {
  spinlock lock;
  var<int> value;
  void thread(unsigned index) {
    lock.lock();
    if (index == 0) {
      while (value.load() == 0) {
      }
    } else {
      value.store(1);
    }
    lock.unlock();
  }
};

// For long only read, by one; then written, by the other.
template <bool Protected> struct SpinsUntilWritten : Suite<SpinsUntilWritten<Protected>, 2> {
  var<bool> ready;
  var<int> value;
  atomic<int> noise;
  void thread(unsigned index) {
    if (index == 0) {
      while (!ready.load()) {
      }
      check(value.load() == 1, "ready and not there");
    } else {
      for (int i = 0; i < 3; ++i) noise.add(1);
      if (Protected) value.store(1);
      ready.store(true);
      if (!Protected) value.store(1);
    }
  }
};

// Thread 1 is blocked only in the middle of a section of thread 0, which goes round until thread 1 gets in.
struct BlockedInTheMiddle : Suite<BlockedInTheMiddle, 2> {
  spinlock lock;
  var<bool> stop;
  void thread(unsigned index) {
    if (index == 0) {
      for (bool stopped = false; !stopped;) {
        lock.lock();
        stopped = stop.load();
        lock.unlock();
      }
    } else {
      lock.lock();
      stop.store(true);
      lock.unlock();
    }
  }
};

// The same by a wait for a value that changes in the section and is back at its end.
struct WaitsInTheMiddle : Suite<WaitsInTheMiddle, 2> {
  spinlock lock;
  atomic<bool> busy;
  atomic<bool> stop;
  void thread(unsigned index) {
    if (index == 0) {
      while (!stop.load()) {
        lock.lock();
        busy.store(true);
        busy.store(false);
        lock.unlock();
      }
    } else {
      busy.wait_until_equal(false);
      stop.store(true);
    }
  }
};

// Each gives way to the other, all of it under a lock.
struct AfterYouInSections : Suite<AfterYouInSections, 2> {
  spinlock lock;
  var<bool> wants[2];
  void want(unsigned index, bool wanted) {
    lock.lock();
    wants[index].store(wanted);
    lock.unlock();
  }
  bool other_wants(unsigned index) {
    lock.lock();
    const bool wanted = wants[1 - index].load();
    lock.unlock();
    return wanted;
  }
  void thread(unsigned index) {
    for (;;) {
      want(index, true);
      if (!other_wants(index)) break;
      want(index, false);
    }
    want(index, false);
  }
};

// Thread 0 holds what thread 1 waits for and goes round with thread 2.
struct HeldForEver : Suite<HeldForEver, 3> {
  spinlock lock;
  atomic<bool> held;
  atomic<int> ball;
  void thread(unsigned index) {
    if (index == 1) {
      held.wait_until_equal(true);
      return lock.lock();
    }
    if (index == 0) lock.lock();
    if (index == 0) held.store(true);
    for (;;) {
      ball.wait_until_equal(static_cast<int>(index));
      ball.store(2 - static_cast<int>(index));
    }
  }
};

Options fair(Fairness fairness, Locks locks = Locks::unfair) { return with(fairness, locks); }

} // namespace

TEST(EngineReductionProgress, ReadingForEverIsALivelock) {
  expect_always_endless<ReadsForEver>("livelock", 1);
  expect_always_holds<ReadsForEver>(no_cycles());
  expect_transactions_help<ReadsForEver>(no_cycles());
  expect_always_endless<BothReadForEver>("livelock", 2);
  expect_always_endless<BothReadForEver>("starvation", 1, without({"livelock"}, fair(Fairness::none)));
  expect_always_holds<BothReadForEver>(without({"livelock"}, fair(Fairness::weak)));
}
TEST(EngineReductionProgress, GoingRoundHidesNobody) {
  expect_always_broken<GoesRound<Around::counter>>("assertion", 2, no_cycles());
  expect_always_broken<GoesRound<Around::choice>>("assertion", 2, no_cycles());
  expect_always_broken<GoesRound<Around::lock>>("assertion", 2, no_cycles());
  expect_always_broken<SpinsAfterItsStep<false>>("assertion", 2, no_cycles());
  expect_always_broken<SpinsAfterItsStep<true>>("assertion", 3, no_cycles());
}
TEST(EngineReductionProgress, GoingRoundIsFound) {
  const Options options = without({"assertion"});
  expect_always_endless<GoesRound<Around::counter>>("livelock", 1, options);
  expect_always_endless<GoesRound<Around::choice>>("livelock", 1, options);
  expect_always_endless<GoesRound<Around::lock>>("livelock", 1, options);
  expect_always_endless<SpinsAfterItsStep<false>>("livelock", 1, options);
  expect_always_endless<SpinsAfterItsStep<true>>("livelock", 1, options);
}
TEST(EngineReductionProgress, SpinningInASectionStarves) {
  expect_always_endless<SpinsInASection>("starvation", 1);
  expect_always_endless<SpinsInASection>("starvation", 1, fair(Fairness::strong, Locks::fifo));
  expect_always_holds<SpinsInASection>(no_cycles());
}
TEST(EngineReductionProgress, SpinningUntilAnotherWrites) {
  expect_always_endless<SpinsUntilWritten<true>>("starvation", 1, fair(Fairness::none));
  expect_always_holds<SpinsUntilWritten<true>>(fair(Fairness::weak));
  expect_always_holds<SpinsUntilWritten<true>>(fair(Fairness::strong));
  expect_always_broken<SpinsUntilWritten<false>>("assertion", 6, no_cycles());
}
TEST(EngineReductionProgress, BlockedOnlyInTheMiddleOfASection) {
  expect_always_endless<BlockedInTheMiddle>("starvation", 1, fair(Fairness::none));
  expect_always_endless<BlockedInTheMiddle>("starvation", 1, fair(Fairness::weak));
  expect_always_holds<BlockedInTheMiddle>(fair(Fairness::strong));
  expect_always_endless<BlockedInTheMiddle>("starvation", 1, fair(Fairness::none, Locks::fifo));
  expect_always_holds<BlockedInTheMiddle>(fair(Fairness::weak, Locks::fifo));
  expect_transactions_help<BlockedInTheMiddle>(no_cycles());
}
TEST(EngineReductionProgress, WaitingOnlyInTheMiddleOfASection) {
  expect_always_endless<WaitsInTheMiddle>("starvation", 1, fair(Fairness::weak));
  expect_always_holds<WaitsInTheMiddle>(fair(Fairness::strong));
}
TEST(EngineReductionProgress, MutualRetryInSections) {
  expect_always_endless<AfterYouInSections>("livelock", 2);
  expect_always_endless<AfterYouInSections>("livelock", 2, fair(Fairness::strong, Locks::fifo));
  // One goes round beside the other that wants, and stands at the lock or before it.
  expect_always_endless<AfterYouInSections>("starvation", 1, without({"livelock"}, fair(Fairness::weak)));
  expect_always_holds<AfterYouInSections>(without({"livelock"}, fair(Fairness::strong)));
  expect_always_holds<AfterYouInSections>(without({"livelock"}, fair(Fairness::weak, Locks::fifo)));
}
TEST(EngineReductionProgress, BlockedForEverBesideTwoThatMove) {
  expect_always_endless<HeldForEver>("starvation", 2);
  expect_always_endless<HeldForEver>("starvation", 2, fair(Fairness::strong, Locks::fifo));
}
