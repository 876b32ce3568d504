// SPDX-License-Identifier: GPL-2.0-only
//
// Taking and dropping references: what slow GUP and GUP-fast do to a page, and what others can see meanwhile.
#include "model/gup/gup.hpp"
#include "model/gup/promises.hpp"
#include "tests/gup_plan.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace gupcheck::tests {

using namespace gup;
using namespace kernel;

namespace {

void check(bool condition, const char* message) { engine::require(condition, reached, message); }

Page* page0() { return pfn_to_page(0); }
void one_page_mapped() { map_page_on_lru(0, 0); }
void two_pages_mapped() {
  map_page_on_lru(0, 0);
  map_page_on_lru(1, 1);
}

// One thread, so one execution.
GupPlan alone(Function layout, Function thread, unsigned virtual_pages = 1) {
  GupPlan alone;
  alone.kernel = with_memory({}, 2, 2, virtual_pages);
  alone.kernel.cpus = 1;
  alone.layout = layout;
  alone.threads[0] = thread;
  return alone;
}

GupPlan together(Function layout, Function first, Function second) {
  GupPlan both = alone(layout, first);
  both.kernel.cpus = 2;
  both.threads[1] = second;
  return both;
}

void get_slowly() {
  Page* page = nullptr;
  mmap_read_lock(current_mm());
  check(get_user_pages(0, 1, FOLL_WRITE, &page) == 1, "get_user_pages() failed");
  mmap_read_unlock(current_mm());
  check(page_count(page) == 2, "FOLL_GET is one reference");
  put_page(page);
}

void pin_slowly() {
  Page* page = nullptr;
  mmap_read_lock(current_mm());
  check(pin_user_pages(0, 1, FOLL_WRITE, &page) == 1, "pin_user_pages() failed");
  mmap_read_unlock(current_mm());
  check(page_maybe_dma_pinned(page), "FOLL_PIN can be told from references");
  finish_dma(0, &page, 1);
}

void pin_fast() {
  Page* page = nullptr;
  check(pin_user_pages_fast(0, 1, FOLL_WRITE, &page) == 1, "pin_user_pages_fast() failed");
  finish_dma(0, &page, 1);
}

void get_fast() {
  Page* page = nullptr;
  check(get_user_pages_fast(0, 1, FOLL_WRITE, &page) == 1, "get_user_pages_fast() failed");
  put_page(page);
}

TEST(GupPin, TakesAndDropsWhatItSays) {
  EXPECT_EQ(outcome(alone(one_page_mapped, get_slowly)), "holds");
  EXPECT_EQ(outcome(alone(one_page_mapped, pin_slowly)), "holds");
  EXPECT_EQ(outcome(alone(one_page_mapped, get_fast)), "holds");
  EXPECT_EQ(outcome(alone(one_page_mapped, pin_fast)), "holds");
}

TEST(GupPin, FaultsInWhatIsNotThere) {
  const Function nothing_mapped = [] {};
  EXPECT_EQ(outcome(alone(nothing_mapped, pin_slowly)), "holds");
  EXPECT_EQ(outcome(alone(nothing_mapped, pin_fast)), "holds") << "GUP-fast falls back to the slow path";
}

TEST(GupPin, TwoFaultsPinOnePage) {
  EXPECT_EQ(outcome(together([] {}, pin_fast, pin_slowly)), "holds");
}

TEST(GupPin, EndsAtTheEndOfTheAddressSpace) {
  const Function thread = [] {
    Page* pages[3] = {};
    mmap_read_lock(current_mm());
    check(pin_user_pages(0, 3, FOLL_WRITE, pages) == 2, "only two pages are mapped");
    mmap_read_unlock(current_mm());
    unpin_user_pages(pages, 2);
    check(pin_user_pages_fast(1, 2, FOLL_WRITE, pages) == 1, "only one page is left");
    unpin_user_page(pages[0]);
    check(pin_user_pages_fast(2, 1, FOLL_WRITE, pages) == -EFAULT, "no page is left");
  };
  EXPECT_EQ(outcome(alone(two_pages_mapped, thread, 2)), "holds");
}

TEST(GupPin, AllOrNothingForADriver) {
  GupPlan plan = alone(
      two_pages_mapped,
      [] {
        Page* pages[3] = {};
        check(io_pin_pages(0, 3, pages) == -EFAULT, "a part is not enough");
      },
      2);
  plan.gup.longterm_loop = [](MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                              unsigned flags) {
    return __get_user_pages_locked(mm, start, nr_pages, pages, locked, flags);
  };
  EXPECT_EQ(outcome(plan), "holds") << "what was pinned is unpinned again";
}

TEST(GupPin, SlowPathNeedsMmapLock) {
  const Function thread = [] {
    Page* page = nullptr;
    pin_user_pages(0, 1, FOLL_WRITE, &page);
  };
  EXPECT_EQ(outcome(alone(one_page_mapped, thread)), "warn-on");
}

TEST(GupPin, LongtermNeedsPin) {
  const Function thread = [] {
    Page* page = nullptr;
    get_user_pages(0, 1, FOLL_LONGTERM, &page);
  };
  EXPECT_EQ(outcome(alone(one_page_mapped, thread)), "warn-on");
}

// GUP-fast cannot rely on the mapping's reference: it takes one first, then the rest of the bias.
TEST(GupPin, FastPinIsTwoStepsSlowPinIsOne) {
  const Function sees_one_reference = [] { check(page_count(page0()) != 2, "one reference more"); };
  EXPECT_EQ(outcome(together(one_page_mapped, pin_fast, sees_one_reference)), "reached");
  EXPECT_EQ(outcome(together(one_page_mapped, pin_slowly, sees_one_reference)), "holds");
}

TEST(GupPin, FastPathRefusesBeforeOrAfterTheReference) {
  const Function thread = [] {
    Page* page = nullptr;
    check(lockless_pages_from_mm(current_mm(), 0, 1, FOLL_PIN | FOLL_LONGTERM, &page) == 0,
          "ZONE_MOVABLE is not for long");
  };
  const Function sees_one_reference = [] { check(page_count(page0()) == 1, "one reference more"); };
  GupPlan plan = together(one_page_mapped, thread, sees_one_reference);
  EXPECT_EQ(outcome(plan), "holds");
  plan.gup.fast_test = FastTest::after_reference;
  EXPECT_EQ(outcome(plan), "reached");
  EXPECT_EQ(outcome(plan, {"reached"}), "holds");
}

// A walk that finds a migration entry waits for the migration to end and then finds its result.
TEST(GupPin, WaitsForAMigrationEntry) {
  const Function migrate = [] {
    folio_lock(page0());
    pte_lock(current_mm());
    set_pte_at(current_mm(), 0, make_writable_migration_entry(page0()));
    pte_unlock(current_mm());
    pte_lock(current_mm());
    set_pte_at(current_mm(), 0, mk_pte(page0()));
    pte_unlock(current_mm());
    folio_unlock(page0());
  };
  for (const bool takes_reference : {false, true}) {
    GupPlan plan = together(one_page_mapped, migrate, get_slowly);
    plan.kernel.migration_wait_takes_ref = takes_reference;
    EXPECT_EQ(outcome(plan), "holds");
  }
}

TEST(GupPin, ReferenceOfPtraceComesAndGoes) {
  const Function thread = [] { check(access_process_vm(0) == 0, "the page is there"); };
  EXPECT_EQ(outcome(alone(one_page_mapped, thread)), "holds");
  const Function sees_it = [] { check(page_count(page0()) == 1, "one reference more"); };
  EXPECT_EQ(outcome(together(one_page_mapped, thread, sees_it)), "reached");
}

} // namespace

} // namespace gupcheck::tests
