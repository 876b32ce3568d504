// SPDX-License-Identifier: GPL-2.0-only
//
// What tests of the reductions share: every way to leave states out, and that none of them changes an answer.
//
// The answer is what the search says with nothing left out and on one core; each of the 32 combinations of
// {transactions, sleep sets, symmetry, quotient} and one or two workers must say the same: verdict, broken
// check, length of a shortest counterexample; and so must a search depth first with all of them. Two workers
// must also count the states that one counts and come to the same schedule. Costs 33 explorations a call, so
// suites are kept to a few hundred states.
#pragma once

#include "tests/engine_support.hpp"

#include <bit>
#include <map>

namespace gupcheck::engine::test {

inline void increment(var<int>& cell) { cell.store(cell.load() + 1); }

// A library's lock: who looks for lock() in thread() does not find it.
struct Guarded {
  spinlock lock;
  var<int> value;
  void enter() { lock.lock(); }
  void leave() { lock.unlock(); }
  void increment_inside() {
    enter();
    increment(value);
    leave();
  }
};

// A lock's word, as a location like any other.
inline atomic<std::uint64_t>& word_of(const spinlock& lock) {
  return *reinterpret_cast<atomic<std::uint64_t>*>(lock.address());
}

inline Options nothing_left_out(Options options = {}) {
  options.transactions = options.sleep_sets = options.symmetry = options.quotient = false;
  options.jobs = 1;
  return options;
}

struct Combination {
  std::string name;
  unsigned reductions; // a bit each; what must agree whatever the number of workers
  Options options;
};

inline std::vector<Combination> all_combinations(const Options& base = {}) {
  std::vector<Combination> all;
  for (unsigned bits = 0; bits < 32; ++bits) {
    Combination made{.name = {}, .reductions = bits & 15U, .options = base};
    made.options.order = SearchOrder::bfs;
    made.options.transactions = (bits & 1U) != 0;
    made.options.sleep_sets = (bits & 2U) != 0;
    made.options.symmetry = (bits & 4U) != 0;
    made.options.quotient = (bits & 8U) != 0;
    made.options.jobs = 1 + (bits >> 4U);
    made.name = std::string(made.options.transactions ? "transactions, " : "") +
                (made.options.sleep_sets ? "sleep sets, " : "") +
                (made.options.symmetry ? "symmetry, " : "") + (made.options.quotient ? "quotient, " : "") +
                "jobs " + std::to_string(made.options.jobs);
    all.push_back(std::move(made));
  }
  Combination depth_first{.name = "everything, depth first", .reductions = 16, .options = base};
  depth_first.options.order = SearchOrder::dfs;
  all.push_back(std::move(depth_first));
  return all;
}

// Explores in every combination and hands each result to `judge`; then compares one worker with two, and with
// sleep sets and without: these change no count.
template <class S, class Judge>
void for_each_combination(const Options& base, unsigned threads, Judge judge) {
  std::map<unsigned, Result> with_one_worker;
  std::map<unsigned, Statistics> without_sleep_sets;
  for (const Combination& combination : all_combinations(base)) {
    SCOPED_TRACE(combination.name);
    const Result result = explore_suite<S>(combination.options, threads);
    EXPECT_TRUE(result.stopped_by.empty()) << result.stopped_by;
    judge(result, combination.options);
    if (result.verdict == Verdict::holds && combination.options.order == SearchOrder::bfs) {
      const Statistics& ours = result.statistics;
      const auto& [key, theirs] = *without_sleep_sets.emplace(combination.reductions & ~2U, ours).first;
      EXPECT_EQ(ours.states, theirs.states);
      EXPECT_EQ(ours.transitions, theirs.transitions);
      EXPECT_EQ(ours.depth, theirs.depth);
      EXPECT_EQ(ours.local_states, theirs.local_states);
      EXPECT_EQ(ours.restarts, theirs.restarts);
    }
    const auto [first, is_first] = with_one_worker.emplace(combination.reductions, result);
    if (is_first) continue;
    if (result.verdict == Verdict::holds) {
      EXPECT_EQ(result.statistics.states, first->second.statistics.states);
    }
    if (result.violation && first->second.violation) {
      EXPECT_EQ(result.violation->stem, first->second.violation->stem);
      EXPECT_EQ(result.violation->cycle, first->second.violation->cycle);
    }
  }
}

template <class S> void expect_always_holds(const Options& base = {}, unsigned threads = S::threads) {
  const std::uint64_t all = explore_suite<S>(nothing_left_out(base), threads).statistics.states;
  for_each_combination<S>(base, threads, [&](const Result& result, const Options&) {
    EXPECT_EQ(result.verdict, Verdict::holds) << broken_check(result);
    EXPECT_LE(result.statistics.states, all);
  });
}

// Broken by `check`, by a schedule of `length` moves and none shorter: with nothing left out, too.
template <class S>
void expect_always_broken(const std::string& check, std::size_t length, const Options& base = {},
                          unsigned threads = S::threads) {
  for_each_combination<S>(base, threads, [&](const Result& result, const Options&) {
    EXPECT_EQ(result.verdict, Verdict::broken);
    EXPECT_EQ(broken_check(result), check);
    EXPECT_EQ(length_of(result), length);
    EXPECT_TRUE(result.violation && result.violation->shortest);
  });
}

// Broken by a cycle in which `moving` of the threads take steps, and which closes when it is executed.
inline constexpr int some = 0; // where there are cycles of one thread and of several
template <class S>
void expect_always_endless(const std::string& check, int moving, const Options& base = {},
                           unsigned threads = S::threads) {
  for_each_combination<S>(base, threads, [&](const Result& result, const Options& options) {
    EXPECT_EQ(result.verdict, Verdict::broken);
    EXPECT_EQ(broken_check(result), check);
    if (!result.violation) return;
    unsigned movers = 0;
    for (const Move& move : result.violation->cycle) movers |= 1U << move.thread;
    if (moving != some) {
      EXPECT_EQ(std::popcount(movers), moving);
    }
    SuiteProgram<S> program(threads);
    EXPECT_TRUE(replay(program, options, result.violation->stem, result.violation->cycle).cycle_closes);
  });
}

template <class S> std::uint64_t count_states(const Options& options, unsigned threads = S::threads) {
  const Result result = explore_suite<S>(options, threads);
  EXPECT_EQ(result.verdict, Verdict::holds) << broken_check(result);
  return result.statistics.states;
}

// The suite holds, and transactions leave states out: so that a test of what they may not leave out knows
// that they are at work.
template <class S> void expect_transactions_help(const Options& base = {}) {
  Options options = nothing_left_out(base);
  const std::uint64_t all = count_states<S>(options);
  options.transactions = true;
  EXPECT_LT(count_states<S>(options), all);
}

inline Options with(Fairness fair, Locks granted, Options options = {}) {
  options.fairness = fair;
  options.locks = granted;
  return options;
}

// What is about single states needs no cycles.
inline Options no_cycles() { return without({"livelock", "starvation"}); }

} // namespace gupcheck::engine::test
