// SPDX-License-Identifier: GPL-2.0-only
//
// Verdicts: what breaks is found in every way of exploring, by a shortest schedule of known length that can
// be replayed; a check that is left out does not break; a run that a limit stops never holds.
#include "tests/engine_support.hpp"

#include <stdexcept>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

inline constexpr Check first_check{"first"};
inline constexpr Check second_check{"second"};

// The classic lost update; shortest: load, load, store, store, then after().
struct LostUpdate : Suite<LostUpdate, 2> {
  var<int> count;
  void thread(unsigned) { count.store(count.load() + 1); }
  void after() { check(count.load() == 2, "lost update"); }
};

// Seen by the thread itself, which has four more steps to go in which the other can hurry.
struct InThread : Suite<InThread, 2> {
  atomic<int> a;
  atomic<int> b;
  void thread(unsigned index) {
    if (index == 0) {
      a.store(1);
      check(b.load() == 0, "b was set");
      a.store(2);
    } else {
      b.load();
      b.store(1);
      b.store(0);
    }
  }
};

struct Invariant : Suite<Invariant, 2> {
  atomic<int> a;
  atomic<int> b;
  void thread(unsigned index) {
    (index == 0 ? a : b).store(1);
    (index == 0 ? a : b).store(2);
  }
  void invariant() { check(a.load() != 2 || b.load() != 1, "a is 2 while b is 1"); }
};

struct InvariantAtOnce : Suite<InvariantAtOnce, 2> {
  atomic<int> a;
  void thread(unsigned) { a.store(1); }
  void invariant() { check(a.load() == 1, "from the beginning"); }
};

struct AbBa : Suite<AbBa, 2> {
  spinlock locks[2];
  void thread(unsigned index) {
    locks[index].lock();
    locks[1 - index].lock();
    locks[1 - index].unlock();
    locks[index].unlock();
  }
};

// The waiter looks, then goes to sleep; the wake-up in between is lost.
struct LostWakeup : Suite<LostWakeup, 2> {
  atomic<bool> ready;
  atomic<int> asleep;
  void thread(unsigned index) {
    if (index == 0) {
      if (ready.load()) return;
      asleep.store(1);
      asleep.wait_until_equal(0);
    } else {
      ready.store(true);
      asleep.store(0);
    }
  }
};

// Depth first may go a long way round; shortest is one move of thread 1.
struct LongAndShort : Suite<LongAndShort, 2> {
  atomic<int> cell;
  void thread(unsigned index) {
    if (index == 1) {
      fail(assertion, "at once");
      return;
    }
    for (int i = 0; i < 20; ++i) cell.store(i);
    fail(assertion, "at last");
  }
};

struct Ladder : Suite<Ladder, 3> { // needs every thread to be at the same rung: 3 * 5 moves
  atomic<int> rung[3];
  void thread(unsigned index) {
    for (int i = 1; i <= 5; ++i) rung[index].store(i);
    rung[index].store(0);
  }
  void invariant() { check(rung[0].load() + rung[1].load() + rung[2].load() < 15, "all at the top"); }
};

struct TwoChecks : Suite<TwoChecks, 1> {
  atomic<int> cell;
  void thread(unsigned) {
    cell.store(1);
    fail(first_check, "first");
    cell.store(2);
    fail(second_check, "second");
    cell.store(3);
  }
  void after() { require(cell.load() == 3, assertion, "it goes on when both are left out"); }
};

struct FailsBefore : Suite<FailsBefore, 1> {
  void before() { fail(first_check, "before"); }
  void thread(unsigned) {}
};

struct Throws : Suite<Throws, 1> {
  void thread(unsigned) {}
  void after() { throw std::runtime_error("a mistake of the suite's author"); }
};

struct Silent : Suite<Silent, 3> { // no step, no world
  void thread(unsigned) {}
};

// State that no snapshot holds. The replay finds out.
int secret = 0;
struct Cheat : Suite<Cheat, 1> {
  atomic<int> cell;
  void thread(unsigned) {
    cell.store(1);
    if (secret++ == 0) fail(assertion, "only once");
  }
};

} // namespace

TEST(EngineVerdicts, AssertionInAfter) { expect_broken<LostUpdate>("assertion", 4); }
TEST(EngineVerdicts, AssertionInAThread) { expect_broken<InThread>("assertion", 4); }
TEST(EngineVerdicts, Invariant) { expect_broken<Invariant>("assertion", 3); }
TEST(EngineVerdicts, InvariantOfTheInitialState) { expect_broken<InvariantAtOnce>("assertion", 0); }
TEST(EngineVerdicts, LocksInOppositeOrder) { expect_broken<AbBa>("deadlock", 2); }
TEST(EngineVerdicts, LocksInOppositeOrderWithQueues) {
  Options options;
  options.locks = Locks::fifo;
  expect_broken<AbBa>("deadlock", 6, options);
}
TEST(EngineVerdicts, LostWakeup) { expect_broken<LostWakeup>("deadlock", 4); }
TEST(EngineVerdicts, ShortestOfTwo) { expect_broken<LongAndShort>("assertion", 0); }
TEST(EngineVerdicts, ShortestIsLong) { expect_broken<Ladder>("assertion", 15); }
TEST(EngineVerdicts, NoStepAtAll) {
  expect_holds<Silent>();
  EXPECT_EQ(explore_suite<Silent>().statistics.states, 1U);
}

TEST(EngineVerdicts, DepthFirstAloneNeedNotBeShortest) {
  Options options;
  options.shortest = false;
  const Result result = explore_suite<Ladder>(options);
  EXPECT_EQ(result.verdict, Verdict::broken);
  EXPECT_FALSE(result.violation->shortest);
  EXPECT_GE(length_of(result), 15U);
}

TEST(EngineVerdicts, LeftOut) {
  expect_broken<TwoChecks>("first", 1);
  expect_broken<TwoChecks>("second", 2, without({"first"}));
  expect_holds<TwoChecks>(without({"first", "second"}));
  expect_holds<LostUpdate>(without({"assertion"}));
  expect_holds<InThread>(without({"assertion"}));
  expect_holds<Invariant>(without({"assertion"}));
  expect_holds<AbBa>(without({"deadlock"}));
  expect_broken<LostUpdate>("assertion", 4, without({"assertio", "assertion2", ""}));
}

TEST(EngineVerdicts, FailureInBefore) { expect_broken<FailsBefore>("first", 0); }
TEST(EngineVerdicts, FailureInBeforeLeftOut) { expect_holds<FailsBefore>(without({"first"})); }

TEST(EngineVerdicts, NumberOfThreads) {
  EXPECT_THROW(explore_suite<Silent>({}, 0), std::runtime_error);
  EXPECT_THROW(explore_suite<Silent>({}, max_threads + 1), std::runtime_error);
  EXPECT_EQ(explore_suite<Silent>({}, max_threads).verdict, Verdict::holds);
}

TEST(EngineVerdicts, AnExceptionOfTheAuthorGoesThrough) {
  EXPECT_THROW(explore_suite<Throws>(), std::runtime_error);
  EXPECT_EQ(explore_suite<Silent>().verdict, Verdict::holds);
}

TEST(EngineVerdicts, HiddenStateIsNoticed) {
  secret = 0;
  EXPECT_THROW(explore_suite<Cheat>(), std::logic_error);
  EXPECT_EQ(explore_suite<Silent>().verdict, Verdict::holds);
}

TEST(EngineVerdicts, ScheduleReplays) {
  SuiteProgram<AbBa> program;
  const Options options;
  const Result result = explore(program, options);
  ASSERT_TRUE(result.violation);
  const Execution execution = replay(program, options, result.violation->stem, result.violation->cycle);
  EXPECT_EQ(execution.check, "deadlock");
  EXPECT_EQ(execution.steps.size(), 2U);
  EXPECT_EQ(execution.stem_length, 2U);
  for (const Execution::Pending& pending : execution.pending) {
    EXPECT_FALSE(pending.finished);
    EXPECT_FALSE(pending.enabled);
    EXPECT_EQ(pending.operation.form.kind, OperationKind::lock);
  }
  EXPECT_THROW(replay(program, options, {{2, 0}}, {}), std::runtime_error);                 // no such thread
  EXPECT_THROW(replay(program, options, {{0, 1}}, {}), std::runtime_error);                 // no such choice
  EXPECT_THROW(replay(program, options, {{0, 0}, {1, 0}, {0, 0}}, {}), std::runtime_error); // blocked
}
