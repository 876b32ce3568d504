// SPDX-License-Identifier: GPL-2.0-only
//
// Every scenario under every version of the loop, at its default size: which of the promises about placement,
// lists and progress break is what is known of that version's bugs, scenario by scenario.
#include "tests/scenarios_support.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

namespace {

using Names = std::set<std::string>;

// A bug that was found in some release or posting: the promise that it breaks, and where it must show.
struct Bug {
  const char* check;
  Names scenarios;
};

// Where another task may have the page isolated, or nobody can ever isolate it.
const Names with_failed_isolation{"concurrent-pins", "overlapping-pins", "pin-vs-move-pages",
                                  "pin-vs-reclaim",  "fast-pin",         "pin-off-lru"};

// Returns the page when no isolation succeeds. Mended by 6e7f34ebb8d2, brought back by 1aaf8c122918, mended
// again by 517f496e1e61.
const Bug isolation_ignored{"pin-placement", with_failed_isolation};
// Returns the page after a migration that failed: somebody held a reference, a batch too, or there was no
// memory. Mended by f0f4463837da.
const Bug migration_ignored{"pin-placement", {"pin-vs-reference", "pin-page-in-batch", "pin-alloc-failure"}};
// Asks for the type of the pageblock, which most of ZONE_NORMAL shares. Mended in the second posting.
const Bug wrong_question{"livelock", {"pin-normal-page"}};
// GUP-fast asks for CMA only. Mended in the second posting.
const Bug fast_path_forgotten{"pin-placement", {"fast-pin"}};
// A page that is neither CMA and ZONE_MOVABLE at once passes: all that is mapped in any scenario. Never
// merged.
const Bug both_at_once{"pin-placement",
                       {"concurrent-pins", "overlapping-pins", "pin-vs-move-pages", "pin-vs-reclaim",
                        "fast-pin", "pin-off-lru", "pin-vs-reference", "pin-page-in-batch",
                        "pin-alloc-failure", "pin-until-success", "pin-cma-page"}};
// The inverted test of 67e139b02d99 takes pages that somebody else has isolated. Mended by aa1e6a932ca6.
const Bug inverted_isolation{
    "list-integrity",
    {"concurrent-pins", "overlapping-pins", "pin-vs-move-pages", "pin-vs-reclaim", "fast-pin"}};
// Accepted upstream: a page that is never on the LRU is retried for ever.
const Bug retried_for_ever{"livelock", {"pin-off-lru"}};
// The variant of the benchmark that passes over failed isolations.
const Bug of_the_benchmark{"pin-placement", {"gup-micro"}};

struct History {
  const char* kernel;
  std::vector<const Bug*> bugs;
  bool lists_break = false; // then other promises fall with them
};
std::ostream& operator<<(std::ostream& out, const History& history) { return out << history.kernel; }

const std::vector<History> histories{
    {"cma-5.10", {&isolation_ignored, &migration_ignored}},
    {"seed-v1", {&isolation_ignored, &migration_ignored, &wrong_question, &fast_path_forgotten}},
    {"v2", {&isolation_ignored, &migration_ignored}},
    {"v2-and", {&both_at_once}},
    {"5.13", {&retried_for_ever}},
    {"6.1.0", {&inverted_isolation}, true},
    {"6.1.13", {&retried_for_ever}},
    {"1aaf8c", {&isolation_ignored}},
    {"517f496", {&retried_for_ever}},
    {"seed", {&of_the_benchmark}},
    {"retry", {}},
};

Names expected_in(const History& history, const std::string& scenario) {
  Names expected;
  for (const Bug* bug : history.bugs)
    if (bug->scenarios.contains(scenario)) expected.insert(bug->check);
  return expected;
}

Names of_the_matrix(const Names& broken) {
  Names kept;
  for (const char* check :
       {"pin-placement", "list-integrity", "deadlock", "livelock", "starvation", "incomplete"})
    if (broken.contains(check)) kept.insert(check);
  return kept;
}

class ScenariosHistory : public testing::TestWithParam<History> {};

TEST_P(ScenariosHistory, BreaksWhatItIsKnownToBreak) {
  const std::vector<Setting> settings = default_settings(GetParam().kernel);
  ASSERT_FALSE(settings.empty());
  for (const Setting& setting : settings) {
    const Names broken = run_until_complete(setting, {}).broken_checks();
    const Names expected = expected_in(GetParam(), setting.scenario);
    if (GetParam().lists_break) {
      EXPECT_EQ(of_the_matrix(broken), expected) << setting;
    } else {
      EXPECT_EQ(broken, expected) << setting;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, ScenariosHistory, testing::ValuesIn(histories),
                         [](const auto& test) { return as_test_name(test.param.kernel); });

TEST(ScenariosHistoryTable, IsOfAllKernels) {
  Names in_table;
  for (const History& history : histories)
    EXPECT_TRUE(in_table.insert(history.kernel).second) << history.kernel;
  const std::vector<std::string> kernels = all_kernels();
  EXPECT_EQ(in_table, Names(kernels.begin(), kernels.end()));
}

// The rest of what 6.1.0 does to a page that it cannot isolate: it migrates what it does not own.
TEST(ScenariosHistoryOf610, OffLruPageIsTakenAllTheSame) {
  const Runs runs = run_until_complete({"pin-off-lru", "6.1.0", 1, 1}, {});
  EXPECT_EQ(runs.broken_checks(), (Names{"vm-bug-on", "warn-on", "refcount", "page-lifetime"}));
}

// One pin is the reference too many that fails the other's migration. The early versions return the page then
// and are done; those that report an error leave it to their callers to get out of each other's way.
TEST(ScenariosHistoryOfErrors, TwoCallersThatRepeatMayFailEachOtherForEver) {
  for (const char* kernel : {"cma-5.10", "seed-v1", "v2"})
    EXPECT_EQ(outcome_of_check({"pin-until-success", kernel, 2, 1}, "livelock"), "holds") << kernel;
  for (const char* kernel : {"5.13", "6.1.13", "1aaf8c", "517f496"})
    EXPECT_EQ(outcome_of_check({"pin-until-success", kernel, 2, 1}, "livelock"), "livelock") << kernel;
}

} // namespace

} // namespace gupcheck::tests
