// SPDX-License-Identifier: GPL-2.0-only
//
// gup-micro through the engine against the hand-written reference: counts, verdicts, progress, mutants.
#include "checks/scenarios/gup_micro.hpp"
#include "model/engine/explore.hpp"
#include "tests/reference/gup_micro_reference.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gupcheck::checks {

namespace {

using engine::Executor;
using engine::Fairness;
using engine::Locks;
using engine::SearchOrder;
using engine::Verdict;
using reference::Reading;

const std::vector<std::string> progress_checks{"livelock", "starvation"};

engine::Result run(const GupMicroConfig& config, const engine::Options& options) {
  return engine::explore(*make_gup_micro(config), options);
}

// Everything but the return check and progress: the benchmark's exhaustive run, every step of it.
engine::Options exhaustive() {
  engine::Options options;
  options.transactions = options.sleep_sets = options.symmetry = false;
  options.without = progress_checks;
  options.without.emplace_back("pin-placement");
  return options;
}

engine::Options safety() {
  engine::Options options;
  options.without = progress_checks;
  return options;
}

std::string size_name(const GupMicroConfig& config) {
  return std::to_string(config.threads) + "x" + std::to_string(config.pages) +
         (config.variant == GupMicroVariant::seed ? "Seed" : "Retry");
}

reference::Count counted(const GupMicroConfig& config, Reading reading, bool return_check = false) {
  const bool seed = config.variant == GupMicroVariant::seed;
  return reference::count({.threads = config.threads,
                           .pages = config.pages,
                           .variant = seed ? reference::Variant::seed : reference::Variant::retry,
                           .reading = reading,
                           .return_check = return_check});
}

void expect_same_counts(const engine::Result& a, const engine::Result& b) {
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.statistics.states, b.statistics.states);
  EXPECT_EQ(a.statistics.transitions, b.statistics.transitions);
}

class GupMicroCounts : public testing::TestWithParam<GupMicroConfig> {};

TEST_P(GupMicroCounts, MemoAndRawAgree) {
  engine::Options memo = exhaustive();
  memo.quotient = false;
  engine::Options raw = exhaustive();
  raw.executor = Executor::raw;
  const engine::Result by_memo = run(GetParam(), memo);
  EXPECT_EQ(by_memo.verdict, Verdict::holds);
  expect_same_counts(by_memo, run(GetParam(), raw));
  EXPECT_LT(by_memo.statistics.native_runs, by_memo.statistics.transitions / 2);
}

TEST_P(GupMicroCounts, SearchOrderDoesNotMatter) {
  engine::Options depth_first = exhaustive();
  depth_first.order = SearchOrder::dfs;
  expect_same_counts(run(GetParam(), exhaustive()), run(GetParam(), depth_first));
}

// Dead values in the threads' frames only ever add states.
TEST_P(GupMicroCounts, WithoutQuotientNothingIsMissing) {
  engine::Options options = exhaustive();
  options.quotient = false;
  const engine::Result result = run(GetParam(), options);
  const reference::Count live = counted(GetParam(), Reading::live);
  EXPECT_GE(result.statistics.states, live.states);
  EXPECT_GE(result.statistics.transitions, live.transitions);
}

// The quotient's fixpoint is the coarsest exact partition: not one state more or less than the reference's.
TEST_P(GupMicroCounts, QuotientIsExactlyBehaviour) {
  const engine::Result result = run(GetParam(), exhaustive());
  const reference::Count behaviour = counted(GetParam(), Reading::behaviour);
  EXPECT_EQ(result.verdict, Verdict::holds);
  EXPECT_EQ(result.statistics.states, behaviour.states);
  EXPECT_EQ(result.statistics.transitions, behaviour.transitions);
}

TEST_P(GupMicroCounts, VerdictAndShortestScheduleAgreeWithTheReference) {
  const reference::Count expected = counted(GetParam(), Reading::live, true);
  for (const Executor executor : {Executor::memo, Executor::raw}) {
    engine::Options options = safety();
    options.executor = executor;
    const engine::Result result = run(GetParam(), options);
    ASSERT_EQ(result.verdict, expected.violation_depth ? Verdict::broken : Verdict::holds);
    if (!expected.violation_depth) continue;
    EXPECT_EQ(result.violation->check, "pin-placement");
    EXPECT_TRUE(result.violation->shortest);
    EXPECT_EQ(result.violation->stem.size(), *expected.violation_depth);
  }
}

constexpr GupMicroConfig sizes[] = {{.threads = 2, .pages = 1, .variant = GupMicroVariant::seed},
                                    {.threads = 2, .pages = 1, .variant = GupMicroVariant::retry},
                                    {.threads = 3, .pages = 1, .variant = GupMicroVariant::seed},
                                    {.threads = 3, .pages = 1, .variant = GupMicroVariant::retry},
                                    {.threads = 2, .pages = 2, .variant = GupMicroVariant::seed},
                                    {.threads = 2, .pages = 2, .variant = GupMicroVariant::retry}};
INSTANTIATE_TEST_SUITE_P(Sizes, GupMicroCounts, testing::ValuesIn(sizes),
                         [](const auto& test) { return size_name(test.param); });

TEST(GupMicroLarge, QuotientIsExactlyBehaviour) {
  for (const GupMicroVariant variant : {GupMicroVariant::seed, GupMicroVariant::retry}) {
    const GupMicroConfig config{.threads = 3, .pages = 2, .variant = variant};
    const engine::Result result = run(config, exhaustive());
    const reference::Count behaviour = counted(config, Reading::behaviour);
    EXPECT_EQ(result.statistics.states, behaviour.states);
    EXPECT_EQ(result.statistics.transitions, behaviour.transitions);
  }
}

// Message #12 in the smallest model: what a thread whose page another one has isolated can be made to do.
struct ProgressFact {
  GupMicroVariant variant;
  Fairness fairness;
  Locks locks;
  const char* broken; // null: every check holds
};

class GupMicroProgress : public testing::TestWithParam<ProgressFact> {};

TEST_P(GupMicroProgress, IsAsKnown) {
  const ProgressFact& fact = GetParam();
  engine::Options options;
  options.without = {"pin-placement"};
  options.fairness = fact.fairness;
  options.locks = fact.locks;
  const engine::Result result = run({.variant = fact.variant}, options);
  ASSERT_EQ(result.verdict, fact.broken == nullptr ? Verdict::holds : Verdict::broken);
  if (fact.broken == nullptr) return;
  EXPECT_EQ(result.violation->check, fact.broken);
  EXPECT_FALSE(result.violation->cycle.empty());
}

// `seed` has no cycle at all. `retry` starves a thread: with no fairness whatever the locks, under weak
// fairness only when locks are unfair, under strong fairness never; and no cycle moves every thread that
// lives.
constexpr ProgressFact progress_facts[] = {
    {GupMicroVariant::seed, Fairness::none, Locks::unfair, nullptr},
    {GupMicroVariant::seed, Fairness::none, Locks::fifo, nullptr},
    {GupMicroVariant::retry, Fairness::none, Locks::unfair, "starvation"},
    {GupMicroVariant::retry, Fairness::none, Locks::fifo, "starvation"},
    {GupMicroVariant::retry, Fairness::weak, Locks::unfair, "starvation"},
    {GupMicroVariant::retry, Fairness::weak, Locks::fifo, nullptr},
    {GupMicroVariant::retry, Fairness::strong, Locks::unfair, nullptr},
    {GupMicroVariant::retry, Fairness::strong, Locks::fifo, nullptr},
};

std::string fact_name(const testing::TestParamInfo<ProgressFact>& test) {
  const char* const fairness[] = {"None", "Weak", "Strong"};
  const ProgressFact& fact = test.param;
  return std::string(fact.variant == GupMicroVariant::seed ? "Seed" : "Retry") +
         fairness[static_cast<unsigned>(fact.fairness)] + (fact.locks == Locks::fifo ? "Fifo" : "Unfair");
}
INSTANTIATE_TEST_SUITE_P(Facts, GupMicroProgress, testing::ValuesIn(progress_facts), fact_name);

class GupMicroMutants : public testing::TestWithParam<GupMicroMutantInfo> {
protected:
  static engine::Result run_mutant(unsigned threads, unsigned pages, Executor executor) {
    engine::Options options = safety();
    options.executor = executor;
    return run(
        {.threads = threads, .pages = pages, .variant = GupMicroVariant::retry, .mutant = GetParam().mutant},
        options);
  }
};

TEST_P(GupMicroMutants, IsCaughtByTheExpectedCheck) {
  const GupMicroMutantInfo& mutant = GetParam();
  for (const Executor executor : {Executor::memo, Executor::raw}) {
    const engine::Result result = run_mutant(mutant.threads, mutant.pages, executor);
    ASSERT_EQ(result.verdict, Verdict::broken);
    EXPECT_EQ(result.violation->check, mutant.check);
  }
}

TEST_P(GupMicroMutants, IsNotSeenAtSmallerSizes) {
  const GupMicroMutantInfo& mutant = GetParam();
  if (mutant.threads > 1) {
    EXPECT_EQ(run_mutant(mutant.threads - 1, mutant.pages, Executor::memo).verdict, Verdict::holds);
  }
  if (mutant.pages > 1) {
    EXPECT_EQ(run_mutant(mutant.threads, mutant.pages - 1, Executor::memo).verdict, Verdict::holds);
  }
}

INSTANTIATE_TEST_SUITE_P(All, GupMicroMutants, testing::ValuesIn(gup_micro_mutants()), [](const auto& test) {
  std::string name = test.param.name;
  for (char& character : name)
    if (character == '-') character = '_';
  return name;
});

TEST(GupMicroUnmutated, IsCleanAtEverySizeOfTheMutants) {
  for (const GupMicroMutantInfo& mutant : gup_micro_mutants()) {
    const GupMicroConfig config{
        .threads = mutant.threads, .pages = mutant.pages, .variant = GupMicroVariant::retry};
    EXPECT_EQ(run(config, engine::Options{}).verdict, Verdict::holds) << size_name(config);
  }
}

} // namespace

} // namespace gupcheck::checks
