// SPDX-License-Identifier: GPL-2.0-only
//
// How a scenario is explored makes no difference to what is found: native code for every step or learnt
// automata, local states merged or not, depth first or breadth first.
#include "tests/scenarios_support.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

namespace {

// The raw executor runs native code for each step.
constexpr std::uint64_t few_states = 3000;

// What does not merge local states does not merge or leave out states either.
engine::Options options(engine::Executor executor, bool quotient, engine::SearchOrder order) {
  engine::Options chosen;
  chosen.executor = executor;
  chosen.quotient = quotient;
  chosen.order = order;
  chosen.transactions = chosen.sleep_sets = chosen.symmetry = quotient;
  return chosen;
}
const engine::Options usual = options(engine::Executor::memo, true, engine::SearchOrder::bfs);
const engine::Options depth_first = options(engine::Executor::memo, true, engine::SearchOrder::dfs);
const engine::Options unmerged = options(engine::Executor::memo, false, engine::SearchOrder::bfs);
const engine::Options raw = options(engine::Executor::raw, false, engine::SearchOrder::bfs);

// Which checks break after the model went wrong depends on the schedule in which it did.
std::set<std::string> comparable(const Runs& runs) {
  if (!runs.model_went_wrong()) return runs.broken_checks();
  return {runs.broken.front(), "model went wrong"};
}

std::uint64_t most_states(const Runs& runs) {
  std::uint64_t most = 0;
  for (const engine::Statistics& statistics : runs.statistics) most = std::max(most, statistics.states);
  return most;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> counts(const Runs& runs) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counts;
  for (const engine::Statistics& statistics : runs.statistics)
    counts.emplace_back(statistics.states, statistics.transitions);
  return counts;
}

class ScenariosEngine : public testing::TestWithParam<std::string> {};

TEST_P(ScenariosEngine, AllWaysToExploreAgree) {
  unsigned small = 0;
  for (const Setting& setting : default_settings(GetParam())) {
    const Runs found = run_until_complete(setting, usual);
    const Runs by_memo = run_until_complete(setting, unmerged);
    EXPECT_EQ(comparable(run_until_complete(setting, depth_first)), comparable(found)) << setting;
    EXPECT_EQ(comparable(by_memo), comparable(found)) << setting;
    if (found.broken.empty()) {
      EXPECT_GE(by_memo.statistics[0].states, found.statistics[0].states) << setting;
    }
    if (most_states(by_memo) >= few_states) continue;
    ++small;
    const Runs by_raw = run_until_complete(setting, raw);
    EXPECT_EQ(by_raw.broken, by_memo.broken) << setting;
    EXPECT_EQ(counts(by_raw), counts(by_memo)) << setting;
  }
  EXPECT_GT(small, 0U) << "the raw executor was never asked";
}

INSTANTIATE_TEST_SUITE_P(Kernels, ScenariosEngine, testing::ValuesIn(all_kernels()),
                         [](const auto& test) { return as_test_name(test.param); });

} // namespace

} // namespace gupcheck::tests
