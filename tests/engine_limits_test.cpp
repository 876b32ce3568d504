// SPDX-License-Identifier: GPL-2.0-only
//
// Limits: a run that one of them stops is incomplete, says which, tells how far it came, and never holds.
#include "tests/engine_support.hpp"

#include <thread>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// 11^5 states, none of them wrong.
struct Counters : Suite<Counters, 5> {
  atomic<int> cells[5];
  void thread(unsigned index) {
    for (int i = 0; i < 10; ++i) cells[index].add(1);
  }
};
constexpr std::uint64_t all_states = 11 * 11 * 11 * 11 * 11;

// So many that no run comes to its end.
struct Endless : Suite<Endless, 5> {
  atomic<int> cells[5];
  void thread(unsigned index) {
    for (;;) cells[index].add(1);
  }
};

// The same as Counters, and wrong at the very end only.
struct WrongAtTheEnd : Suite<WrongAtTheEnd, 5> {
  atomic<int> cells[5];
  void thread(unsigned index) {
    for (int i = 0; i < 10; ++i) cells[index].add(1);
  }
  void after() { fail(assertion, "at the end"); }
};

void expect_stopped(const Options& base, const std::string& by) {
  for (const Way& way : all_ways(unreduced(base))) {
    const Result result = explore_suite<Counters>(way.options);
    EXPECT_EQ(result.verdict, Verdict::incomplete) << way.name;
    EXPECT_EQ(result.stopped_by, by) << way.name;
    EXPECT_FALSE(result.violation) << way.name;
    EXPECT_LT(result.statistics.states, all_states) << way.name;
    EXPECT_GT(result.statistics.states, 0U) << way.name;
    EXPECT_GT(result.statistics.transitions, 0U) << way.name;
    EXPECT_GT(result.statistics.peak_memory_bytes, 0U) << way.name;
  }
}

} // namespace

TEST(EngineLimits, NoLimit) {
  Options options = unreduced();
  for (const SearchOrder order : {SearchOrder::dfs, SearchOrder::bfs}) {
    options.order = order;
    const Result result = explore_suite<Counters>(options);
    EXPECT_EQ(result.verdict, Verdict::holds);
    EXPECT_EQ(result.stopped_by, "");
    EXPECT_EQ(result.statistics.states, all_states);
    EXPECT_EQ(result.statistics.transitions, 1 + 5 * all_states / 11 * 10);
    EXPECT_EQ(result.statistics.depth, 50U);
  }
}

TEST(EngineLimits, States) {
  Options options = unreduced();
  options.max_states = 2'000;
  expect_stopped(options, "max-states");
  // It stops soon after the limit, not at the end.
  options.max_states = 20'000;
  EXPECT_LT(explore_suite<Counters>(options).statistics.states, 2 * options.max_states);
}
TEST(EngineLimits, MoreStatesThanThereAre) {
  Options options;
  options.max_states = all_states;
  EXPECT_EQ(explore_suite<Counters>(options).verdict, Verdict::holds);
}
// Limits far below the number of states between two looks at them.
TEST(EngineLimits, FewStates) {
  Options options;
  options.max_states = 3;
  const Result result = explore_suite<Counters>(options, 2); // 121 states
  EXPECT_EQ(result.verdict, Verdict::incomplete);
  EXPECT_EQ(result.stopped_by, "max-states");
}

TEST(EngineLimits, Memory) {
  Options options;
  options.max_memory_bytes = 1'500'000;
  expect_stopped(options, "max-memory");
}
TEST(EngineLimits, TimeOut) {
  Options options;
  options.timeout = std::chrono::duration<double>(0);
  expect_stopped(options, "timeout");
}
TEST(EngineLimits, Interrupted) {
  const std::atomic<bool> interrupted = true;
  Options options;
  options.interrupted = &interrupted;
  expect_stopped(options, "interrupt");
}
TEST(EngineLimits, InterruptedOnTheWay) {
  std::atomic<bool> interrupted = false;
  Options options;
  options.executor = Executor::raw;
  options.interrupted = &interrupted;
  std::jthread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    interrupted = true;
  });
  const Result result = explore_suite<Counters>(options);
  EXPECT_EQ(result.verdict, Verdict::incomplete);
  EXPECT_EQ(result.stopped_by, "interrupt");
  EXPECT_LT(result.statistics.seconds, 5);
}

// Stopped before the end, it knows nothing of what is there.
TEST(EngineLimits, NothingIsClaimedOfWhatWasNotSeen) {
  Options options = unreduced();
  options.order = SearchOrder::bfs;
  options.max_states = 20'000;
  const Result result = explore_suite<WrongAtTheEnd>(options);
  EXPECT_EQ(result.verdict, Verdict::incomplete);
  EXPECT_FALSE(result.violation);
}
// Stopped while it looks for a shorter one, it keeps what it has.
TEST(EngineLimits, WhatWasFoundStands) {
  Options options;
  options.max_states = 20'000;
  const Result result = explore_suite<WrongAtTheEnd>(options);
  EXPECT_EQ(result.verdict, Verdict::broken);
  ASSERT_TRUE(result.violation);
  EXPECT_FALSE(result.violation->shortest);
  EXPECT_EQ(length_of(result), 50U);
  EXPECT_EQ(result.stopped_by, "");
}

// Asked a few times a second, and an answer may stop the run. Raw is slow enough for that.
TEST(EngineLimits, ProgressIsReported) {
  unsigned calls = 0;
  std::uint64_t states = 0;
  bool grows = true;
  std::atomic<bool> enough = false;
  Options options;
  options.executor = Executor::raw;
  options.interrupted = &enough;
  options.progress = [&](const Progress& progress) {
    grows = grows && progress.states > states && progress.transitions > states && progress.memory_bytes > 0 &&
            std::string(progress.phase) == "exploring";
    states = progress.states;
    enough = ++calls == 2;
  };
  const Result result = explore_suite<Endless>(options);
  EXPECT_EQ(calls, 2U);
  EXPECT_TRUE(grows);
  EXPECT_EQ(result.verdict, Verdict::incomplete);
}
