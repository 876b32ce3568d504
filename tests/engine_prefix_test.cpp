// SPDX-License-Identifier: GPL-2.0-only
//
// Searches that begin in the middle of a run. From every state of small programs, the lopsided ones first of
// all, each way to search must say the same as the one that leaves nothing out; and what is shortest from
// there must fit what is shortest from the beginning.
#include "model/engine/native.hpp"
#include "tests/engine_random_model.hpp"
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

using Schedule = std::vector<Move>;

// Who reads before both have written loses an update.
struct LostUpdate : Suite<LostUpdate, 3> {
  var<int> counter;
  void thread(unsigned) { increment(counter); }
  void after() { check(counter.load() == 3, "an update is lost"); }
};

struct OneLock : Suite<OneLock, 3> {
  Guarded guarded;
  void thread(unsigned) {
    guarded.increment_inside();
    guarded.increment_inside();
  }
  void after() { check(guarded.value.load() == 6, "an update is lost"); }
};

struct Crossed : Suite<Crossed, 2> {
  spinlock lock[2];
  void thread(unsigned index) {
    for (unsigned i = 0; i < 2; ++i) {
      lock[(index + i) % 2].lock();
      lock[1 - (index + i) % 2].lock();
      lock[0].unlock();
      lock[1].unlock();
    }
  }
};

// Each looks at both others: rotations, as long as nobody has begun.
struct Flags : Suite<Flags, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<unsigned> inside;
  void thread(unsigned) {
    self<Flags>().flag.store(1);
    if (peer<Flags>(1).flag.load() == 0) {
      check(inside.fetch_add(1) == 0, "two are inside");
      inside.add(-1U);
    }
    self<Flags>().flag.store(0);
  }
};

// A list of the threads' own blocks: who is in it finds out that somebody came later, if that one was quick.
struct Blocks : Suite<Blocks, 3> {
  struct PerThread {
    atomic<unsigned> cell;
  };
  spinlock lock;
  atomic<atomic<unsigned>*> last;
  void thread(unsigned) {
    lock.lock();
    atomic<unsigned>* before = last.exchange(&self<Blocks>().cell);
    lock.unlock();
    if (before != nullptr) before->add(1);
    check(self<Blocks>().cell.load() == 0, "somebody came later");
  }
};

// Which of the values is wrong is a matter of what was chosen before.
struct Choices : Suite<Choices, 2> {
  atomic<unsigned> sum;
  void thread(unsigned) {
    for (unsigned i = 0; i < 2; ++i) sum.fetch_add(choose(3));
  }
  void invariant() { check(sum.load() != 7, "it is 7"); }
};

// No thread can tell that it is another than the first.
struct SameText : Interpreter {
  void thread(unsigned) { Interpreter::thread(0); }
};

// Schedules of at most `length` steps that break nothing, all or each so often that about `most` are left.
template <class S>
std::vector<Schedule> schedules(const Options& options, unsigned threads, std::size_t length,
                                std::size_t most) {
  SuiteProgram<S> program(threads);
  EXPECT_FALSE(build_world(program, options));
  Stepper stepper(program, options, ReplayDetail::verdict);
  std::vector<Schedule> all;
  const auto visit = [&](const auto& again, const Schedule& schedule) -> void {
    if (stepper.broken()) return;
    all.push_back(schedule);
    if (schedule.size() == length) return;
    const std::vector<PendingThread> pending = stepper.pending();
    for (unsigned thread = 0; thread < threads; ++thread)
      for (std::uint32_t choice = 0; pending[thread].enabled && choice < pending[thread].choices; ++choice) {
        Schedule longer = schedule;
        longer.push_back({static_cast<std::uint8_t>(thread), choice});
        stepper.step(longer.back());
        again(again, longer);
        stepper.back();
      }
  };
  visit(visit, {});
  std::vector<Schedule> some;
  const std::size_t every = all.size() / most + 1;
  for (std::size_t i = 0; i < all.size(); i += every) some.push_back(all[i]);
  return some;
}

std::string words(const Schedule& schedule) {
  std::string words = "after";
  for (const Move& move : schedule)
    words += " " + std::to_string(move.thread) + (move.choice != 0 ? ":" + std::to_string(move.choice) : "");
  return words;
}

// The ways to search that are furthest apart; the first leaves nothing out.
std::vector<Combination> ways(const Options& base) {
  std::vector<Combination> ways{{"nothing left out", 0, nothing_left_out(base)}};
  const std::vector<Combination> all = all_combinations(base);
  for (const std::size_t bits : {4U, 9U, 13U, 15U, 29U, 32U}) ways.push_back(all.at(bits));
  Combination raw{"raw", 0, nothing_left_out(base)};
  raw.options.executor = Executor::raw;
  ways.push_back(raw);
  return ways;
}

template <class S> Result explore_from(const Schedule& prefix, Options options, unsigned threads) {
  options.prefix = prefix;
  return explore_suite<S>(options, threads);
}

struct Tally {
  unsigned broken = 0;
  unsigned holds = 0;
};

// From each of these prefixes.
template <class S>
Tally expect_agreement(const std::vector<Schedule>& prefixes, const Options& base, unsigned threads) {
  Tally tally;
  const Result at_first = explore_suite<S>(nothing_left_out(base), threads);
  for (const Schedule& prefix : prefixes) {
    SCOPED_TRACE(words(prefix));
    std::optional<Result> expected;
    for (const Combination& way : ways(base)) {
      SCOPED_TRACE(way.name);
      const Result result = explore_from<S>(prefix, way.options, threads);
      EXPECT_NE(result.verdict, Verdict::incomplete);
      if (!expected) expected = result;
      EXPECT_EQ(result.verdict, expected->verdict);
      EXPECT_EQ(length_of(result), length_of(*expected));
      if (!result.violation) {
        EXPECT_LE(result.statistics.states, expected->statistics.states);
        continue;
      }
      const Schedule& stem = result.violation->stem;
      EXPECT_TRUE(result.violation->shortest);
      if (stem.size() < prefix.size()) {
        ADD_FAILURE() << "shorter than the prefix";
        continue;
      }
      EXPECT_TRUE(std::equal(prefix.begin(), prefix.end(), stem.begin()));
      EXPECT_GE(stem.size(), length_of(at_first));
      SuiteProgram<S> program(threads);
      EXPECT_EQ(replay(program, way.options, stem, {}).check, result.violation->check);
    }
    ++(expected->violation ? tally.broken : tally.holds);
    if (at_first.verdict == Verdict::holds) {
      EXPECT_EQ(expected->verdict, Verdict::holds);
    }
    if (testing::Test::HasFailure()) return tally; // one is enough
  }
  // Along a shortest schedule what is left is always the rest of it.
  if (at_first.violation) {
    const Schedule& shortest = at_first.violation->stem;
    for (std::size_t length = 0; length <= shortest.size(); ++length) {
      const Schedule prefix(shortest.begin(), shortest.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(length_of(explore_from<S>(prefix, base, threads)), shortest.size()) << words(prefix);
    }
  }
  return tally;
}

template <class S>
Tally expect_agreement(std::size_t length, const Options& base = no_cycles(), unsigned threads = S::threads) {
  const std::vector<Schedule> prefixes = schedules<S>(base, threads, length, 30);
  EXPECT_GT(prefixes.size(), 10U);
  return expect_agreement<S>(prefixes, base, threads);
}

// As short as any schedule that breaks something, by trying them all.
template <class S> std::size_t shortest_by_hand(const Options& options) {
  SuiteProgram<S> program;
  EXPECT_FALSE(build_world(program, options));
  Stepper stepper(program, options, ReplayDetail::verdict);
  for (std::size_t length = 0;; ++length) {
    const auto breaks = [&](const auto& again) -> bool {
      if (stepper.steps().size() == length || stepper.broken()) return stepper.broken().has_value();
      const std::vector<PendingThread> pending = stepper.pending();
      for (unsigned thread = 0; thread < pending.size(); ++thread)
        for (std::uint32_t choice = 0; pending[thread].enabled && choice < pending[thread].choices;
             ++choice) {
          stepper.step({static_cast<std::uint8_t>(thread), choice});
          const bool broken = again(again);
          stepper.back();
          if (broken) return true;
        }
      return false;
    };
    if (breaks(breaks)) return length;
  }
}

} // namespace

TEST(EnginePrefix, AgreesWhereAnUpdateIsLost) {
  const Tally tally = expect_agreement<LostUpdate>(5);
  EXPECT_GT(tally.broken, 0U);
  EXPECT_GT(tally.holds, 0U); // the first to finish alone, and so on
}

TEST(EnginePrefix, AgreesWithALockThatIsHeld) {
  const Tally tally = expect_agreement<OneLock>(9);
  EXPECT_EQ(tally.broken, 0U);
}

TEST(EnginePrefix, AgreesWithAQueueForTheLock) {
  expect_agreement<OneLock>(6, with(Fairness::strong, Locks::fifo, no_cycles()));
}

TEST(EnginePrefix, AgreesOnDeadlocks) {
  const Tally tally = expect_agreement<Crossed>(10);
  EXPECT_GT(tally.broken, 0U);
  EXPECT_GT(tally.holds, 0U);
}

TEST(EnginePrefix, AgreesWhereThreadsLookAtEachOther) { EXPECT_GT(expect_agreement<Flags>(6).broken, 0U); }

TEST(EnginePrefix, AgreesWhereBlocksAreLinked) { EXPECT_GT(expect_agreement<Blocks>(7).broken, 0U); }

TEST(EnginePrefix, AgreesOnChoices) {
  const Tally tally = expect_agreement<Choices>(5);
  EXPECT_GT(tally.broken, 0U);
  EXPECT_GT(tally.holds, 0U);
}

TEST(EnginePrefix, AgreesWithTryingEverything) {
  EXPECT_EQ(shortest_by_hand<LostUpdate>({}), length_of(explore_suite<LostUpdate>({})));
  EXPECT_EQ(shortest_by_hand<Crossed>({}), length_of(explore_suite<Crossed>({})));
  EXPECT_EQ(shortest_by_hand<Flags>({}), length_of(explore_suite<Flags>({})));
}

TEST(EnginePrefix, AgreesOnRandomProgramsOfLikeThreads) {
  Tally tally;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    RandomProgram program = random_program(seed);
    if (program.threads.front().size() > 6) continue;
    SCOPED_TRACE("random program " + std::to_string(seed));
    random_program_now = &program;
    const auto threads = static_cast<unsigned>(program.threads.size());
    Options options = no_cycles();
    options.locks = seed % 2 == 0 ? Locks::fifo : Locks::unfair;
    Options bounded = nothing_left_out(options);
    bounded.max_states = 1000;
    if (explore_suite<SameText>(bounded, threads).verdict == Verdict::incomplete) continue;
    const Tally more =
        expect_agreement<SameText>(schedules<SameText>(options, threads, 5, 6), options, threads);
    tally.broken += more.broken;
    tally.holds += more.holds;
    random_program_now = nullptr;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(tally.broken, 10U);
  EXPECT_GT(tally.holds, 10U);
}

// Symmetry is of the state where the search begins.
TEST(EnginePrefix, SymmetryIsThatOfTheBeginning) {
  Options options = no_cycles();
  options.quotient = options.transactions = false;
  const auto states = [&](const Schedule& prefix, bool symmetry) {
    options.symmetry = symmetry;
    return explore_from<OneLock>(prefix, options, 3).statistics.states;
  };
  EXPECT_LT(states({}, true) * 4, states({}, false)); // nearly six times fewer
  const Schedule one_has_it{{1, 0}};                  // so two are alike
  EXPECT_LT(states(one_has_it, true), states(one_has_it, false));
  EXPECT_GT(states(one_has_it, true) * 5, states(one_has_it, false) * 2);
  Schedule all_differ;
  for (int i = 0; i < 8; ++i) all_differ.push_back({1, 0});
  for (int i = 0; i < 4; ++i) all_differ.push_back({2, 0});
  EXPECT_EQ(states(all_differ, true), states(all_differ, false));
}

TEST(EnginePrefix, EndlessRunsBeginWithItToo) {
  struct Waits : Suite<Waits, 2> {
    atomic<unsigned> go;
    void thread(unsigned index) {
      if (index == 0) go.store(1);
      while (go.load() == 1) {
      }
    }
  };
  Options options;
  options.prefix = {{0, 0}, {1, 0}};
  const Result result = explore_suite<Waits>(options);
  ASSERT_EQ(result.verdict, Verdict::broken);
  EXPECT_EQ(result.violation->check, "livelock");
  ASSERT_GE(result.violation->stem.size(), 2U);
  EXPECT_EQ(result.violation->stem[1], options.prefix[1]);
  SuiteProgram<Waits> program;
  EXPECT_TRUE(replay(program, options, result.violation->stem, result.violation->cycle).cycle_closes);
}

TEST(EnginePrefix, MayBreakSomethingItself) {
  const Result whole = explore_suite<LostUpdate>({});
  ASSERT_TRUE(whole.violation);
  Schedule longer = whole.violation->stem;
  const Result result = explore_from<LostUpdate>(longer, {}, 3);
  EXPECT_EQ(result.verdict, Verdict::broken);
  EXPECT_EQ(result.violation->stem, whole.violation->stem);
  longer.push_back({0, 0}); // it has finished
  EXPECT_THROW(explore_from<LostUpdate>(longer, {}, 3), std::runtime_error);
}

TEST(EnginePrefix, RefusesWhatCannotBeFollowed) {
  EXPECT_THROW(explore_from<OneLock>({{0, 0}, {1, 0}}, {}, 3), std::runtime_error);
  EXPECT_THROW(explore_from<OneLock>({{7, 0}}, {}, 3), std::runtime_error);
  Options options;
  options.checkpoints.file = "unused";
  EXPECT_THROW(explore_from<OneLock>({{0, 0}}, options, 3), std::runtime_error);
}

TEST(EnginePrefix, IsStoppedByLimits) {
  Options options = no_cycles();
  options.max_states = 3;
  const Result result = explore_from<OneLock>({{0, 0}}, options, 3);
  EXPECT_EQ(result.verdict, Verdict::incomplete);
  EXPECT_EQ(result.stopped_by, "max-states");
}
