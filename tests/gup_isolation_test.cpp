// SPDX-License-Identifier: GPL-2.0-only
//
// The others who take pages off the LRU: move_pages(2) and reclaim, alone, against each other and against
// pins.
#include "model/gup/gup.hpp"
#include "model/gup/move_pages.hpp"
#include "model/gup/promises.hpp"
#include "model/gup/reclaim.hpp"
#include "tests/gup_plan.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace gupcheck::tests {

using namespace gup;
using namespace kernel;

namespace {

void check(bool condition, const char* message) { engine::require(condition, reached, message); }

void one_page_mapped() { map_page_on_lru(0, 0); }
void two_pages_mapped() {
  map_page_on_lru(0, 0);
  map_page_on_lru(1, 1);
}

GupPlan together(Function layout, Function first, Function second, unsigned virtual_pages = 1) {
  GupPlan both;
  both.kernel = with_memory({}, 2 * virtual_pages, 2, virtual_pages);
  both.layout = layout;
  both.threads = {first, second};
  return both;
}
GupPlan alone(Function layout, Function thread, unsigned virtual_pages = 1) {
  GupPlan one = together(layout, thread, nullptr, virtual_pages);
  one.kernel.cpus = 1;
  return one;
}

void move_one() { move_pages(0, 1); }
void reclaim() { shrink_inactive_list(2); }
void pin_fast() {
  Page* page = nullptr;
  if (pin_user_pages_fast(0, 1, FOLL_WRITE, &page) == 1) finish_dma(0, &page, 1);
}

TEST(GupIsolation, MovePagesMoves) {
  const Function thread = [] {
    check(move_pages(0, 2) == 0, "nobody is in the way");
    check(pte_page(ptep_get(current_mm(), 0)) != pfn_to_page(0), "the first page moved");
    check(pte_page(ptep_get(current_mm(), 1)) != pfn_to_page(1), "the second page moved");
  };
  for (const auto lookup : {MovePagesLookup::reference, MovePagesLookup::page_table_lock}) {
    GupPlan plan = alone(two_pages_mapped, thread, 2);
    plan.gup.move_pages_lookup = lookup;
    EXPECT_EQ(outcome(plan), "holds");
  }
}

TEST(GupIsolation, MovePagesPassesOverWhatIsNotThere) {
  const Function hole_then_page = [] { map_page_on_lru(0, 1); };
  const Function thread = [] {
    check(move_pages(0, 2) == 0, "a hole is no error");
    check(pte_page(ptep_get(current_mm(), 1)) != pfn_to_page(0), "the page moved");
  };
  EXPECT_EQ(outcome(alone(hole_then_page, thread, 2)), "holds");
}

TEST(GupIsolation, MovePagesCountsWhatDidNotMove) {
  const Function thread = [] {
    Page* page = nullptr;
    pin_user_pages_fast(0, 1, FOLL_WRITE, &page);
    check(move_pages(0, 2) == 1, "the pinned page does not move");
    check(pte_page(ptep_get(current_mm(), 0)) == page, "the pinned page is still mapped");
    unpin_user_page(page);
  };
  EXPECT_EQ(outcome(alone(two_pages_mapped, thread, 2)), "holds");
}

TEST(GupIsolation, AddPageSaysWhyNot) {
  const Function not_there = [] {
    check(add_page_for_migration(0, own_list(current().movable_page_list)) == -ENOENT, "nothing is mapped");
  };
  EXPECT_EQ(outcome(alone([] {}, not_there)), "holds");
  const Function not_on_lru = [] {
    check(add_page_for_migration(0, own_list(current().movable_page_list)) == -EBUSY, "it is in a batch");
  };
  EXPECT_EQ(outcome(alone([] { map_page_in_batch(0, 0, 0); }, not_on_lru)), "holds");
}

TEST(GupIsolation, ReclaimGivesBackWhatItTook) {
  const Function thread = [] {
    check(shrink_inactive_list(1) == 1, "one page is asked for");
    check(shrink_inactive_list(3) == 2, "two pages are there");
  };
  EXPECT_EQ(outcome(alone(two_pages_mapped, thread, 2)), "holds");
}

TEST(GupIsolation, ReclaimDrainsItsOwnBatch) {
  const Function thread = [] { check(shrink_inactive_list(1) == 1, "the page was in this CPU's batch"); };
  EXPECT_EQ(outcome(alone([] { map_page_in_batch(0, 0, 0); }, thread)), "holds");
}

// The page is not isolatable while reclaim has it, and never while its flag is clear.
TEST(GupIsolation, ReclaimHidesPagesFromOthers) {
  const Function thread = [] { check(folio_test_lru(pfn_to_page(0)), "PG_lru is clear for a while"); };
  EXPECT_EQ(outcome(together(one_page_mapped, reclaim, thread)), "reached");
}

// move_folios_to_lru() sets the flag before the page is linked: whoever clears it then has to wait for the
// lock.
TEST(GupIsolation, FlagComesBackBeforeTheListEntry) {
  const Function thread = [] {
    const char* (*flag_without_entry)(std::uint64_t, std::uint64_t) = [](std::uint64_t, std::uint64_t) {
      const Page* page = pfn_to_page(0);
      const bool linked = list_contains(&system().lruvec.list, &page->lru);
      return page->flags.test_bit(PG_lru) && !linked ? "PG_lru is set and the page is not on the list"
                                                     : nullptr;
    };
    engine::expect(reached, flag_without_entry);
    folio_test_lru(pfn_to_page(0));
  };
  EXPECT_EQ(outcome(together(one_page_mapped, reclaim, thread)), "reached");
}

TEST(GupIsolation, AnyTwoTogether) {
  for (const auto lookup : {MovePagesLookup::reference, MovePagesLookup::page_table_lock}) {
    for (const auto form : {IsolateForm::recheck_under_lock, IsolateForm::test_clear_first}) {
      GupPlan plan = together(one_page_mapped, move_one, move_one);
      plan.kernel.isolate = form;
      plan.gup.move_pages_lookup = lookup;
      EXPECT_EQ(outcome(plan), "holds") << "two move_pages";
      plan.threads = {move_one, reclaim};
      EXPECT_EQ(outcome(plan), "holds") << "move_pages and reclaim";
      plan.threads = {move_one, pin_fast};
      EXPECT_EQ(outcome(plan), "holds") << "move_pages and GUP-fast";
      plan.kernel.lru_cache_disable = false; // migrate_prep(), up to 5.12
      plan.threads = {move_one, move_one};
      EXPECT_EQ(outcome(plan), "holds") << "two move_pages with batches";
    }
  }
  EXPECT_EQ(outcome(together(two_pages_mapped, reclaim, reclaim, 2)), "holds");
}

TEST(GupIsolation, ThreeOfAKind) {
  GupPlan plan = together(one_page_mapped, reclaim, move_one);
  plan.threads[2] = pin_fast;
  plan.kernel.cpus = 3;
  EXPECT_EQ(outcome(plan), "holds");
}

} // namespace

} // namespace gupcheck::tests
