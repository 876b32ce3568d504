// SPDX-License-Identifier: GPL-2.0-only
//
// Pages and the allocator: reference counts, lifetime, the page lock, zones, PF_MEMALLOC_PIN, failure.
#include "model/kernel/fault.hpp"
#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"
#include "tests/kernel_plan.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace gupcheck::tests {

using namespace kernel; // NOLINT(google-build-using-namespace): the vocabulary under test

namespace {

Page* page(unsigned pfn) { return pfn_to_page(pfn); }
void require(bool condition) { engine::require(condition, window, "unexpected"); }

std::string single(Function thread, const KernelConfig& config = small_machine()) {
  Plan plan;
  plan.config = config;
  plan.config.cpus = 1;
  plan.threads = {thread};
  return outcome(plan);
}

// One page of each kind that an allocation may or may not get.
KernelConfig one_of_each() {
  KernelConfig config;
  config.virtual_pages = 1;
  config.add_pages(1, ZONE_MOVABLE, MIGRATE_MOVABLE);
  config.add_pages(1, ZONE_NORMAL, MIGRATE_CMA);
  config.add_pages(1, ZONE_NORMAL, MIGRATE_ISOLATE);
  config.add_pages(1, ZONE_NORMAL, MIGRATE_MOVABLE);
  config.add_pages(1, ZONE_NORMAL, MIGRATE_UNMOVABLE);
  return config;
}

void require_allocations(gfp_t gfp, std::initializer_list<unsigned> expected) {
  for (const unsigned pfn : expected) require(alloc_page(gfp) == page(pfn));
  require(alloc_page(gfp) == nullptr);
  for (const unsigned pfn : expected) put_page(page(pfn));
}

} // namespace

TEST(KernelPage, AllocatesAndFrees) {
  EXPECT_EQ(single([] {
              Page* got = alloc_page(GFP_USER);
              require(page_count(got) == 1 && got == page(2));
              put_page(got);
              require(alloc_page(GFP_USER) == got);
              put_page(got);
            }),
            "holds");
}

TEST(KernelPage, LeakIsCaught) {
  EXPECT_EQ(single([] { alloc_page(GFP_USER); }), "page-lifetime");
}

TEST(KernelPage, GetOnZeroIsCaught) {
  EXPECT_EQ(single([] { get_page(page(0)); }), "refcount");
}

TEST(KernelPage, PutOnZeroIsCaught) {
  EXPECT_EQ(single([] {
              Page* got = alloc_page(GFP_USER);
              put_page(got);
              put_page(got);
            }),
            "refcount");
}

TEST(KernelPage, SubtractingMoreThanThereIsIsCaught) {
  EXPECT_EQ(single([] {
              Page* got = alloc_page(GFP_USER);
              folio_put_refs(page_folio(got), GUP_PIN_COUNTING_BIAS);
            }),
            "refcount");
}

TEST(KernelPage, SpeculativeGetFailsOnAFreePage) {
  EXPECT_EQ(single([] { require(!get_page_unless_zero(page(0))); }), "holds");
}

TEST(KernelPage, AccessAfterFreeIsCaught) {
  EXPECT_EQ(single([] {
              Page* got = alloc_page(GFP_USER);
              put_page(got);
              folio_trylock(page_folio(got));
            }),
            "page-lifetime");
}

TEST(KernelPage, DoubleFreeIsCaught) {
  Plan plan;
  plan.config = small_machine();
  plan.threads = {[] { free_unref_page(page(0)); }, [] {}};
  EXPECT_EQ(outcome(plan), "page-lifetime");
}

TEST(KernelPage, FreeingALockedPageIsABug) {
  EXPECT_EQ(single([] {
              Page* got = alloc_page(GFP_USER);
              folio_trylock(page_folio(got));
              put_page(got);
            }),
            "vm-bug-on");
}

TEST(KernelPage, UnlockingAnUnlockedPageIsABug) {
  EXPECT_EQ(single([] { folio_unlock(page_folio(alloc_page(GFP_USER))); }), "vm-bug-on");
}

TEST(KernelPage, PageLockExcludes) {
  static const Function section = [] {
    folio_lock(page_folio(page(0)));
    require(page(0)->index.load() == 0);
    page(0)->index.store(1);
    page(0)->index.store(0);
    folio_unlock(page_folio(page(0)));
  };
  Plan plan;
  plan.config = small_machine();
  plan.layout = [] { map_page_on_lru(0, 0); };
  plan.threads = {section, section};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelPage, PinsAreCountedInTheReferenceCount) {
  Plan plan;
  plan.config = small_machine();
  plan.config.cpus = 1;
  plan.layout = [] { map_page_on_lru(0, 0); };
  plan.threads = {[] {
    require(!page_maybe_dma_pinned(page(0)));
    folio_ref_add(page_folio(page(0)), GUP_PIN_COUNTING_BIAS);
    require(page_maybe_dma_pinned(page(0)));
    require(!folio_ref_freeze(page_folio(page(0)), 1));
    folio_put_refs(page_folio(page(0)), GUP_PIN_COUNTING_BIAS);
    require(folio_ref_freeze(page_folio(page(0)), 1));
    require(!folio_ref_try_add(page_folio(page(0)), 1));
    folio_ref_unfreeze(page_folio(page(0)), 1);
  }};
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelAlloc, MovableAllocationsTakeCmaBeforeTheyFallBack) {
  EXPECT_EQ(single([] { require_allocations(GFP_HIGHUSER_MOVABLE, {0, 3, 1, 4}); }, one_of_each()), "holds");
}

TEST(KernelAlloc, MovableAllocationsBeginWithCmaWhereMostIsCma) {
  KernelConfig config;
  config.virtual_pages = 1;
  config.add_pages(2, ZONE_NORMAL, MIGRATE_CMA);
  config.add_pages(1, ZONE_NORMAL, MIGRATE_MOVABLE);
  EXPECT_EQ(single([] { require_allocations(GFP_HIGHUSER_MOVABLE, {0, 2, 1}); }, config), "holds");
}

TEST(KernelAlloc, UserAllocationsNeverGetMovableZoneOrCma) {
  EXPECT_EQ(single([] { require_allocations(GFP_USER | GFP_HIGHMEM, {4, 3}); }, one_of_each()), "holds");
}

TEST(KernelAlloc, PinScopeForbidsMovableZoneAndCma) {
  EXPECT_EQ(single(
                [] {
                  const unsigned flags = memalloc_pin_save();
                  require_allocations(GFP_HIGHUSER_MOVABLE, {4, 3});
                  const unsigned nested = memalloc_pin_save();
                  memalloc_pin_restore(nested);
                  require_allocations(GFP_HIGHUSER_MOVABLE, {4, 3});
                  memalloc_pin_restore(flags);
                  require_allocations(GFP_HIGHUSER_MOVABLE, {0, 3, 1, 4});
                },
                one_of_each()),
            "holds");
}

TEST(KernelAlloc, NoCmaScopeForbidsCmaOnly) {
  KernelConfig config = one_of_each();
  config.pin_scope = PinScope::nocma;
  EXPECT_EQ(single(
                [] {
                  const unsigned flags = memalloc_pin_save();
                  require_allocations(GFP_HIGHUSER_MOVABLE, {0, 3, 4});
                  memalloc_pin_restore(flags);
                },
                config),
            "holds");
}

TEST(KernelAlloc, ToldToFailItGoesBothWays) {
  KernelConfig config = small_machine();
  config.alloc_failure = AllocFailure::migration_target;
  EXPECT_EQ(single([] { require(alloc_page(GFP_USER, AllocFor::migration_target) == nullptr); }, config),
            "window");
  EXPECT_EQ(single([] { require(alloc_page(GFP_USER, AllocFor::migration_target) != nullptr); }, config),
            "window");
  EXPECT_EQ(single(
                [] {
                  Page* got = alloc_page(GFP_USER);
                  require(got != nullptr);
                  put_page(got);
                },
                config),
            "holds");
}

TEST(KernelAlloc, TwoTasksNeverGetTheSamePage) {
  Plan plan;
  plan.config = small_machine();
  plan.threads = {[] { require(page_count(alloc_page(GFP_USER)) == 1); },
                  [] { require(page_count(alloc_page(GFP_USER)) == 1); }};
  plan.after = [] { require(!is_free(2) && !is_free(3)); };
  EXPECT_EQ(outcome(plan), "holds");
}

TEST(KernelPinnable, EachFormJudgesAsItDid) {
  struct Row {
    Predicate predicate;
    std::array<bool, 5> expected; // movable zone, CMA, ISOLATE, NORMAL in a movable block, NORMAL
  };
  const std::array rows{Row{is_not_cma_page, {true, false, true, true, true}},
                        Row{is_not_in_movable_block, {false, false, true, false, true}},
                        Row{is_pinnable_page, {false, false, true, true, true}},
                        Row{is_longterm_pinnable_page, {false, false, false, true, true}}};
  Plan plan;
  plan.config = one_of_each();
  plan.config.cpus = 1;
  plan.threads = {[] {}};
  explore(plan); // the system whose pages are judged
  for (const Row& row : rows)
    for (unsigned pfn = 0; pfn < 5; ++pfn)
      EXPECT_EQ(row.predicate(pfn_to_page(pfn)), row.expected[pfn]) << pfn;
}

TEST(KernelConfig, BadConfigurationsAreRefused) {
  EXPECT_THROW(configure(KernelConfig{}), std::invalid_argument);
  KernelConfig config = small_machine();
  EXPECT_NO_THROW(configure(config));
  EXPECT_THROW(config.add_pages(max_pages, ZONE_NORMAL, MIGRATE_MOVABLE), std::invalid_argument);
  config.cpus = 9;
  EXPECT_THROW(configure(config), std::invalid_argument);
  config = small_machine();
  config.batch_size = max_batch + 1;
  EXPECT_THROW(configure(config), std::invalid_argument);
  config = small_machine();
  config.migrate_trylock_passes = config.migrate_passes + 1;
  EXPECT_THROW(configure(config), std::invalid_argument);
}

} // namespace gupcheck::tests
