// SPDX-License-Identifier: GPL-2.0-only
//
// What depends on what in a trace, which steps matter, and the sentence that is made of it.
#include "tests/traces_suites.hpp"
#include "traces/dependence.hpp"
#include "traces/explain.hpp"
#include "traces/record.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <gtest/gtest.h>

namespace gupcheck {
namespace {

using traces::Dependence;
using traces::Relation;

template <class S> traces::Counterexample counterexample(const engine::Options& options = {}) {
  engine::SuiteProgram<S> program;
  const engine::Result result = engine::explore(program, options);
  EXPECT_TRUE(result.violation);
  if (!result.violation) return {};
  return traces::record(program, options, {.scenario = "suite", .kernel = "", .parameters = {}},
                        *result.violation);
}

// The words of the steps that matter.
std::vector<std::string> what_is_left(const traces::Counterexample& trace) {
  const traces::Steps steps(trace);
  std::vector<std::string> left;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].matters) left.push_back(trace.threads[steps[i].move.thread] + " " + words(steps[i]));
  return left;
}

using List = std::vector<std::string>;

TEST(Dependence, SaysWhoReadWhoseWrite) {
  const traces::Counterexample trace = counterexample<tests::LostUpdate>();
  // Both read before either writes: what they see is from the beginning.
  EXPECT_EQ(traces::dependences(trace), std::vector<Dependence>{});
  EXPECT_EQ(traces::context_switches(trace), 2U);
}

TEST(Dependence, SaysWhoWaitsForWhomAtTheEnd) {
  const traces::Counterexample trace = counterexample<tests::OppositeLocks>();
  ASSERT_EQ(trace.stem.size(), 2U);
  EXPECT_EQ(traces::dependences(trace),
            (std::vector<Dependence>{{1, 2, Relation::waits_for}, {0, 3, Relation::waits_for}}));
  EXPECT_EQ(what_is_left(trace), (List{"T0 lock first", "T1 lock second"}));
  EXPECT_EQ(trace.explanation,
            "T0 waits: lock second; T1 did `lock second` in step 2, and T1 waits: lock first; "
            "T0 did `lock first` in step 1");
}

// A hands over to B, through a lock, a flag that B waits for, and a bit among others.
struct HandOver : engine::Suite<HandOver, 2> {
  engine::spinlock lock;
  engine::atomic<unsigned> flags;
  engine::atomic<int> ready;
  engine::atomic<int> noise;

  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      noise.store(1);
      flags.set_bit(1); // another bit
      flags.set_bit(0);
      lock.unlock();
      ready.store(1);
    } else {
      ready.wait_until_equal(1);
      lock.lock();
      lock.unlock();
      const bool set = flags.test_bit(0);
      engine::require(!set, engine::assertion, "the bit is set");
    }
  }
  void describe(engine::Names& names) const {
    names.add(lock, "lock");
    names.add(flags, "page.flags");
    names.add_bit(flags.address(), 0, "PG_it");
    names.add_bit(flags.address(), 1, "PG_other");
    names.add_bit_words("PG_it",
                        {.set = "taken", .clear = "free", .was_set = "had taken it", .was_cleared = ""});
    names.add(ready, "ready");
    names.add(noise, "noise");
  }
};

TEST(Dependence, FollowsTheBitsThatAreLookedAt) {
  const traces::Counterexample trace = counterexample<HandOver>();
  ASSERT_EQ(trace.stem.size(), 10U);
  // ready, the lock, and of the flags the one that is tested.
  EXPECT_EQ(traces::dependences(trace),
            (std::vector<Dependence>{
                {5, 6, Relation::waits_for}, {4, 7, Relation::lock_order}, {3, 9, Relation::reads_from}}));
  EXPECT_EQ(what_is_left(trace), (List{"T0 set page.flags PG_it", "T0 write ready: 0 -> 1",
                                       "T1 waited until ready is 1", "T1 test page.flags PG_it: set"}));
  EXPECT_EQ(trace.explanation, "in step 10 T1 found page taken: T0 had taken it, from step 4 on");
}

// Each thread's check of the whole state looks at what it looks at.
struct Watched : engine::Suite<Watched, 2> {
  engine::atomic<int> a[2];
  engine::atomic<int> other;

  void thread(unsigned index) {
    other.add(1);
    a[index].store(1);
  }
  void invariant() { engine::require(a[0].load() + a[1].load() < 2, engine::assertion, "both are 1"); }
  void describe(engine::Names& names) const {
    names.add(a[0], "a[0]");
    names.add(a[1], "a[1]");
    names.add(other, "other");
  }
};

TEST(Dependence, KnowsWhatTheCheckLookedAt) {
  const traces::Counterexample trace = counterexample<Watched>();
  EXPECT_EQ(trace.looked_at, (List{"a[0]", "a[1]"}));
  EXPECT_EQ(what_is_left(trace), (List{"T0 write a[0]: 0 -> 1", "T1 write a[1]: 0 -> 1"}));
  EXPECT_EQ(trace.explanation,
            "in step 4 T1 did `write a[1]: 0 -> 1`; T0 had done `write a[0]: 0 -> 1` in step 2");
}

// T0 stores 1, then T1 reads 1 and T0 stores 0 and 1 again, for ever.
TEST(Dependence, InACycleWhatIsSeenMayBeOfTheRoundBefore) {
  const auto step = [](engine::OperationKind kind, std::uint8_t thread, std::uint64_t before,
                       std::uint64_t after) {
    traces::Step made{.move = {.thread = thread, .choice = 0},
                      .action = {},
                      .before = {},
                      .after = {},
                      .result = {},
                      .changed = {}};
    made.action.kind = kind;
    made.action.shows =
        kind == engine::OperationKind::load ? engine::ResultOf::old_value : engine::ResultOf::nothing;
    made.action.size = 4;
    made.action.location = "cell";
    made.action.operand = {.raw = after, .words = std::to_string(after)};
    made.before = {.raw = before, .words = std::to_string(before)};
    made.after = {.raw = after, .words = std::to_string(after)};
    return made;
  };
  using engine::OperationKind;
  traces::Counterexample trace;
  trace.threads = {"T0", "T1"};
  trace.stem = {step(OperationKind::store, 0, 0, 1)};
  trace.cycle = {step(OperationKind::load, 1, 1, 1), step(OperationKind::store, 0, 1, 0),
                 step(OperationKind::store, 0, 0, 1)};
  EXPECT_EQ(traces::dependences(trace),
            (std::vector<Dependence>{{0, 1, Relation::reads_from}, {3, 1, Relation::reads_from}}));
  EXPECT_EQ(traces::what_matters(trace), (std::vector<bool>{true, true, false, true}));
  EXPECT_EQ(traces::explain(trace, engine::Names()),
            "steps 2 to 4 can repeat for ever: in step 2 T1 did `read cell: 1`, after T0 had done `write "
            "cell: 0 -> 1` in step 1");
}

struct Alone : engine::Suite<Alone, 1> {
  engine::atomic<int> cell;
  void thread(unsigned) {
    cell.store(1);
    engine::require(cell.load() == 0, engine::assertion, "it is 1");
  }
  void describe(engine::Names& names) const { names.add(cell, "cell"); }
};

TEST(Explain, SaysThatItTakesNoRace) {
  EXPECT_EQ(counterexample<Alone>().explanation,
            "no other thread has a part in it: T0 comes there by itself");
}

struct Spins : engine::Suite<Spins, 1> {
  engine::atomic<int> cell;
  void thread(unsigned) {
    while (cell.load() == 0) {
    }
  }
  void describe(engine::Names& names) const { names.add(cell, "cell"); }
};

TEST(Explain, SaysWhoGoesRoundAlone) {
  EXPECT_EQ(counterexample<Spins>().explanation, "T0 repeats step 1 for ever by itself");
}

} // namespace
} // namespace gupcheck
