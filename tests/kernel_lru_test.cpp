// SPDX-License-Identifier: GPL-2.0-only
//
// Isolation, putback, batches and drains: what each does, and that the kernel's windows are there.
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
bool on_lru_list(unsigned pfn) { return list_contains(&system().lruvec.list, &page(pfn)->lru); }
bool lru_lock_is_held() {
  return engine::post({.kind = engine::OperationKind::load, .size = 8, .result = engine::ResultOf::old_value},
                      system().lruvec.lru_lock.address(), 0, 0, engine::SourceLocation::current()) != 0;
}

Plan lru_plan(IsolateForm form) {
  Plan plan;
  plan.config = small_machine();
  plan.config.isolate = form;
  plan.layout = [] { map_page_on_lru(0, 0); };
  return plan;
}

void isolate_and_put_back() {
  if (isolate_lru_page(page(0)) == 0) putback_lru_page(page(0));
}
void isolate_and_keep() { isolate_lru_page(page(0)); }

} // namespace

class KernelLru : public testing::TestWithParam<IsolateForm> {};

TEST_P(KernelLru, ExactlyOneOfTwoIsolatorsWins) {
  Plan plan = lru_plan(GetParam());
  plan.threads = {isolate_and_keep, isolate_and_keep};
  plan.after = [] {
    require(page(0)->_refcount.load() == 2); // the mapping's and one isolation reference
    require(!on_lru_list(0) && !page(0)->flags.test_bit(PG_lru));
  };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST_P(KernelLru, IsolationAndPutbackLeaveEverythingInOrder) {
  Plan plan = lru_plan(GetParam());
  plan.threads = {isolate_and_put_back, isolate_and_put_back};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST_P(KernelLru, PutBackPageCannotBeIsolatedUntilADrain) {
  Plan plan = lru_plan(GetParam());
  plan.config.cpus = 1;
  plan.threads = {[] {
    require(isolate_lru_page(page(0)) == 0);
    putback_lru_page(page(0));
    require(isolate_lru_page(page(0)) == -EBUSY);
    require(page_count(page(0)) == 2); // the batch's
    lru_add_drain();
    require(page_count(page(0)) == 1);
    require(isolate_lru_page(page(0)) == 0);
    putback_lru_page(page(0));
  }};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST_P(KernelLru, PageThatNeverWasOnTheLruCannotBeIsolated) {
  Plan plan = lru_plan(GetParam());
  plan.config.cpus = 1;
  plan.layout = [] { map_page_off_lru(0, 0); };
  plan.threads = {[] { require(isolate_lru_page(page(0)) == -EBUSY); }};
  plan.after = [] { verify_lru(0); };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST_P(KernelLru, FullBatchDrainsItself) {
  Plan plan = lru_plan(GetParam());
  plan.config.cpus = 1;
  plan.config.batch_size = 1;
  plan.threads = {isolate_and_put_back};
  plan.after = [] { require(on_lru_list(0) && page(0)->_refcount.load() == 1); };
  EXPECT_EQ(outcome(plan), "holds");
}

INSTANTIATE_TEST_SUITE_P(Forms, KernelLru,
                         testing::Values(IsolateForm::recheck_under_lock, IsolateForm::test_clear_first));

TEST(KernelLruWindow, FlagClearedButStillOnTheList) {
  // From 5.11 on the flag is cleared before lru_lock is taken; before, never outside it.
  for (const bool clears_first : {true, false}) {
    Plan plan = lru_plan(clears_first ? IsolateForm::test_clear_first : IsolateForm::recheck_under_lock);
    plan.threads = {isolate_and_put_back, isolate_and_put_back};
    plan.invariant = [] {
      require(page(0)->flags.test_bit(PG_lru) || !on_lru_list(0) || lru_lock_is_held());
    };
    EXPECT_EQ(outcome(plan), clears_first ? "window" : "holds");
  }
}

TEST(KernelLruWindow, ADrainSetsTheFlagBeforeOrAfterItLinks) {
  const Function flag_comes_first = [] { require(!on_lru_list(0) || page(0)->flags.test_bit(PG_lru)); };
  const Function link_comes_first = [] { require(on_lru_list(0) || !page(0)->flags.test_bit(PG_lru)); };
  for (const bool flag_first : {true, false}) {
    Plan plan = lru_plan(IsolateForm::test_clear_first);
    plan.config.lru_flag_before_link = flag_first;
    plan.layout = [] { map_page_in_batch(0, 0, 1); };
    plan.threads = {[] {}, lru_add_drain};
    plan.invariant = flag_comes_first;
    EXPECT_EQ(outcome(plan), flag_first ? "holds" : "window");
    plan.invariant = link_comes_first;
    EXPECT_EQ(outcome(plan), flag_first ? "window" : "holds");
  }
}

// 5.11 to 5.19: the flag can be taken before the page is linked, and the lock makes the taker wait.
TEST(KernelLruWindow, FlagTakenBeforeThePageIsLinked) {
  Plan plan = lru_plan(IsolateForm::test_clear_first);
  plan.config.lru_flag_before_link = true;
  plan.layout = [] { map_page_in_batch(0, 0, 1); };
  plan.threads = {isolate_and_put_back, lru_add_drain};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelLruWindow, IsolatedWithoutAReferenceIsABug) {
  Plan plan = lru_plan(IsolateForm::test_clear_first);
  plan.threads = {[] { isolate_lru_page(page(1)); }, [] {}};
  EXPECT_EQ(outcome(plan), "vm-bug-on");
}

TEST(KernelBatch, DrainAllReachesTheOtherCpu) {
  Plan plan;
  plan.config = small_machine();
  plan.layout = [] { map_page_in_batch(0, 0, 1); };
  plan.threads = {[] {
                    require(isolate_lru_page(page(0)) == -EBUSY);
                    lru_add_drain();
                    require(isolate_lru_page(page(0)) == -EBUSY);
                    lru_add_drain_all();
                    require(isolate_lru_page(page(0)) == 0);
                    putback_lru_page(page(0));
                  },
                  [] {}};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelBatch, DrainsRunBesideTheOwnersUseOfTheBatch) {
  Plan plan;
  plan.config = small_machine();
  plan.layout = [] { map_page_in_batch(0, 0, 1); };
  plan.threads = {[] { lru_add_drain_all(); }, [] { lru_add_drain(); }};
  plan.after = [] {
    verify_memory();
    require(on_lru_list(0));
  };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelBatch, ADrainOfAllIsSkippedWhenANewerOneBeganMeanwhile) {
  Plan plan;
  plan.config = small_machine();
  plan.layout = [] { map_page_in_batch(0, 0, 1); };
  plan.threads = {[] { lru_add_drain_all(); }, [] { lru_add_drain_all(); }};
  plan.after = [] {
    verify_memory();
    require(on_lru_list(0)); // skipped or not, what was there is drained
  };
  EXPECT_EQ(outcome(plan), "holds");
  // Both really drained in some run (the generation moved twice), and one was skipped in another.
  plan.after = [] { require(system().drain_all.lru_drain_gen.load() != 0); };
  EXPECT_EQ(outcome(plan), "window");
  plan.after = [] { require(system().drain_all.lru_drain_gen.load() == 0); };
  EXPECT_EQ(outcome(plan), "window");
}

TEST(KernelBatch, DisabledBatchesKeepNothing) {
  Plan plan = lru_plan(IsolateForm::test_clear_first);
  plan.config.cpus = 1;
  plan.threads = {[] {
    isolate_lru_page(page(0));
    lru_cache_disable();
    putback_lru_page(page(0));
    require(folio_test_lru(page(0)));
    lru_cache_enable();
    isolate_and_put_back();
    require(!folio_test_lru(page(0)));
  }};
  EXPECT_EQ(outcome(plan), "holds");
}

// Who found the batches enabled and is about to leave its page in one is waited for.
TEST(KernelBatch, DisablingDrainsWhoIsJustAdding) {
  Plan plan = lru_plan(IsolateForm::test_clear_first);
  plan.threads = {lru_cache_disable, isolate_and_put_back};
  plan.after = [] {
    require(task_on(0).lru_add.nr.load() == 0 && task_on(1).lru_add.nr.load() == 0);
    verify_memory();
  };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelBatch, TheBatchHoldsAReference) {
  Plan plan;
  plan.config = small_machine();
  plan.layout = [] { map_page_in_batch(0, 0, 1); };
  plan.threads = {[] { require(page_count(page(0)) == 2); }, [] {}};
  EXPECT_EQ(outcome(plan), "holds");
}

} // namespace gupcheck::tests
