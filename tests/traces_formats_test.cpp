// SPDX-License-Identifier: GPL-2.0-only
//
// What the formats are made of: when threads wait, which edges of a graph are left out, which steps a litmus
// test takes and what it refuses, and texts that DOT must not understand.
#include "tests/traces_samples.hpp"
#include "traces/dependence.hpp"
#include "traces/dot.hpp"
#include "traces/dot_text.hpp"
#include "traces/itf.hpp"
#include "traces/litmus.hpp"
#include "traces/litmus_steps.hpp"
#include "traces/perfetto.hpp"
#include "traces/reduction.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

namespace gupcheck {
namespace {

using engine::OperationKind;
using Edges = std::vector<traces::OrderEdge>;

// A step on an 8-byte location.
traces::Step step(std::uint8_t thread, OperationKind kind, const char* location, std::uint64_t before,
                  std::uint64_t after) {
  traces::Step made = tests::sample().stem[1];
  made.move.thread = thread;
  made.action.kind = kind;
  made.action.location = location;
  made.before = traces::Value{.raw = before, .words = std::to_string(before)};
  made.after = traces::Value{.raw = after, .words = std::to_string(after)};
  made.action.operand = *made.after;
  return made;
}

// T1 waits for the lock that T0 holds, from its own step on.
traces::Counterexample with_a_wait() {
  traces::Counterexample trace = tests::sample();
  trace.looked_at.clear();
  trace.stem = {step(0, OperationKind::lock, "l", 0, 1), step(1, OperationKind::store, "x", 0, 1),
                step(0, OperationKind::store, "y", 0, 1), step(0, OperationKind::unlock, "l", 1, 0),
                step(1, OperationKind::lock, "l", 0, 2)};
  trace.pending[1].finished = true;
  return trace;
}

TEST(Waits, FromTheOwnStepOrTheOneThatBarsTheWay) {
  traces::Counterexample trace = with_a_wait();
  EXPECT_EQ(traces::waits(trace), (std::vector<traces::Wait>{{.thread = 1, .since = 1, .until = 3}}));
  std::swap(trace.stem[0], trace.stem[1]); // T1 is there first, and waits once T0 has the lock
  EXPECT_EQ(traces::waits(trace), (std::vector<traces::Wait>{{.thread = 1, .since = 1, .until = 3}}));
  trace.stem.resize(3);
  trace.pending[1] = {.finished = false,
                      .enabled = false,
                      .action = step(1, OperationKind::lock, "l", 0, 2).action,
                      .last = {}};
  EXPECT_EQ(traces::waits(trace),
            (std::vector<traces::Wait>{{.thread = 1, .since = 1, .until = std::nullopt}}));
}

TEST(Perfetto, AWaitLastsUntilTheStepThatEndsIt) {
  const std::string timeline = traces::perfetto(with_a_wait());
  EXPECT_NE(timeline.find(R"("ts":296,"pid":1,"tid":2,"cat":"wait","name":"waits: lock l","dur":194)"),
            std::string::npos)
      << timeline;
}

TEST(Reduction, LeavesOutWhatFollows) {
  const Edges program{{0, 1}, {1, 4}, {2, 3}, {3, 5}};
  EXPECT_EQ(traces::irredundant(6, program, {{0, 3}, {1, 3}, {1, 5}}), (std::set<traces::OrderEdge>{{1, 3}}));
  EXPECT_EQ(traces::irredundant(6, program, {{0, 2}, {4, 5}}), (std::set<traces::OrderEdge>{{0, 2}, {4, 5}}));
  EXPECT_TRUE(traces::irredundant(6, program, {}).empty());
}

TEST(Dot, ShowsTextAsItIs) {
  EXPECT_EQ(traces::dot_quoted(traces::dot_plain(R"(a"b\N&lt;)")), R"("a\"b\\N&amp;lt;")");
  EXPECT_EQ(traces::dot_label("one two", 3), "one\\ltwo\\l");
  EXPECT_EQ(traces::dot_label(std::string(5, 'x'), 2), "xxxx\\lx\\l");
  EXPECT_EQ(traces::dot_label("aaa\u00e4b", 2), "aaa\u00e4\\lb\\l"); // not within a character
}

TEST(Litmus, TakesTheLocksAroundWhatMattersAndWhatItBuildsOn) {
  traces::Counterexample trace = with_a_wait();
  for (traces::Step& made : trace.stem) made.matters = false;
  trace.stem[2].matters = true;
  EXPECT_EQ(traces::litmus_steps(trace, false), (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_EQ(traces::litmus_steps(trace, true), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  trace.looked_at = {"x"};
  EXPECT_EQ(traces::litmus_steps(trace, false), (std::vector<std::size_t>{0, 1, 2, 3}));
}

// x is written as a whole, so that what T1 waits for at the end is all of x, not the bit that it is about.
TEST(Litmus, TakesWhatMadeTheValueThatAThreadWaitsAtForEver) {
  traces::Counterexample trace = with_a_wait();
  trace.stem = {step(0, OperationKind::exchange, "x", 0, 1), step(0, OperationKind::fetch_or, "x", 1, 5)};
  trace.stem[1].action.operand.raw = 4;
  trace.stem[0].matters = true;
  trace.pending[0] = {.finished = true, .enabled = false, .action = {}, .last = {}};
  trace.pending[1] = {.finished = false,
                      .enabled = false,
                      .action = step(1, OperationKind::lock_bits, "x", 0, 0).action,
                      .last = trace.stem[1].after};
  trace.pending[1].action.operand.raw = 1;
  EXPECT_EQ(traces::litmus_steps(trace, false), (std::vector<std::size_t>{0, 1}));
  const std::string test = traces::litmus(trace);
  EXPECT_NE(test.find("1:r0=5"), std::string::npos) << test;
}

// herd makes no steps but those of the test.
TEST(Litmus, AsksForWhatItsOwnStepsLeave) {
  traces::Counterexample trace = with_a_wait();
  trace.stem = {step(0, OperationKind::store, "x", 0, 1), step(1, OperationKind::store, "x", 1, 2)};
  trace.stem[0].matters = true;
  const std::string test = traces::litmus(trace);
  EXPECT_TRUE(test.ends_with("exists (x=1)\n")) << test;
  trace.stem.push_back(step(0, OperationKind::fetch_add, "x", 2, 3)); // to the 2 that is not in the test
  trace.stem[2].matters = true;
  EXPECT_EQ(traces::litmus_steps(trace, false), (std::vector<std::size_t>{0, 2}));
  EXPECT_TRUE(traces::litmus(trace).ends_with("exists (true)\n")) << traces::litmus(trace);
}

TEST(Litmus, ASequentiallyConsistentLoadIsAnAcquireAfterAFence) {
  traces::Counterexample trace = with_a_wait();
  trace.stem = {step(0, OperationKind::load, "x", 0, 0), step(0, OperationKind::load, "y", 0, 0)};
  for (traces::Step& made : trace.stem) {
    made.matters = true;
    made.action.order = engine::MemoryOrder::seq_cst;
  }
  trace.stem[1].action.plain = true;
  const std::string test = traces::litmus(trace);
  EXPECT_NE(test.find("\tsmp_mb();\n\tr0 = smp_load_acquire(x);\n"), std::string::npos) << test;
  EXPECT_NE(test.find("\tr1 = *y;\n"), std::string::npos) << test;
}

TEST(Litmus, ThatOnlyTakesLocksHasNothingToAskFor) {
  traces::Counterexample trace = with_a_wait();
  trace.stem = {trace.stem[0], trace.stem[3]};
  const std::string test = traces::litmus(trace, {.unfold = true, .max_steps = 2});
  EXPECT_TRUE(test.ends_with("exists (true)\n")) << test;
}

// Files may be made up: values are missing, and operations are on what cannot have them.
TEST(Litmus, LeavesOutWhatMakesNoSense) {
  traces::Counterexample trace = with_a_wait();
  trace.stem.push_back(trace.stem[1]);
  trace.stem[5].before.reset();
  trace.stem.push_back(step(0, OperationKind::enqueue, "x", 1, 2));
  trace.stem.push_back(step(0, OperationKind::failed, "x", 2, 2));
  const std::string test = traces::litmus(trace, {.unfold = true, .max_steps = 10});
  std::size_t left_out = 0;
  for (std::size_t at = 0; (at = test.find("// left out", at)) != std::string::npos; ++at) ++left_out;
  EXPECT_EQ(left_out, 3U) << test;
}

TEST(Itf, TakesATraceWithoutSomeValues) {
  traces::Counterexample trace = with_a_wait();
  trace.stem[1].before.reset();
  EXPECT_EQ(traces::itf(trace).find("\"x\""), std::string::npos);
  trace.stem[1].after.reset();
  EXPECT_NO_THROW(traces::itf(trace));
}

TEST(Formats, RefuseWhatNobodyCouldLookAt) {
  traces::Counterexample trace = tests::sample();
  trace.stem.resize(traces::max_dot_nodes + 2, trace.stem[0]); // one of them does not matter
  EXPECT_THROW(traces::dot(trace), std::runtime_error);
  for (traces::Step& made : trace.stem) made.matters = false;
  EXPECT_NO_THROW(traces::dot(trace)); // there is hardly anything to draw
  EXPECT_THROW(traces::dot(trace, {.unfold = true}), std::runtime_error);
  trace.stem.resize(traces::max_dot_steps + 1, trace.stem[0]);
  EXPECT_THROW(traces::dot(trace), std::runtime_error);
  EXPECT_THROW(traces::perfetto(trace), std::runtime_error);
  EXPECT_NO_THROW(traces::itf(trace)); // few locations
  for (std::size_t i = 0; i < trace.stem.size(); ++i) {
    trace.stem[i].action.location = std::to_string(i);
    trace.stem[i].before = traces::Value{.raw = 0, .words = std::string(500, 'x')};
  }
  EXPECT_THROW(traces::itf(trace), std::runtime_error);
}

TEST(Litmus, RefusesWhatIsTooLongOrHasNoStep) {
  EXPECT_THROW(traces::litmus(tests::sample(), {.unfold = false, .max_steps = 2}), std::runtime_error);
  EXPECT_NO_THROW(traces::litmus(tests::sample(), {.unfold = false, .max_steps = 3}));
  traces::Counterexample trace = tests::sample();
  trace.stem = {trace.stem[2]}; // a choice only
  EXPECT_THROW(traces::litmus(trace), std::runtime_error);
  trace.stem.clear();
  EXPECT_THROW(traces::litmus(trace), std::runtime_error);
}

} // namespace
} // namespace gupcheck
