// SPDX-License-Identifier: GPL-2.0-only
//
// From a real program to a trace and back: recording, replaying, and noticing when the program has changed.
#include "tests/traces_suites.hpp"
#include "traces/json.hpp"
#include "traces/record.hpp"
#include "traces/replay.hpp"
#include "traces/text.hpp"

#include <gtest/gtest.h>

namespace gupcheck {
namespace {

template <class S> traces::Counterexample counterexample(const engine::Options& options = {}) {
  engine::SuiteProgram<S> program;
  const engine::Result result = engine::explore(program, options);
  EXPECT_EQ(result.verdict, engine::Verdict::broken);
  if (!result.violation) return {};
  return traces::record(program, options, {.scenario = "suite", .kernel = "", .parameters = {}},
                        *result.violation);
}

template <class S> std::string divergence(const traces::Counterexample& trace) {
  engine::SuiteProgram<S> program;
  try {
    traces::replay(program, trace);
  } catch (const traces::Divergence& error) {
    return error.what();
  }
  return {};
}

TEST(Record, SpeaksTheModelsLanguage) {
  const traces::Counterexample trace = counterexample<tests::LostUpdate>();
  EXPECT_EQ(trace.check, "assertion");
  EXPECT_EQ(trace.message, "an update is lost");
  EXPECT_TRUE(trace.shortest);
  ASSERT_EQ(trace.stem.size(), 4U);
  const traces::Step& read = trace.stem[0];
  EXPECT_EQ(read.action.location, "counter");
  EXPECT_TRUE(read.action.plain);
  EXPECT_EQ(read.action.where.file, "tests/traces_suites.hpp");
  EXPECT_EQ(read.action.where.function, "increment");
  ASSERT_GE(read.action.stack.size(), 2U);
  EXPECT_EQ(read.action.stack.back(), "increment");
  EXPECT_EQ(read.before, (traces::Value{.raw = 0, .words = "0"}));
  EXPECT_EQ(trace.initial, (std::vector<traces::PictureLine>{{.name = "counter", .state = "0"}}));
  ASSERT_EQ(trace.pending.size(), 2U);
  EXPECT_TRUE(trace.pending[0].finished);
}

TEST(Record, SaysWhatEachThreadWaitsForInADeadlock) {
  const traces::Counterexample trace = counterexample<tests::OppositeLocks>();
  EXPECT_EQ(trace.check, "deadlock");
  const std::string text = traces::text(trace);
  EXPECT_NE(text.find("T0        waits: lock second (now T1)"), std::string::npos) << text;
  EXPECT_NE(text.find("T1        waits: lock first (now T0)"), std::string::npos) << text;
}

TEST(Record, SplitsAnEndlessRunIntoStemAndCycle) {
  const traces::Counterexample trace = counterexample<tests::AfterYou>();
  EXPECT_EQ(trace.check, "livelock");
  EXPECT_FALSE(trace.cycle.empty());
  EXPECT_NE(traces::text(trace).find("for ever:"), std::string::npos);
}

TEST(Replay, FollowsWhatWasRecordedAfterAWayThroughAFile) {
  const auto check = []<class S>(S*) {
    const traces::Counterexample trace = counterexample<S>();
    engine::SuiteProgram<S> program;
    EXPECT_EQ(traces::replay(program, traces::from_json(traces::to_json(trace), "x")), trace);
  };
  check(static_cast<tests::LostUpdate*>(nullptr));
  check(static_cast<tests::OppositeLocks*>(nullptr));
  check(static_cast<tests::AfterYou*>(nullptr));
}

TEST(Replay, NamesTheFirstOperationThatDiffers) {
  EXPECT_EQ(divergence<tests::AtomicUpdate>(counterexample<tests::LostUpdate>()),
            "step 1 (T0): the trace has `read counter`, the program does `add counter`");
}

TEST(Replay, NamesTheFirstValueThatDiffers) {
  traces::Counterexample trace = counterexample<tests::LostUpdate>();
  trace.stem[2].after->words = "7";
  EXPECT_EQ(divergence<tests::LostUpdate>(trace),
            "step 3 (T" + std::to_string(trace.stem[2].move.thread) +
                "): `write counter`: the trace has the new value 7, the program has 1");
}

TEST(Replay, NamesTheStepThatCannotBeTaken) {
  traces::Counterexample trace = counterexample<tests::OppositeLocks>();
  trace.stem.push_back(trace.stem.back()); // the thread waits by then
  const std::string message = divergence<tests::OppositeLocks>(trace);
  EXPECT_TRUE(message.starts_with("step 3 (")) << message;
}

TEST(Replay, NoticesThatAnotherCheckBreaks) {
  traces::Counterexample trace = counterexample<tests::LostUpdate>();
  trace.check = "refcount";
  EXPECT_EQ(divergence<tests::LostUpdate>(trace),
            "every step is the same, but assertion breaks (an update is lost), not refcount");
}

TEST(Replay, NoticesThatNothingBreaks) {
  traces::Counterexample trace = counterexample<tests::LostUpdate>();
  trace.stem.pop_back();
  EXPECT_EQ(divergence<tests::LostUpdate>(trace), "every step is the same, but assertion does not break");
}

TEST(Replay, FollowsAScheduleThatBreaksNothing) {
  traces::Counterexample trace = counterexample<tests::LostUpdate>();
  trace.check.clear();
  trace.message.clear();
  EXPECT_EQ(divergence<tests::LostUpdate>(trace),
            "every step is the same, but assertion breaks (an update is lost), not nothing");
  trace.stem.pop_back();
  EXPECT_EQ(divergence<tests::LostUpdate>(trace), "");
  EXPECT_EQ(traces::from_json(traces::to_json(trace), "x.json"), trace);
  EXPECT_NE(traces::text(trace).find("broken    nothing\n"), std::string::npos);
  EXPECT_EQ(traces::text(trace).find("BROKEN"), std::string::npos);
}

TEST(Replay, NoticesACycleThatDoesNotClose) {
  traces::Counterexample trace = counterexample<tests::AfterYou>();
  trace.cycle.pop_back();
  EXPECT_EQ(divergence<tests::AfterYou>(trace),
            "every step is the same, but the cycle does not lead back to step " +
                std::to_string(trace.stem.size() + 1));
}

TEST(Replay, NoticesAnotherNumberOfThreads) {
  engine::SuiteProgram<tests::LostUpdate> program(3);
  EXPECT_THROW(traces::replay(program, counterexample<tests::LostUpdate>()), traces::Divergence);
}

} // namespace
} // namespace gupcheck
