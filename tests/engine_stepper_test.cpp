// SPDX-License-Identifier: GPL-2.0-only
//
// Going through a program by hand: what each thread is about to do, a step on, a step back, and what breaks.
#include "model/engine/native.hpp"
#include "tests/engine_support.hpp"

#include <array>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

struct OneLock : Suite<OneLock, 2> {
  spinlock lock;
  var<int> value;
  void thread(unsigned) {
    lock.lock();
    value.store(value.load() + 1);
    lock.unlock();
  }
  void after() { check(value.load() == 1, "both were here"); }
  std::vector<std::pair<std::string, std::string>> picture() const {
    return {{"value", std::to_string(value.load())}};
  }
};

struct Chooses : Suite<Chooses, 1> {
  atomic<unsigned> chosen;
  void thread(unsigned) { chosen.store(choose(3)); }
  void invariant() { check(chosen.load() != 2, "it is 2"); }
};

struct Asserts : Suite<Asserts, 2> {
  atomic<unsigned> cell;
  void thread(unsigned) {
    const unsigned before = cell.fetch_add(1);
    require(before == 0, assertion, "second");
    cell.load();
  }
};

struct Crossed : Suite<Crossed, 2> {
  spinlock lock[2];
  void thread(unsigned index) {
    lock[index].lock();
    lock[1 - index].lock();
  }
};

template <class S> struct Stepping {
  explicit Stepping(Options given = {})
      : options(std::move(given)),
        stepper((build_world(program, options), program), options, ReplayDetail::everything) {}

  // What is wrong with a step.
  std::string wrong(const Move& move) {
    try {
      stepper.step(move);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }
  std::string broken() const { return stepper.broken() ? stepper.broken()->check->name : std::string(); }

  SuiteProgram<S> program;
  Options options;
  Stepper stepper;
};

// Everything that can be seen of a state.
struct Seen {
  explicit Seen(const Stepper& stepper)
      : world(stepper.world()), check(stepper.broken() ? stepper.broken()->check->name : "") {
    for (const PendingThread& pending : stepper.pending()) {
      threads.push_back({pending.finished, pending.enabled, pending.choices, pending.operation.address});
      stacks.push_back(pending.stack);
    }
  }
  bool operator==(const Seen&) const = default;
  std::vector<std::uint64_t> world;
  std::string check;
  std::vector<std::array<std::uint64_t, 4>> threads;
  std::vector<std::vector<std::string>> stacks;
};

} // namespace

TEST(EngineStepper, SaysWhatEachThreadIsAboutToDo) {
  Stepping<OneLock> at;
  for (const PendingThread& pending : at.stepper.pending()) {
    EXPECT_FALSE(pending.finished);
    EXPECT_TRUE(pending.enabled);
    EXPECT_EQ(pending.operation.form.kind, OperationKind::lock);
    EXPECT_EQ(pending.choices, 1U);
    EXPECT_FALSE(pending.stack.empty());
  }
  at.stepper.step({1, 0});
  EXPECT_FALSE(at.stepper.pending()[0].enabled); // waits for the lock
  EXPECT_FALSE(at.stepper.pending()[0].finished);
  EXPECT_EQ(at.stepper.pending()[1].operation.form.kind, OperationKind::load);
  at.stepper.follow({{1, 0}, {1, 0}, {1, 0}});
  EXPECT_TRUE(at.stepper.pending()[0].enabled);
  EXPECT_TRUE(at.stepper.pending()[1].finished);
  EXPECT_EQ(at.stepper.steps().size(), 4U);
  EXPECT_EQ(at.stepper.steps()[1].picture.front().second, "0");
  EXPECT_EQ(at.stepper.steps()[2].picture.front().second, "1");
  EXPECT_EQ(at.broken(), "");
}

TEST(EngineStepper, RefusesWhatCannotBeDone) {
  Stepping<OneLock> at;
  at.stepper.step({1, 0});
  const Seen before(at.stepper);
  EXPECT_EQ(at.wrong({0, 0}), "step 2: thread 0 is blocked");
  EXPECT_EQ(at.wrong({2, 0}), "step 2: thread 2 does not exist");
  EXPECT_EQ(at.wrong({1, 1}), "step 2: thread 1 has no such choice");
  EXPECT_EQ(Seen(at.stepper), before);
  at.stepper.follow({{1, 0}, {1, 0}, {1, 0}});
  EXPECT_EQ(at.wrong({1, 0}), "step 5: thread 1 has finished");
}

TEST(EngineStepper, GoesBackExactly) {
  Stepping<OneLock> at;
  std::vector<Seen> states{Seen(at.stepper)};
  const std::vector<Move> schedule{{1, 0}, {1, 0}, {1, 0}, {1, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}};
  for (const Move& move : schedule) {
    at.stepper.step(move);
    states.emplace_back(at.stepper);
  }
  EXPECT_EQ(at.broken(), "assertion"); // value is 2
  for (int again = 0; again < 2; ++again) {
    while (!at.stepper.steps().empty()) {
      EXPECT_EQ(Seen(at.stepper), states[at.stepper.steps().size()]);
      at.stepper.back();
    }
    EXPECT_EQ(Seen(at.stepper), states[0]);
    at.stepper.follow(schedule);
  }
  EXPECT_EQ(Seen(at.stepper), states.back());
}

TEST(EngineStepper, Chooses) {
  Stepping<Chooses> at;
  EXPECT_EQ(at.stepper.pending()[0].choices, 3U);
  EXPECT_EQ(at.wrong({0, 3}), "step 1: thread 0 has no such choice");
  at.stepper.follow({{0, 1}, {0, 0}});
  EXPECT_EQ(at.broken(), "");
  at.stepper.back();
  at.stepper.back();
  at.stepper.follow({{0, 2}, {0, 0}});
  EXPECT_EQ(at.broken(), "assertion");
}

TEST(EngineStepper, SaysWhatBreaks) {
  Stepping<Asserts> at;
  at.stepper.step({0, 0});
  EXPECT_EQ(at.broken(), "");
  at.stepper.step({1, 0});
  EXPECT_EQ(at.broken(), "assertion");
  EXPECT_FALSE(at.stepper.pending()[1].enabled); // it has failed
  EXPECT_FALSE(at.stepper.pending()[1].finished);
  at.stepper.step({0, 0}); // who has not can go on
  EXPECT_EQ(at.broken(), "");
  at.stepper.back();
  EXPECT_EQ(at.broken(), "assertion");
  at.stepper.back();
  EXPECT_EQ(at.broken(), "");
}

TEST(EngineStepper, SaysThatNobodyCanMove) {
  Stepping<Crossed> crossed;
  crossed.stepper.follow({{0, 0}, {1, 0}});
  EXPECT_EQ(crossed.broken(), "deadlock");
}

TEST(EngineStepper, LeavesOutADeadlock) {
  Stepping<Crossed> crossed(without({"deadlock"}));
  crossed.stepper.follow({{0, 0}, {1, 0}});
  EXPECT_EQ(crossed.broken(), "");
}

TEST(EngineStepper, LeavesOutAnAssertion) {
  Stepping<Asserts> at(without({"assertion"}));
  at.stepper.follow({{0, 0}, {1, 0}, {1, 0}});
  EXPECT_EQ(at.broken(), "");
  EXPECT_TRUE(at.stepper.pending()[1].finished);
}
