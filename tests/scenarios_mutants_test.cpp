// SPDX-License-Identifier: GPL-2.0-only
//
// Every deliberate fault of the modelled kernel is caught in a scenario, by the promise that one would
// expect, at the smallest size at which it shows; and without the fault the same run keeps that promise.
#include "tests/scenarios_support.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

namespace {

using kernel::Mutant;

struct Catch {
  Setting setting;
  const char* check;
};
std::ostream& operator<<(std::ostream& out, const Catch& caught) {
  return out << caught.setting << " " << caught.check;
}

// One thread is enough where the fault is no race. Three notes:
//   migrate-ignores-count      since 5.19 PageAnonExclusive keeps pinned pages where they are all by itself
//   migrate-ignores-page-lock  the only page lock that anybody may find taken is that of a page just moved
//   loop-unpins-late           every migration fails, which a caller may be told once, but not for ever
const std::vector<Catch> catches{
    {{"concurrent-pins", "6.1.13", 2, 1, Mutant::isolate_in_two_steps}, "list-integrity"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::isolate_keeps_flag}, "lru-accounting"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::isolate_without_reference}, "refcount"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::isolate_keeps_lock}, "deadlock"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::isolate_without_del}, "list-integrity"},
    {{"pin-alloc-failure", "6.1.13", 1, 1, Mutant::putback_without_put}, "refcount"},
    {{"pin-alloc-failure", "6.1.13", 1, 1, Mutant::putback_without_del}, "list-integrity"},
    {{"pin-unfaulted", "6.1.13", 1, 1, Mutant::add_without_reference}, "refcount"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::drain_without_put}, "refcount"},
    {{"pin-page-in-batch", "6.1.13", 2, 1, Mutant::drain_sets_flag_first}, "lru-accounting"},
    {{"pin-vs-reference", "6.1.13", 2, 1, Mutant::pte_not_restored}, "warn-on"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::mapping_reference_kept}, "refcount"},
    {{"fast-pin-vs-move-pages", "5.13", 2, 1, Mutant::migrate_ignores_count}, "pinned-stays"},
    {{"two-move-pages", "6.1.13", 2, 1, Mutant::migrate_ignores_page_lock}, "vm-bug-on"},
    {{"pin-vs-reference", "6.1.13", 2, 1, Mutant::migrate_keeps_page_lock}, "deadlock"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::migrate_puts_twice}, "refcount"},
    {{"concurrent-pins", "6.1.13", 1, 1, Mutant::migrate_forgets_source}, "page-lifetime"},
    {{"pin-vs-reference", "6.1.13", 2, 1, Mutant::wait_holds_ptl}, "deadlock"},
    {{"fast-pin-vs-move-pages", "6.1.13", 2, 1, Mutant::fault_leaks_loser}, "page-lifetime"},
    {{"pin-vs-reference", "6.1.13", 2, 1, Mutant::gup_get_after_unlock}, "refcount"},
    {{"fast-pin-vs-move-pages", "6.1.13", 2, 1, Mutant::gup_fast_without_recheck}, "pinned-stays"},
    {{"fast-pin-vs-move-pages", "6.1.13", 2, 1, Mutant::gup_fast_plain_get}, "refcount"},
    {{"concurrent-pins", "6.1.13", 2, 1, Mutant::loop_inverted_isolate}, "list-integrity"},
    {{"pin-until-success", "6.1.13", 1, 1, Mutant::loop_unpins_late}, "livelock"},
};

class ScenariosMutants : public testing::TestWithParam<Catch> {};

TEST_P(ScenariosMutants, IsCaughtByThePromise) {
  EXPECT_EQ(outcome_of_check(GetParam().setting, GetParam().check), GetParam().check);
}

TEST_P(ScenariosMutants, UnmutatedHolds) {
  Setting setting = GetParam().setting;
  setting.mutant = Mutant::none;
  EXPECT_EQ(outcome_of_check(setting, GetParam().check), "holds");
}

INSTANTIATE_TEST_SUITE_P(All, ScenariosMutants, testing::ValuesIn(catches), [](const auto& test) {
  return as_test_name(kernel::name_of(test.param.setting.mutant));
});

// Where the scenario exists with fewer threads.
TEST(ScenariosMutantTable, HasTheFewestThreads) {
  unsigned smaller = 0;
  for (const auto& [setting, check] : catches) {
    if (setting.threads == scenario_named(setting.scenario).min_threads) continue;
    ++smaller;
    Setting fewer = setting;
    --fewer.threads;
    EXPECT_EQ(outcome_of_check(fewer, check), "holds") << fewer;
  }
  EXPECT_GT(smaller, 0U);
}

TEST(ScenariosMutantTable, IsOfAllMutants) {
  std::set<std::string> in_table;
  for (const Catch& caught : catches) in_table.insert(kernel::name_of(caught.setting.mutant));
  std::set<std::string> all;
  for (const kernel::NamedMutant& named : kernel::named_mutants())
    if (named.mutant != Mutant::none) all.insert(named.name);
  EXPECT_EQ(in_table, all);
}

} // namespace

} // namespace gupcheck::tests
