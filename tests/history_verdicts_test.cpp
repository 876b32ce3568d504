// SPDX-License-Identifier: GPL-2.0-only
//
// What is known about each version of the loop that was posted or released, found again: who returns a page
// that may not be pinned, who corrupts a list, who spins.
#include "model/gup/gup.hpp"
#include "model/gup/move_pages.hpp"
#include "model/gup/promises.hpp"
#include "model/gup/reclaim.hpp"
#include "model/history/history.hpp"
#include "tests/gup_plan.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

namespace gupcheck::tests {

using namespace gup;
using namespace kernel;

namespace {

constexpr engine::Check placement{"placement"}; // a longterm pin of a page that may not be pinned

void require_pinnable(Page** pages, long nr_pages) {
  for (long i = 0; i < nr_pages; ++i)
    engine::require(is_longterm_pinnable_page(pages[i]), placement, "a page is pinned that may not be");
}

template <unsigned Pages> void pin() {
  Page* pages[Pages] = {};
  const long pinned = io_pin_pages(0, Pages, pages);
  if (pinned <= 0) return;
  require_pinnable(pages, pinned);
  finish_dma(0, pages, pinned);
}
void pin_fast() {
  Page* page = nullptr;
  if (pin_user_pages_fast(0, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1) return;
  require_pinnable(&page, 1);
  finish_dma(0, &page, 1);
}
void pin_or_fail() {
  Page* page = nullptr;
  const long pinned = io_pin_pages(0, 1, &page);
  engine::require(pinned == 1, reached, "the pin failed");
  unpin_user_page(page);
}
void move_one() { move_pages(0, 1); }
void reclaim() { shrink_inactive_list(2); }
void touch() { access_process_vm(0); }
void nothing() {}

void one_page() { map_page_on_lru(0, 0); }
void two_pages() {
  map_page_on_lru(0, 0);
  map_page_on_lru(1, 1);
}

struct Scene {
  Function layout = one_page;
  Function first = pin<1>;
  Function second = pin<1>;
  unsigned cpus = 2;
  unsigned movable = 2;
  unsigned normal = 4;
  unsigned virtual_pages = 1;
};

GupPlan scene_under(const char* id, const Scene& scene) {
  const history::Version* version = history::find(id);
  GupPlan plan;
  plan.kernel = with_memory(version->kernel, scene.movable, scene.normal, scene.virtual_pages);
  plan.kernel.cpus = scene.cpus;
  plan.gup = version->gup;
  plan.layout = scene.layout;
  plan.threads = {scene.first, scene.second};
  return plan;
}

using Outcomes = std::map<std::string, std::string>;
Outcomes outcomes(const Scene& scene) {
  Outcomes all;
  for (const char* id : {"cma-5.10", "seed-v1", "v2", "5.13", "6.1.0", "6.1.13", "1aaf8c", "517f496"})
    all[id] = outcome(scene_under(id, scene));
  return all;
}

// Messages 6, 11, 15: two longterm pins of one page. cma-5.10 does not know ZONE_MOVABLE at all.
const Outcomes of_two_isolators{
    {"cma-5.10", "placement"},   {"seed-v1", "placement"}, {"v2", "placement"},     {"5.13", "holds"},
    {"6.1.0", "list-integrity"}, {"6.1.13", "holds"},      {"1aaf8c", "placement"}, {"517f496", "holds"},
};

TEST(HistoryVerdicts, TwoPinsOfOnePage) { EXPECT_EQ(outcomes({}), of_two_isolators); }

TEST(HistoryVerdicts, PinAgainstMovePages) { EXPECT_EQ(outcomes({.second = move_one}), of_two_isolators); }

TEST(HistoryVerdicts, PinAgainstReclaim) { EXPECT_EQ(outcomes({.second = reclaim}), of_two_isolators); }

TEST(HistoryVerdicts, TwoPinsOfTwoPages) {
  const Scene scene{.layout = two_pages, .first = pin<2>, .second = pin<2>, .normal = 6, .virtual_pages = 2};
  EXPECT_EQ(outcomes(scene), of_two_isolators);
}

// The same for the memory that 5.10 does know.
TEST(HistoryVerdicts, TwoPinsOfOneCmaPage) {
  for (const char* id : {"cma-5.10", "seed-v1", "v2", "5.13", "6.1.13", "1aaf8c", "517f496"}) {
    GupPlan plan = scene_under(id, {.movable = 0});
    plan.kernel.page[0].type = MIGRATE_CMA;
    EXPECT_EQ(outcome(plan), of_two_isolators.at(id)) << id;
    plan.kernel.cpus = 1;
    EXPECT_EQ(outcome(plan), "holds") << id;
  }
}

// Nobody in the way: even 6.1.0 comes through, its second round finds what the first one lost.
TEST(HistoryVerdicts, AlonePinsWhatMayBePinned) {
  for (const auto& [id, found] : outcomes({.first = pin_or_fail, .cpus = 1})) EXPECT_EQ(found, "holds") << id;
  for (const auto& [id, found] : outcomes({.first = pin<1>, .cpus = 1}))
    EXPECT_EQ(found, id == "cma-5.10" ? "placement" : "holds") << id;
}

// "something takes care of the gup fast path too?"
TEST(HistoryVerdicts, FastPathOfTheFirstPostingAsksForCmaOnly) {
  for (const auto& [id, found] : outcomes({.first = pin_fast, .cpus = 1}))
    EXPECT_EQ(found, id == "cma-5.10" || id == "seed-v1" ? "placement" : "holds") << id;
}

// "Do get_user_pages without migration": one reference that comes and goes while the page is migrated.
TEST(HistoryVerdicts, FailedMigrationIsSuccessUpToV2) {
  for (const auto& [id, found] : outcomes({.second = touch}))
    EXPECT_EQ(found, id == "cma-5.10" || id == "seed-v1" || id == "v2" ? "placement" : "holds") << id;
}

TEST(HistoryVerdicts, FailedMigrationIsAnErrorSince513) {
  const Scene scene{.first = pin_or_fail, .second = touch};
  for (const char* id : {"5.13", "6.1.13", "1aaf8c", "517f496"})
    EXPECT_EQ(outcome(scene_under(id, scene)), "reached") << id;
  for (const char* id : {"cma-5.10", "seed-v1", "v2"})
    EXPECT_EQ(outcome(scene_under(id, scene)), "holds") << id;
}

TEST(HistoryVerdicts, MigrationThatFindsNoMemory) {
  for (const char* id : {"seed-v1", "v2", "5.13", "6.1.13", "1aaf8c", "517f496"}) {
    GupPlan plan = scene_under(id, {.first = pin<1>, .cpus = 1});
    plan.kernel.alloc_failure = AllocFailure::migration_target;
    const bool returns_the_page = std::string(id) == "seed-v1" || std::string(id) == "v2";
    EXPECT_EQ(outcome(plan), returns_the_page ? "placement" : "holds") << id;
  }
}

// A page that another CPU's batch holds: a drain of all CPUs finds it, whoever else drains.
TEST(HistoryVerdicts, PageInAnotherBatch) {
  const Function in_batch = [] { map_page_in_batch(0, 0, 1); };
  for (const char* id : {"seed-v1", "v2", "5.13", "6.1.13", "1aaf8c", "517f496"})
    EXPECT_EQ(outcome(scene_under(id, {.layout = in_batch, .second = nothing})), "holds") << id;
}

// Message 12. A page that can never be isolated: the versions that never return a bad page spin.
TEST(HistoryVerdicts, PageThatIsNeverOnTheLru) {
  const Scene scene{.layout = [] { map_page_off_lru(0, 0); }, .cpus = 1};
  for (const char* id : {"cma-5.10", "seed-v1", "v2", "1aaf8c"})
    EXPECT_EQ(outcome(scene_under(id, scene)), "placement") << id;
  for (const char* id : {"5.13", "6.1.13", "517f496"})
    EXPECT_EQ(outcome(scene_under(id, scene)), "livelock") << id;
  EXPECT_EQ(outcome(scene_under("6.1.0", scene)), "vm-bug-on") << "it migrates a page that it never isolated";
}

// While another task has the page isolated, a retry waits for it: for ever if that task is never run.
TEST(HistoryVerdicts, RetryNeedsFairness) {
  for (const char* id : {"5.13", "6.1.13", "517f496"}) {
    const GupPlan plan = scene_under(id, {.second = reclaim});
    engine::Options options;
    options.fairness = engine::Fairness::none;
    EXPECT_EQ(explore(plan, options).verdict, engine::Verdict::broken) << id;
    options.fairness = engine::Fairness::strong;
    EXPECT_EQ(explore(plan, options).verdict, engine::Verdict::holds) << id;
  }
}

// Message 13: most of ZONE_NORMAL is MIGRATE_MOVABLE, so the target of the migration is no better than its
// source.
TEST(HistoryVerdicts, FirstPostingNeverAcceptsZoneNormal) {
  for (const history::Version* version : history::all()) {
    GupPlan plan;
    plan.kernel = version->kernel;
    plan.kernel.add_pages(3, ZONE_NORMAL, MIGRATE_MOVABLE);
    plan.kernel.virtual_pages = 1;
    plan.kernel.cpus = 1;
    plan.gup = version->gup;
    plan.layout = one_page;
    plan.threads = {pin_or_fail};
    EXPECT_EQ(outcome(plan), version->id == std::string("seed-v1") ? "livelock" : "holds") << version->id;
  }
}

// "don't pin migrated cma pages in movable zone": cma-5.10 moves the page out of CMA and into ZONE_MOVABLE.
TEST(HistoryVerdicts, MigrationTargetInZoneMovable) {
  for (const char* id : {"cma-5.10", "v2"}) {
    const history::Version* version = history::find(id);
    GupPlan plan;
    plan.kernel = version->kernel;
    plan.kernel.add_pages(1, ZONE_MOVABLE, MIGRATE_CMA);
    plan.kernel.add_pages(1, ZONE_MOVABLE, MIGRATE_MOVABLE);
    plan.kernel.add_pages(2, ZONE_NORMAL, MIGRATE_UNMOVABLE);
    plan.kernel.virtual_pages = 1;
    plan.kernel.cpus = 1;
    plan.gup = version->gup;
    plan.layout = one_page;
    plan.threads = {pin<1>};
    EXPECT_EQ(outcome(plan), version->id == std::string("v2") ? "holds" : "placement");
  }
}

// Message 16, against message 13: it must be ZONE_MOVABLE or CMA, not both.
TEST(HistoryVerdicts, BothTestsAtOnceAreTooWeak) {
  EXPECT_EQ(outcome(scene_under("v2-and", {.cpus = 1})), "placement");
  EXPECT_EQ(outcome(scene_under("v2", {.cpus = 1})), "holds");
}

// The model keeps the engine's rules: run natively at every step it has the same states and transitions.
TEST(HistoryModel, RawAndMemoAgree) {
  for (const char* id : {"5.13", "6.1.13", "517f496"}) {
    const GupPlan plan = scene_under(id, {.second = reclaim});
    engine::Options options;
    options.quotient = options.transactions = options.sleep_sets = options.symmetry = false;
    const engine::Result memo = explore(plan, options);
    options.executor = engine::Executor::raw;
    const engine::Result raw = explore(plan, options);
    EXPECT_EQ(memo.verdict, engine::Verdict::holds) << id;
    EXPECT_EQ(memo.statistics.states, raw.statistics.states) << id;
    EXPECT_EQ(memo.statistics.transitions, raw.statistics.transitions) << id;
    EXPECT_LE(explore(plan).statistics.states, raw.statistics.states) << id;
  }
}

TEST(HistoryMutants, InvertedIsolateTestIsThatOf610) {
  GupPlan plan = scene_under("6.1.13", {});
  plan.kernel.mutant = Mutant::loop_inverted_isolate;
  const engine::Result mutant = explore(plan);
  const engine::Result original = explore(scene_under("6.1.0", {}));
  EXPECT_EQ(outcome(mutant), "list-integrity");
  ASSERT_TRUE(mutant.violation && original.violation);
  EXPECT_EQ(mutant.violation->stem, original.violation->stem);
}

TEST(HistoryMutants, PinsThatAreDroppedTooLateFailTheMigration) {
  GupPlan plan = scene_under("6.1.13", {.first = pin_or_fail, .cpus = 1});
  EXPECT_EQ(outcome(plan), "holds");
  plan.kernel.mutant = Mutant::loop_unpins_late;
  EXPECT_EQ(outcome(plan), "reached");
}

} // namespace

} // namespace gupcheck::tests
