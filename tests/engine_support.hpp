// SPDX-License-Identifier: GPL-2.0-only
//
// What the engine's tests share: exploring a suite in one line, in every way that must give the same answer.
#pragma once

#include "model/engine/explore.hpp"
#include "model/engine/replay.hpp"
#include "model/engine/suite.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gupcheck::engine {

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
inline void PrintTo(Verdict verdict, std::ostream* out) {
  *out << (verdict == Verdict::holds ? "holds" : verdict == Verdict::broken ? "broken" : "incomplete");
}

namespace test {

inline void check(bool condition, const char* message) { require(condition, assertion, message); }

// Every step an interleaving point, every thread itself: what a reference counts.
inline Options unreduced(Options options = {}) {
  options.transactions = false;
  options.sleep_sets = false;
  options.symmetry = false;
  return options;
}

struct Way {
  const char* name;
  Options options;
};

// Every combination of executor, quotient and search order.
inline std::vector<Way> all_ways(const Options& base = {}) {
  std::vector<Way> ways{{"memo dfs", base},        {"memo bfs", base}, {"no quotient dfs", base},
                        {"no quotient bfs", base}, {"raw dfs", base},  {"raw bfs", base}};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    ways[i].options.order = i % 2 == 0 ? SearchOrder::dfs : SearchOrder::bfs;
    ways[i].options.quotient = i < 2;
    ways[i].options.executor = i < 4 ? Executor::memo : Executor::raw;
  }
  return ways;
}

template <class S> Result explore_suite(const Options& options = {}, unsigned threads = S::threads) {
  SuiteProgram<S> program(threads);
  return explore(program, options);
}

inline Options without(std::vector<std::string> checks, Options options = {}) {
  options.without = std::move(checks);
  return options;
}

// What broke, or "".
inline std::string broken_check(const Result& result) {
  return result.violation ? result.violation->check : std::string();
}

inline unsigned switches_of(const Result& result) {
  unsigned switches = 0;
  const std::vector<Move>& stem = result.violation->stem;
  for (std::size_t i = 1; i < stem.size(); ++i) switches += stem[i].thread != stem[i - 1].thread;
  return switches;
}
inline std::size_t length_of(const Result& result) {
  return result.violation ? result.violation->stem.size() : 0;
}

template <class S> void expect_holds(const Options& base = {}) {
  for (const Way& way : all_ways(base)) {
    const Result result = explore_suite<S>(way.options);
    EXPECT_EQ(result.verdict, Verdict::holds) << way.name;
    if (result.violation) ADD_FAILURE() << way.name << ": " << result.violation->message;
  }
}

// Broken in every way, by `check`; and by a schedule of `length` moves, none shorter.
template <class S>
void expect_broken(const std::string& check, std::size_t length, const Options& base = {}) {
  for (const Way& way : all_ways(base)) {
    const Result result = explore_suite<S>(way.options);
    EXPECT_EQ(result.verdict, Verdict::broken) << way.name;
    EXPECT_EQ(broken_check(result), check) << way.name;
    EXPECT_EQ(length_of(result), length) << way.name;
    EXPECT_TRUE(result.violation && result.violation->shortest) << way.name;
    EXPECT_TRUE(result.stopped_by.empty()) << way.name;
  }
}

} // namespace test
} // namespace gupcheck::engine
