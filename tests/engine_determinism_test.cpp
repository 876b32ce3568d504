// SPDX-License-Identifier: GPL-2.0-only
//
// The same exploration twice gives the same result, figure by figure, whatever ran before it; and what the
// thread's native code leaves behind on the stack is not part of it.
#include "tests/engine_random_model.hpp"
#include "tests/engine_support.hpp"

#include <memory>
#include <xmmintrin.h>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

constexpr unsigned inexact_flag = 0x20; // of MXCSR

void expect_same(const Result& a, const Result& b, const char* way) {
  EXPECT_EQ(a.verdict, b.verdict) << way;
  EXPECT_EQ(a.stopped_by, b.stopped_by) << way;
  EXPECT_EQ(a.statistics.states, b.statistics.states) << way;
  EXPECT_EQ(a.statistics.transitions, b.statistics.transitions) << way;
  EXPECT_EQ(a.statistics.local_states, b.statistics.local_states) << way;
  EXPECT_EQ(a.statistics.restarts, b.statistics.restarts) << way;
  EXPECT_EQ(a.statistics.depth, b.statistics.depth) << way;
  EXPECT_EQ(a.statistics.omission_probability, b.statistics.omission_probability) << way;
  ASSERT_EQ(a.violation.has_value(), b.violation.has_value()) << way;
  if (!a.violation) return;
  EXPECT_EQ(a.violation->check, b.violation->check) << way;
  EXPECT_EQ(a.violation->message, b.violation->message) << way;
  EXPECT_EQ(a.violation->stem, b.violation->stem) << way;
  EXPECT_EQ(a.violation->cycle, b.violation->cycle) << way;
  EXPECT_EQ(a.violation->shortest, b.violation->shortest) << way;
  EXPECT_EQ(a.violation->fewest_switches, b.violation->fewest_switches) << way;
}

template <class S> void expect_deterministic(unsigned threads = S::threads) {
  for (const Way& way : all_ways()) {
    const Result first = explore_suite<S>(way.options, threads);
    expect_same(first, explore_suite<S>(way.options, threads), way.name);
    // Another program at another address in between.
    const auto elsewhere = std::make_unique<SuiteProgram<S>>(threads);
    expect_same(first, explore(*elsewhere, way.options), way.name);
  }
}

struct Counter : Suite<Counter, 3> {
  atomic<int> cell;
  spinlock lock;
  void thread(unsigned) {
    lock.lock();
    const int seen = cell.load();
    cell.store(seen + 1);
    lock.unlock();
    cell.fetch_add(1);
  }
  void after() { require(cell.load() == 6, assertion, "lost update"); }
};

// A loop whose frames hold what earlier calls left: equal places must be equal states the second time round.
struct DeadFrames : Suite<DeadFrames, 1> {
  atomic<int> cell;
  [[gnu::noinline]] static unsigned dirty(unsigned seed) {
    volatile unsigned words[256];
    for (unsigned i = 0; i < 256; ++i) words[i] = seed;
    return words[seed % 256];
  }
  [[gnu::noinline]] static void step(atomic<int>& cell) {
    volatile unsigned unset[256];
    cell.store(1);
    static_cast<void>(unset[0]);
  }
  void thread(unsigned) {
    for (unsigned i = 0; i < 4; ++i) {
      cell.fetch_add(static_cast<int>(dirty(i) - i));
      step(cell);
    }
  }
};

// Nearly the whole stack is in use when the thread stops.
template <std::size_t Bytes> struct Deep : Suite<Deep<Bytes>, 1> {
  atomic<int> cell;
  void thread(unsigned) {
    volatile char block[Bytes];
    block[0] = 1;
    block[Bytes - 1] = 2;
    cell.store(block[0]);
    require(block[Bytes - 1] != 2, assertion, "deep down");
  }
};

} // namespace

TEST(EngineDeterminism, TwiceTheSame) {
  expect_deterministic<Counter>();
  expect_deterministic<DeadFrames>();
}

// What it cost is part of it: a second search within one run must find the local states of the first again,
// whatever floating-point arithmetic the engine did in between (the processor's exception flags are saved
// with each context).
TEST(EngineDeterminism, TwiceTheSameCost) {
  for (const Way& way : all_ways()) {
    Result results[2];
    for (Result& result : results) {
      _mm_setcsr(_mm_getcsr() ^ inexact_flag);
      result = explore_suite<Counter>(way.options);
    }
    EXPECT_EQ(results[0].statistics.native_runs, results[1].statistics.native_runs) << way.name;
    EXPECT_EQ(results[0].statistics.peak_memory_bytes, results[1].statistics.peak_memory_bytes) << way.name;
  }
}

TEST(EngineDeterminism, RandomPrograms) {
  for (unsigned seed = 1001; seed < 1030; ++seed) {
    const RandomProgram program = random_program(seed);
    random_program_now = &program;
    SCOPED_TRACE("random program " + std::to_string(seed));
    Options options;
    options.max_states = 3000;
    const auto threads = static_cast<unsigned>(program.threads.size());
    for (const Way& way : all_ways(options)) {
      if (way.options.executor == Executor::raw) continue;
      expect_same(explore_suite<Interpreter>(way.options, threads),
                  explore_suite<Interpreter>(way.options, threads), way.name);
    }
  }
  random_program_now = nullptr;
}

TEST(EngineDeterminism, DeepStackReplays) {
  expect_broken<Deep<40 * 1024>>("assertion", 1);
  expect_broken<Deep<62 * 1024>>("assertion", 1);
}
