// SPDX-License-Identifier: GPL-2.0-only
//
// Runs that never end: what is a livelock, what is starvation under which fairness and which locks, what is a
// deadlock instead, and that the stem and the cycle can be executed.
#include "tests/engine_support.hpp"

#include <stdexcept>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Each gives way to the other for ever.
struct AfterYou : Suite<AfterYou, 2> {
  atomic<bool> wants[2];
  void thread(unsigned index) {
    for (;;) {
      wants[index].store(true);
      if (!wants[1 - index].load()) break;
      wants[index].store(false);
    }
    wants[index].store(false);
  }
};

// A thread that spins alone.
struct Alone : Suite<Alone, 1> {
  atomic<int> cell;
  void thread(unsigned) {
    while (cell.load() == 0) {
    }
  }
};

// The other has come to its end before this one spins.
struct LeftBehind : Suite<LeftBehind, 2> {
  atomic<int> cell;
  void thread(unsigned index) {
    if (index == 0) {
      cell.store(1);
    } else {
      while (cell.load() == 1) {
      }
    }
  }
};

// Spins until the other thread stores: the other can always move, so any fairness helps.
struct SpinsForTheOther : Suite<SpinsForTheOther, 2> {
  atomic<int> cell;
  void thread(unsigned index) {
    if (index == 0) {
      cell.store(1);
    } else {
      while (cell.load() == 0) {
      }
    }
  }
};

// Thread 0 takes and drops the lock for ever until thread 1 has had it. Thread 1 is blocked in between: weak
// fairness starves it, strong fairness and queues do not.
struct Barger : Suite<Barger, 2> {
  spinlock lock;
  atomic<bool> stop;
  void thread(unsigned index) {
    if (index == 0) {
      while (!stop.load()) {
        lock.lock();
        lock.unlock();
      }
    } else {
      lock.lock();
      lock.unlock();
      stop.store(true);
    }
  }
};

// Thread 1 waits for what never comes while thread 0 goes round: fair under every notion, and no deadlock.
struct WaitsBesideASpinner : Suite<WaitsBesideASpinner, 2> {
  atomic<int> cell;
  atomic<int> never;
  void thread(unsigned index) {
    if (index == 0) {
      while (cell.load() == 0) {
      }
    } else {
      never.wait_until_equal(1);
      cell.store(1);
    }
  }
};

struct WaitsForEver : Suite<WaitsForEver, 2> {
  atomic<int> never;
  void thread(unsigned index) {
    if (index == 0) never.wait_until_equal(1);
  }
};

// Terminates in every run, through a loop that no state repeats.
struct Bounded : Suite<Bounded, 2> {
  atomic<std::uint8_t> cell;
  void thread(unsigned) {
    while (cell.fetch_add(1) < 20) {
    }
  }
};

// A counter that wraps: the loop has no bound, the state space has.
struct Wraps : Suite<Wraps, 1> {
  atomic<std::uint8_t> cell;
  void thread(unsigned) {
    for (;;) cell.add(1);
  }
};

// Three threads: two exclude each other and retry, the third can always move until it ends.
struct Bystander : Suite<Bystander, 3> {
  atomic<bool> wants[2];
  atomic<int> cell;
  void thread(unsigned index) {
    if (index == 2) {
      cell.store(1);
      return;
    }
    for (;;) {
      wants[index].store(true);
      if (!wants[1 - index].load()) break;
      wants[index].store(false);
    }
    wants[index].store(false);
  }
};

Options with(Fairness fairness, Locks locks = Locks::unfair) {
  Options options;
  options.fairness = fairness;
  options.locks = locks;
  return options;
}

// Broken by `check` in every way; the cycle is one of the right threads, and it closes when it is executed.
template <class S>
void expect_endless(const std::string& check, unsigned moving_threads, const Options& base = {}) {
  for (const Way& way : all_ways(base)) {
    SuiteProgram<S> program;
    const Result result = explore(program, way.options);
    EXPECT_EQ(result.verdict, Verdict::broken) << way.name;
    EXPECT_EQ(broken_check(result), check) << way.name;
    if (!result.violation) continue;
    EXPECT_FALSE(result.violation->cycle.empty()) << way.name;
    unsigned moving = 0;
    for (const Move& move : result.violation->cycle) moving |= 1U << move.thread;
    EXPECT_EQ(moving, moving_threads) << way.name;
    const Execution execution = replay(program, way.options, result.violation->stem, result.violation->cycle);
    EXPECT_TRUE(execution.cycle_closes) << way.name;
    EXPECT_TRUE(execution.check.empty()) << way.name;
    // Once more round, and again.
    std::vector<Move> longer = result.violation->stem;
    for (int round = 0; round < 3; ++round)
      longer.insert(longer.end(), result.violation->cycle.begin(), result.violation->cycle.end());
    EXPECT_TRUE(replay(program, way.options, longer, result.violation->cycle).cycle_closes) << way.name;
  }
}

} // namespace

TEST(EngineProgress, MutualRetryIsALivelock) {
  expect_endless<AfterYou>("livelock", 3);
  expect_endless<AfterYou>("livelock", 3, with(Fairness::weak));
  expect_endless<AfterYou>("livelock", 3, with(Fairness::none));
  // Alternatively one goes round while the other rests, wanting: only unfair schedulers do that.
  expect_endless<AfterYou>("starvation", 2, without({"livelock"}, with(Fairness::none)));
  expect_holds<AfterYou>(without({"livelock"}, with(Fairness::weak)));
  expect_holds<AfterYou>(without({"livelock", "starvation"}, with(Fairness::none)));
}

TEST(EngineProgress, SpinningAloneIsALivelock) {
  for (const Fairness fairness : {Fairness::none, Fairness::weak, Fairness::strong}) {
    expect_endless<Alone>("livelock", 1, with(fairness));
    expect_endless<LeftBehind>("livelock", 2, with(fairness));
  }
  expect_holds<Alone>(without({"livelock"}));
}

TEST(EngineProgress, SpinningForAnotherNeedsFairness) {
  expect_endless<SpinsForTheOther>("starvation", 2, with(Fairness::none));
  expect_holds<SpinsForTheOther>(with(Fairness::weak));
  expect_holds<SpinsForTheOther>(with(Fairness::strong));
}

TEST(EngineProgress, BargingStarvesUnderWeakFairness) {
  expect_endless<Barger>("starvation", 1, with(Fairness::none));
  expect_endless<Barger>("starvation", 1, with(Fairness::weak));
  expect_holds<Barger>(with(Fairness::strong));
}
TEST(EngineProgress, QueuesEndBarging) {
  expect_endless<Barger>("starvation", 1, with(Fairness::none, Locks::fifo));
  expect_holds<Barger>(with(Fairness::weak, Locks::fifo));
  expect_holds<Barger>(with(Fairness::strong, Locks::fifo));
}

TEST(EngineProgress, ForEverBlockedBesideASpinnerIsStarvation) {
  for (const Fairness fairness : {Fairness::none, Fairness::weak, Fairness::strong})
    expect_endless<WaitsBesideASpinner>("starvation", 1, with(fairness));
}

TEST(EngineProgress, ForEverBlockedIsADeadlock) { expect_broken<WaitsForEver>("deadlock", 0); }

TEST(EngineProgress, BoundedLoopsEnd) { expect_holds<Bounded>(with(Fairness::none)); }
TEST(EngineProgress, WrappedCounterIsALivelock) {
  expect_endless<Wraps>("livelock", 1);
  EXPECT_EQ(explore_suite<Wraps>().violation->cycle.size(), 256U);
}

TEST(EngineProgress, LivelockAfterTheBystanderHasFinished) {
  expect_endless<Bystander>("livelock", 3);
  expect_endless<Bystander>("starvation", 2, without({"livelock"}, with(Fairness::none)));
}

TEST(EngineProgress, AnOpenCycleIsNotCalledClosed) {
  SuiteProgram<AfterYou> program;
  const Options options;
  EXPECT_FALSE(replay(program, options, {}, {{0, 0}}).cycle_closes);
  EXPECT_THROW(replay(program, options, {}, {{2, 0}}), std::runtime_error);
}
