// SPDX-License-Identifier: GPL-2.0-only
//
// Where two executions part: what is common, what another program does on a schedule, and what a reader is
// told of it.
#include "tests/traces_samples.hpp"
#include "tests/traces_suites.hpp"
#include "traces/align.hpp"
#include "traces/diff.hpp"
#include "traces/record.hpp"
#include "traces/text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace gupcheck {
namespace {

using traces::CommonElements;
using traces::DiffSide;
using traces::Ending;

CommonElements common(const std::string& a, const std::string& b) {
  const auto letters = [](const std::string& text) {
    std::vector<std::string> list;
    for (const char c : text) list.emplace_back(1, c);
    return list;
  };
  return traces::align(letters(a), letters(b));
}

TEST(Align, BridgesWhatOnlyOneSideHas) {
  EXPECT_EQ(common("abc", "abc"), (CommonElements{{0, 0}, {1, 1}, {2, 2}}));
  EXPECT_EQ(common("abc", "axbc"), (CommonElements{{0, 0}, {1, 2}, {2, 3}}));
  EXPECT_EQ(common("axbc", "abc"), (CommonElements{{0, 0}, {2, 1}, {3, 2}}));
  EXPECT_EQ(common("axbcd", "aybcd"), (CommonElements{{0, 0}, {2, 2}, {3, 3}, {4, 4}}));
}

TEST(Align, WhatComesAgainMuchLaterIsNotTheSame) {
  EXPECT_EQ(common("abz", "abccccccccz"), (CommonElements{{0, 0}, {1, 1}}));
  EXPECT_EQ(common("", "abc"), CommonElements());
  EXPECT_EQ(common("abc", "xyz"), CommonElements());
}

TEST(Align, LongSequencesTakeTheirTimeOnlyWhereTheyDiffer) {
  std::vector<std::string> a(50'000, "x");
  std::vector<std::string> b = a;
  for (std::size_t i = 999; i < a.size(); i += 1000) a[i] = "only in a";
  b.insert(b.begin() + 25'000, "only in b");
  EXPECT_EQ(traces::align(a, b).size(), a.size() - 50);
}

template <class S> traces::Counterexample counterexample() {
  engine::SuiteProgram<S> program;
  const engine::Result result = engine::explore(program, {});
  EXPECT_TRUE(result.violation.has_value());
  return traces::record(program, {}, {.scenario = "suite", .kernel = "a", .parameters = {}},
                        *result.violation);
}

template <class S> DiffSide guided(const traces::Counterexample& along) {
  engine::SuiteProgram<S> program;
  traces::Guided found = traces::guide(program, along);
  return {.name = "b", .trace = std::move(found.trace), .guided = found.guided, .ending = found.ending};
}

// LostUpdate with a read too many, which changes nothing.
struct OneReadMore : engine::Suite<OneReadMore, 2> {
  engine::var<int> counter;
  engine::atomic<int> other;

  void thread(unsigned) {
    (void)other.load();
    const int seen = counter.load();
    counter.store(seen + 1);
  }
  void after() { engine::require(counter.load() == 2, engine::assertion, "an update is lost"); }
  void describe(engine::Names& names) const {
    names.add(counter, "counter");
    names.add(other, "other");
  }
};

// LostUpdate under a lock.
struct LockedUpdate : engine::Suite<LockedUpdate, 2> {
  engine::var<int> counter;
  engine::spinlock lock;

  void thread(unsigned) {
    lock.lock();
    const int seen = counter.load();
    counter.store(seen + 1);
    lock.unlock();
  }
  void after() { engine::require(counter.load() == 2, engine::assertion, "an update is lost"); }
  void describe(engine::Names& names) const {
    names.add(counter, "counter");
    names.add(lock, "lock");
  }
};

TEST(Diff, AProgramDoesOnItsOwnScheduleWhatItDid) {
  const auto check = []<class S>(S*) {
    const traces::Counterexample trace = counterexample<S>();
    const traces::TraceDiff diff = traces::diff({.name = "a", .trace = trace}, guided<S>(trace));
    EXPECT_TRUE(diff.is_same()) << traces::text(diff, {});
    EXPECT_EQ(diff.b.trace.stem, trace.stem);
    EXPECT_EQ(diff.b.trace.cycle, trace.cycle);
    EXPECT_EQ(diff.b.trace.pending, trace.pending);
    EXPECT_EQ(diff.b.trace.check, trace.check);
    EXPECT_NE(traces::text(diff, {}).find("and the same comes of it"), std::string::npos);
  };
  check(static_cast<tests::LostUpdate*>(nullptr));
  check(static_cast<tests::OppositeLocks*>(nullptr));
  check(static_cast<tests::AfterYou*>(nullptr));
}

TEST(Diff, AHarmlessStepMoreIsADifferenceButNoParting) {
  const traces::Counterexample trace = counterexample<tests::LostUpdate>();
  const traces::TraceDiff diff = traces::diff({.name = "a", .trace = trace}, guided<OneReadMore>(trace));
  EXPECT_EQ(diff.first, 0U);
  EXPECT_FALSE(diff.parting.has_value()) << traces::text(diff, {});
  EXPECT_FALSE(diff.schedules_part);
  EXPECT_EQ(diff.b.ending, Ending::broken);
  EXPECT_EQ(diff.b.trace.check, "assertion");
  EXPECT_NE(traces::text(diff, {}).find("part      never"), std::string::npos) << traces::text(diff, {});
}

TEST(Diff, AFixPartsTheWaysWhereItTakesEffect) {
  const traces::Counterexample trace = counterexample<tests::LostUpdate>();
  const traces::TraceDiff diff = traces::diff({.name = "a", .trace = trace}, guided<LockedUpdate>(trace));
  EXPECT_TRUE(diff.parting.has_value());
  EXPECT_EQ(diff.b.ending, Ending::finished);
  EXPECT_EQ(diff.b.trace.check, "");
  const std::string text = traces::text(diff, {});
  EXPECT_NE(text.find("lock lock"), std::string::npos) << text;
  EXPECT_NE(text.find("B ends    nothing breaks, every thread has finished"), std::string::npos) << text;
}

TEST(Diff, AnotherOperationIsWhereTheyPart) {
  const traces::Counterexample trace = counterexample<tests::LostUpdate>();
  const traces::TraceDiff diff =
      traces::diff({.name = "a", .trace = trace}, guided<tests::AtomicUpdate>(trace));
  EXPECT_EQ(diff.first, 0U);
  EXPECT_EQ(diff.parting, 0U);
  EXPECT_EQ(diff.b.ending, Ending::finished);
}

TEST(Diff, AThreadThatWaitsForEverIsSeenToGoRound) {
  struct Spin : engine::Suite<Spin, 2> {
    engine::var<int> counter;
    void thread(unsigned) {
      while (counter.load() == 0) {
      }
    }
    void describe(engine::Names& names) const { names.add(counter, "counter"); }
  };
  const DiffSide side = guided<Spin>(counterexample<tests::LostUpdate>());
  EXPECT_EQ(side.ending, Ending::endless);
  EXPECT_LT(side.trace.stem.size(), 20U);
}

TEST(Diff, StoredTracesPartInTheValueTheOperationOrTheSchedule) {
  const DiffSide sample{.name = "a", .trace = tests::sample()};
  EXPECT_TRUE(traces::diff(sample, sample).is_same());

  DiffSide other = sample;
  other.trace.stem[1].after->words = "T1";
  traces::TraceDiff diff = traces::diff(sample, other);
  EXPECT_EQ(diff.first, 1U);
  EXPECT_EQ(diff.rows[1].differs, traces::StepPart::new_value);
  EXPECT_FALSE(diff.schedules_part);
  EXPECT_FALSE(diff.parting.has_value());

  other = sample;
  std::swap(other.trace.stem[1], other.trace.stem[2]);
  diff = traces::diff(sample, other);
  EXPECT_TRUE(diff.schedules_part);
  EXPECT_NE(traces::text(diff, {}).find("it is the schedule that parts"), std::string::npos);

  other = sample;
  other.trace.stem[2].move.choice = 1;
  other.trace.stem[2].result->words = "1";
  EXPECT_TRUE(traces::diff(sample, other).schedules_part);

  other = sample;
  other.trace.check = "refcount";
  diff = traces::diff(sample, other);
  EXPECT_FALSE(diff.first.has_value());
  EXPECT_EQ(diff.parting, diff.rows.size());
}

TEST(Diff, EveryStepIsInOneRow) {
  const traces::Counterexample trace = counterexample<tests::LostUpdate>();
  const traces::TraceDiff diff = traces::diff({.name = "a", .trace = trace}, guided<LockedUpdate>(trace));
  std::size_t a = 0;
  std::size_t b = 0;
  for (const traces::DiffRow& row : diff.rows) {
    EXPECT_TRUE(row.a || row.b);
    if (row.a) {
      EXPECT_EQ(*row.a, a++);
    }
    if (row.b) {
      EXPECT_EQ(*row.b, b++);
    }
  }
  EXPECT_EQ(a, diff.a.size());
  EXPECT_EQ(b, diff.b.size());
  const nlohmann::json json = nlohmann::json::parse(traces::to_json(diff));
  EXPECT_EQ(json["rows"].size(), diff.rows.size());
  EXPECT_EQ(json["b"]["trace"]["stem"].size(), b);
  EXPECT_EQ(json["b"]["ending"], "finished");
}

TEST(Diff, WhatCannotBeComparedIsRefused) {
  const DiffSide sample{.name = "a", .trace = tests::sample()};
  DiffSide other = sample;
  other.trace.subject.scenario = "another";
  EXPECT_THROW(traces::diff(sample, other), std::runtime_error);
  other = sample;
  other.trace.threads.emplace_back("T2");
  EXPECT_THROW(traces::diff(sample, other), std::runtime_error);
}

} // namespace
} // namespace gupcheck
