// SPDX-License-Identifier: GPL-2.0-only
//
// Faults and migration: outcomes, the way back from a failed pass, and the windows in between.
#include "model/kernel/fault.hpp"
#include "model/kernel/migrate.hpp"
#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"
#include "tests/kernel_plan.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace gupcheck::tests {

using namespace kernel; // NOLINT(google-build-using-namespace): the vocabulary under test

namespace {

Page* page(unsigned pfn) { return pfn_to_page(pfn); }
void require(bool condition) { engine::require(condition, window, "unexpected"); }
bool maps(unsigned pfn) { return pte_same(ptep_get(current_mm(), 0), mk_pte(page(pfn))); }

Plan migrate_plan() {
  Plan plan;
  plan.config = small_machine();
  plan.layout = [] { map_page_on_lru(0, 0); };
  plan.threads = {[] { move_page_at(0); }, [] {}};
  return plan;
}

// Isolates page 0 and migrates it with these flags; returns what migrate_pages() returned.
int migrate_page_0(gfp_t gfp) {
  list_head* list = own_list(current().movable_page_list);
  require(isolate_lru_page(page(0)) == 0);
  list_add_tail(&page(0)->lru, list);
  mod_nr_isolated(1);
  const int rc = migrate_pages(list, gfp);
  if (rc != 0) putback_movable_pages(list);
  return rc;
}

void fault_at_0() { faultin_page(current_mm(), 0); }
void hold_page_for_a_moment() {
  Page* held = get_page_at(0);
  if (held != nullptr) put_page(held);
}

} // namespace

TEST(KernelFault, MapsANewPageThatWaitsInTheBatch) {
  Plan plan;
  plan.config = small_machine();
  plan.config.cpus = 1;
  plan.threads = {[] {
    require(faultin_page(current_mm(), 0) == 0);
    require(page_count(page(0)) == 2 && !folio_test_lru(page_folio(page(0))));
  }};
  plan.after = [] {
    verify_memory();
    require(maps(0));
  };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelFault, OfTwoThatRaceOneGivesItsPageBack) {
  Plan plan;
  plan.config = small_machine();
  plan.threads = {fault_at_0, fault_at_0};
  EXPECT_EQ(outcome(plan), "holds");
  plan.after = [] { require(maps(0)); }; // the second to allocate may be the first to map
  EXPECT_EQ(outcome(plan), "window");
}

TEST(KernelFault, OutOfMemoryIsReported) {
  Plan plan;
  plan.config = small_machine();
  plan.config.cpus = 1;
  plan.config.alloc_failure = AllocFailure::any;
  plan.threads = {[] { require(faultin_page(current_mm(), 0) == 0); }};
  EXPECT_EQ(outcome(plan), "window");
  plan.threads = {[] {
    const int rc = faultin_page(current_mm(), 0);
    require(rc == 0 || rc == -ENOMEM);
  }};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelMigrate, MovesAPageAndFreesTheOldOne) {
  for (const TargetLru target_lru :
       {TargetLru::putback_after_unlock, TargetLru::add_then_drain, TargetLru::add_without_drain}) {
    Plan plan = migrate_plan();
    plan.config.cpus = 1;
    plan.config.target_lru = target_lru;
    plan.threads = {[] { require(migrate_page_0(GFP_USER) == 0); }};
    plan.after = [] {
      verify_memory();
      require(maps(2) && is_free(0));
      const bool drained = config().target_lru == TargetLru::add_then_drain;
      require(page(2)->flags.test_bit(PG_lru) == drained); // else it waits in the batch
    };
    EXPECT_EQ(outcome(plan), "holds") << static_cast<int>(target_lru);
  }
}

TEST(KernelMigrate, AReferenceMakesItFailAndEverythingIsAsBefore) {
  Plan plan = migrate_plan();
  plan.config.cpus = 1;
  plan.threads = {[] {
    get_page(page(0));
    require(migrate_page_0(GFP_USER) == 1);
    put_page(page(0));
  }};
  plan.after = [] {
    verify_memory();
    require(maps(0) && is_free(2));
  };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelMigrate, APinnedPageIsNotEvenUnmapped) {
  Plan plan = migrate_plan();
  plan.config.cpus = 1;
  plan.threads = {[] {
    folio_ref_add(page_folio(page(0)), GUP_PIN_COUNTING_BIAS);
    require(migrate_page_0(GFP_USER) == 1);
    folio_put_refs(page_folio(page(0)), GUP_PIN_COUNTING_BIAS);
  }};
  plan.invariant = [] { require(!is_migration_entry(ptep_get(current_mm(), 0))); };
  EXPECT_EQ(outcome(plan), "holds");
  plan.config.anon_exclusive = false; // up to 5.18 it is unmapped for a moment, then the count tells
  EXPECT_EQ(outcome(plan), "window");
}

TEST(KernelMigrate, WithoutATargetNothingHappens) {
  Plan plan = migrate_plan();
  plan.config.cpus = 1;
  plan.config.alloc_failure = AllocFailure::migration_target;
  plan.threads = {[] {
    const int rc = migrate_page_0(GFP_USER);
    require(rc == 0 || rc == -ENOMEM);
  }};
  EXPECT_EQ(outcome(plan), "holds");
  plan.after = [] { require(maps(2)); };
  EXPECT_EQ(outcome(plan), "window");
}

TEST(KernelMigrate, APageFreedMeanwhileIsASuccess) {
  Plan plan = migrate_plan();
  plan.config.cpus = 1;
  plan.threads = {[] {
    list_head* list = own_list(current().movable_page_list);
    require(isolate_lru_page(page(0)) == 0);
    list_add_tail(&page(0)->lru, list);
    mod_nr_isolated(1);
    ptep_clear_flush(current_mm(), 0); // the owner unmaps it
    page(0)->_mapcount.add(-1);
    put_page(page(0));
    require(migrate_pages(list, GFP_USER) == 0);
  }};
  plan.after = [] {
    verify_memory();
    require(is_free(0));
  };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelMigrate, TargetsObeyTheFlags) {
  Plan plan = migrate_plan();
  plan.config.cpus = 1;
  plan.threads = {[] { require(migrate_page_0(GFP_USER | GFP_MOVABLE) == 0); }};
  plan.after = [] { require(maps(1)); }; // a page of ZONE_MOVABLE may go to ZONE_MOVABLE again
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelMigrate, TwoMoversAndAFaultingTaskLeaveMemoryInOrder) {
  Plan plan = migrate_plan();
  plan.threads = {[] { move_page_at(0); }, [] { move_page_at(0); }};
  EXPECT_EQ(outcome(plan), "holds");
  plan.threads = {[] { move_page_at(0); }, hold_page_for_a_moment};
  EXPECT_EQ(outcome(plan), "holds");
  plan.config.isolate = IsolateForm::recheck_under_lock;
  plan.config.target_lru = TargetLru::putback_after_unlock;
  plan.config.anon_exclusive = false;
  plan.config.migration_wait_takes_ref = true;
  EXPECT_EQ(outcome(plan), "holds");
  plan.threads = {[] { move_page_at(0); }, [] { move_page_at(0); }};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelMigrate, TheNumberOfPassesChangesNoVerdict) {
  for (const unsigned passes : {1U, 2U, 3U}) {
    Plan plan = migrate_plan();
    plan.config.migrate_passes = passes;
    plan.config.migrate_trylock_passes = passes - 1;
    plan.threads = {[] { move_page_at(0); }, [] { move_page_at(0); }};
    EXPECT_EQ(outcome(plan), "holds") << passes;
    plan.threads = {[] { move_page_at(0); }, hold_page_for_a_moment};
    EXPECT_EQ(outcome(plan), "holds") << passes;
    plan.after = [] { require(!maps(0)); }; // a holder can outlast every pass
    EXPECT_EQ(outcome(plan), "window") << passes;
    plan.after = [] { require(maps(0)); };
    EXPECT_EQ(outcome(plan), "window") << passes;
  }
}

// The modelled kernel under the engine's oracle: native code for every step.
TEST(KernelMigrate, RawAndMemoSeeTheSameStates) {
  Plan plan = migrate_plan();
  plan.threads = {[] { move_page_at(0); }, hold_page_for_a_moment};
  engine::Options memo;
  memo.quotient = memo.transactions = memo.sleep_sets = memo.symmetry = false;
  engine::Options raw;
  raw.executor = engine::Executor::raw;
  const engine::Result by_memo = explore(plan, memo);
  const engine::Result by_raw = explore(plan, raw);
  EXPECT_EQ(by_memo.verdict, engine::Verdict::holds);
  EXPECT_EQ(by_raw.verdict, engine::Verdict::holds);
  EXPECT_EQ(by_memo.statistics.states, by_raw.statistics.states);
  EXPECT_EQ(by_memo.statistics.transitions, by_raw.statistics.transitions);
  EXPECT_LE(explore(plan).statistics.states, by_raw.statistics.states);
}

TEST(KernelMigrateWindow, PteClearedButNotYetAMigrationEntry) {
  Plan plan = migrate_plan();
  plan.invariant = [] { require(!pte_none(ptep_get(current_mm(), 0))); };
  EXPECT_EQ(outcome(plan), "window");
}

TEST(KernelMigrateWindow, MigrationEntryWithTheSourceStillReferencedByAnother) {
  Plan plan = migrate_plan();
  plan.threads = {[] { move_page_at(0); }, hold_page_for_a_moment};
  plan.invariant = [] {
    require(!is_migration_entry(ptep_get(current_mm(), 0)) || page(0)->_refcount.load() < 3);
  };
  EXPECT_EQ(outcome(plan), "window");
}

TEST(KernelMigrateWindow, OldWaitersReferenceMakesAMigrationFail) {
  // Nobody but the waiter holds a reference when the count is compared; from 5.17 on it holds none.
  for (const bool takes_ref : {true, false}) {
    Plan plan = migrate_plan();
    plan.config.migration_wait_takes_ref = takes_ref;
    plan.config.migrate_passes = 1;
    plan.config.migrate_trylock_passes = 0;
    plan.threads = {[] { require(migrate_page_0(GFP_USER) == 0); },
                    [] {
                      if (is_migration_entry(ptep_get(current_mm(), 0)))
                        migration_entry_wait(current_mm(), 0);
                    }};
    EXPECT_EQ(outcome(plan), takes_ref ? "window" : "holds");
  }
}

} // namespace gupcheck::tests
