// SPDX-License-Identifier: GPL-2.0-only
//
// Deliberate faults in GUP: each is caught, by the promise one would expect.
#include "model/gup/gup.hpp"
#include "model/gup/move_pages.hpp"
#include "model/gup/promises.hpp"
#include "tests/gup_plan.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

using namespace gup;
using namespace kernel;

namespace {

// A pin of a page against its migration.
GupPlan pin_against_migration(Function pin, Mutant mutant) {
  GupPlan plan;
  plan.kernel = with_memory({}, 2, 2);
  plan.kernel.mutant = mutant;
  plan.layout = [] { map_page_on_lru(0, 0); };
  plan.threads = {pin, [] { move_pages(0, 1); }};
  return plan;
}

void pin_fast() {
  Page* page = nullptr;
  if (pin_user_pages_fast(0, 1, FOLL_WRITE, &page) == 1) finish_dma(0, &page, 1);
}

void pin_slowly() {
  Page* page = nullptr;
  mmap_read_lock(current_mm());
  const long pinned = pin_user_pages(0, 1, FOLL_WRITE, &page);
  mmap_read_unlock(current_mm());
  if (pinned == 1) finish_dma(0, &page, 1);
}

TEST(GupMutants, NoneIsClean) {
  EXPECT_EQ(outcome(pin_against_migration(pin_fast, Mutant::none)), "holds");
  EXPECT_EQ(outcome(pin_against_migration(pin_slowly, Mutant::none)), "holds");
}

TEST(GupMutants, ReferenceAfterThePageTableLock) {
  const GupPlan plan = pin_against_migration(pin_slowly, Mutant::gup_get_after_unlock);
  EXPECT_EQ(outcome(plan, {"vm-bug-on", "warn-on"}), "pinned-stays") << "it is not the mapped page any more";
  EXPECT_EQ(outcome(plan, {"vm-bug-on", "warn-on", "pinned-stays"}), "refcount") << "it may be free by then";
}

TEST(GupMutants, FastPathWithoutSecondLook) {
  const GupPlan plan = pin_against_migration(pin_fast, Mutant::gup_fast_without_recheck);
  EXPECT_EQ(outcome(plan, {"vm-bug-on"}), "pinned-stays");
}

TEST(GupMutants, FastPathThatDoesNotAskForZero) {
  EXPECT_EQ(outcome(pin_against_migration(pin_fast, Mutant::gup_fast_plain_get)), "refcount");
}

} // namespace

} // namespace gupcheck::tests
