// SPDX-License-Identifier: GPL-2.0-only
//
// The registry of versions: names, and which page each version means by "may be pinned".
#include "model/history/history.hpp"
#include "tests/gup_plan.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gupcheck::tests {

using namespace kernel;

namespace {

TEST(HistoryRegistry, EveryVersionIsFoundByItsId) {
  std::set<std::string> ids;
  std::set<std::string> numbers;
  for (const history::Version* version : history::all()) {
    EXPECT_EQ(history::find(version->id), version);
    EXPECT_NE(version->gup.longterm_loop, nullptr) << version->id;
    ids.insert(version->id);
    numbers.insert(version->number);
  }
  EXPECT_EQ(ids, (std::set<std::string>{"cma-5.10", "seed-v1", "v2", "v2-and", "5.13", "6.1.0", "6.1.13",
                                        "1aaf8c", "517f496"}));
  EXPECT_EQ(numbers, (std::set<std::string>{"V0", "V1", "V2", "V2&", "V6", "V9", "V10", "V13", "V14"}));
}

TEST(HistoryRegistry, UnknownIdIsNotFound) {
  EXPECT_EQ(history::find("6.1"), nullptr);
  EXPECT_EQ(history::find(""), nullptr);
}

// Asks a version's predicates about a page of a kind.
struct MayPin {
  bool slow;
  bool fast;
  bool operator==(const MayPin&) const = default;
};
MayPin answer; // written when the (empty) threads of a program have ended

MayPin may_pin(const char* id, zone_type zone, migratetype type) {
  GupPlan plan;
  plan.kernel = history::find(id)->kernel;
  plan.kernel.add_pages(1, zone, type);
  plan.kernel.virtual_pages = 1;
  plan.kernel.cpus = 1;
  plan.threads = {[] {}};
  plan.after = [] { answer = {config().pinnable(pfn_to_page(0)), config().pinnable_fast(pfn_to_page(0))}; };
  EXPECT_EQ(outcome(plan), "holds");
  return answer;
}

TEST(HistoryRegistry, PredicatesAreThoseOfTheTime) {
  constexpr MayPin both{.slow = true, .fast = true};
  constexpr MayPin neither{.slow = false, .fast = false};
  constexpr MayPin fast_only{.slow = false, .fast = true};

  EXPECT_EQ(may_pin("cma-5.10", ZONE_MOVABLE, MIGRATE_MOVABLE), both);
  EXPECT_EQ(may_pin("seed-v1", ZONE_MOVABLE, MIGRATE_MOVABLE), fast_only);
  EXPECT_EQ(may_pin("v2", ZONE_MOVABLE, MIGRATE_MOVABLE), neither);
  EXPECT_EQ(may_pin("517f496", ZONE_MOVABLE, MIGRATE_MOVABLE), neither);

  EXPECT_EQ(may_pin("cma-5.10", ZONE_NORMAL, MIGRATE_MOVABLE), both);
  EXPECT_EQ(may_pin("seed-v1", ZONE_NORMAL, MIGRATE_MOVABLE), fast_only) << "message 13";
  EXPECT_EQ(may_pin("v2", ZONE_NORMAL, MIGRATE_MOVABLE), both);

  for (const history::Version* version : history::all()) {
    const bool proposal = version == &history::v2_both_tests;
    EXPECT_EQ(may_pin(version->id, ZONE_NORMAL, MIGRATE_CMA), proposal ? both : neither) << version->id;
    EXPECT_EQ(may_pin(version->id, ZONE_MOVABLE, MIGRATE_CMA), neither) << version->id;
    EXPECT_EQ(may_pin(version->id, ZONE_NORMAL, MIGRATE_UNMOVABLE), both) << version->id;
  }

  EXPECT_EQ(may_pin("5.13", ZONE_NORMAL, MIGRATE_ISOLATE), both);
  EXPECT_EQ(may_pin("6.1.0", ZONE_NORMAL, MIGRATE_ISOLATE), neither) << "since 5.19";
}

} // namespace

} // namespace gupcheck::tests
