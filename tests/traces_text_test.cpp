// SPDX-License-Identifier: GPL-2.0-only
//
// What a reader sees: golden texts, and the limits that every text keeps.
#include "model/engine/function_name.hpp"
#include "tests/traces_samples.hpp"
#include "traces/call_context.hpp"
#include "traces/lanes.hpp"
#include "traces/text.hpp"
#include "traces/wording.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace gupcheck {
namespace {

TEST(Text, IsWhatAMailShouldSay) {
  EXPECT_EQ(traces::text(tests::sample()), R"(broken    pin-placement: a page of ZONE_MOVABLE is returned
in        two-pins, kernel seed-v1, pages 1, threads 2, memory sc, fairness strong, locks unfair,
          without deadlock
how       in step 4 T1 found page[0] isolated: T0 had isolated it, from step 1 on
by        4 steps with 1 context switch; no schedule is shorter, none as short has fewer switches
          (.. 1 step is without influence on it: --unfold shows them)

at first  page[0]: ref 2, PG_lru

step  T0                                        T1
      pin_user_pages > isolate_lru_page         |
   1    TestClearPageLRU: test_and_clear page[0].flags PG_lru: was set
            => page[0]: ref 2                   |
  ..    1 step                                  |
   3  |                                           choose 2 of 0..2
      |                                         pin_user_pages > isolate_lru_page
   4  |                                           TestClearPageLRU: test_and_clear page[0].flags
      |                                             PG_lru: was clear

BROKEN    pin-placement: a page of ZONE_MOVABLE is returned
          with step 4 of T1, at model/kernel/lru.cpp:41 in pin_user_pages > isolate_lru_page >
          TestClearPageLRU
T0        has finished
T1        waits: lock lruvec.lru_lock (now T0), at model/kernel/lru.cpp:57 in pin_user_pages >
          isolate_lru_page
)");
}

TEST(Text, UnfoldsOnRequest) {
  const std::string text = traces::text(tests::sample(), {.unfold = true});
  EXPECT_NE(text.find("   2    lock lruvec.lru_lock"), std::string::npos) << text;
  EXPECT_EQ(text.find(".."), text.find("..2")) << text; // choose 2 of 0..2
}

TEST(Text, ShowsTheRepeatedPartOfACycle) {
  EXPECT_EQ(traces::text(tests::sample_with_cycle(), {.unfold = true}), R"(broken    livelock: nobody gets on
in        two-pins, kernel seed-v1, pages 1, threads 2, memory sc, fairness strong, locks unfair,
          without deadlock
by        2 steps, then 2 steps that can repeat for ever

at first  page[0]: ref 2, PG_lru

step  T0                                        T1
      pin_user_pages > isolate_lru_page         |
   1    TestClearPageLRU: test_and_clear page[0].flags PG_lru: was set
            => page[0]: ref 2                   |
   2    lock lruvec.lru_lock                    |
----- for ever: ------------------------------------------------------------------------------------
   3  |                                           choose 2 of 0..2
      |                                         pin_user_pages > isolate_lru_page
   4  |                                           TestClearPageLRU: test_and_clear page[0].flags
      |                                             PG_lru: was clear
----- and again from step 3 ------------------------------------------------------------------------

BROKEN    livelock: nobody gets on
T0        has finished
T1        waits: lock lruvec.lru_lock (now T0), at model/kernel/lru.cpp:57 in pin_user_pages >
          isolate_lru_page
)");
}

TEST(Text, KeepsToItsColumnsWithAnyNumberOfThreads) {
  for (std::size_t threads = 1; threads <= engine::max_threads; ++threads) {
    traces::Counterexample trace = tests::sample();
    trace.threads.clear();
    trace.stem.clear();
    trace.pending.clear();
    for (std::size_t thread = 0; thread < threads; ++thread) {
      trace.threads.push_back("T" + std::to_string(thread));
      for (traces::Step step : tests::sample().stem) {
        step.move.thread = static_cast<std::uint8_t>(thread);
        trace.stem.push_back(step);
      }
    }
    trace.message = std::string(30, 'x') +
                    " a long message, with so many words that it cannot fit into one line of a mail";
    std::istringstream lines(traces::text(trace));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), 100U) << line;
      EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
      EXPECT_EQ(line.find('\x1b'), std::string::npos);
    }
  }
}

TEST(Text, NamesTheThreadOfEachStepWhenThereAreTooManyForLanes) {
  traces::Counterexample trace = tests::sample();
  for (const char* name : {"T2", "T3", "T4"}) trace.threads.emplace_back(name);
  EXPECT_NE(traces::text(trace).find("   3  T1   choose 2 of 0..2\n"), std::string::npos)
      << traces::text(trace);
}

TEST(Text, HasColourOnlyWhenAsked) {
  EXPECT_NE(traces::text(tests::sample(), {.colour = true}).find('\x1b'), std::string::npos);
  EXPECT_EQ(traces::text(tests::sample()).find('\x1b'), std::string::npos);
}

TEST(Text, SurvivesATraceWithoutSteps) {
  traces::Counterexample trace;
  trace.check = "assertion";
  trace.message = "wrong from the start";
  trace.threads = {"T0"};
  EXPECT_NE(traces::text(trace).find("before the first step"), std::string::npos);
}

TEST(FunctionName, IsWhatAReaderCallsIt) {
  const auto name = engine::short_function_name;
  EXPECT_EQ(name("bool gupcheck::kernel::folio_isolate_lru(gupcheck::kernel::Page*)"), "folio_isolate_lru");
  EXPECT_EQ(name("void {anonymous}::run(std::vector<int, std::allocator<int> >) const"), "run");
  EXPECT_EQ(name("void gupcheck::Loop<A, B<C> >::step(int) [with A = int; B = char]"), "step");
  EXPECT_EQ(name("gupcheck::Page* gupcheck::page_of(unsigned)"), "page_of");
  EXPECT_EQ(name("main"), "main");
  EXPECT_EQ(name(""), "");
}

TEST(CallContext, HelpersLabelTheirStepInsteadOfBeingAnnounced) {
  const std::vector<std::string> get{"thread", "pin", "folio_get", "atomic_inc"};
  const std::vector<std::string> put{"thread", "pin", "folio_put"};
  const auto contexts = traces::call_contexts({&get, &put});
  EXPECT_EQ(contexts[0].depth, 3U); // what folio_get() calls is the step, so the call itself is announced
  EXPECT_EQ(contexts[0].label, "atomic_inc");
  EXPECT_EQ(contexts[1].label, "folio_put");
  EXPECT_EQ(traces::announce({}, 0, get, 2), "pin");
  EXPECT_EQ(traces::announce(get, 2, put, 2), "");
  EXPECT_EQ(traces::announce(get, 2, put, 3), "pin > folio_put");
  EXPECT_EQ(traces::announce(get, 3, put, 2), "back in pin");
}

TEST(Wrap, BreaksAtBlanksAndLosesNothing) {
  EXPECT_EQ(traces::wrap("a bb ccc", 4), (std::vector<std::string>{"a bb", "ccc"}));
  EXPECT_EQ(traces::wrap("abcdefgh i", 4), (std::vector<std::string>{"abcdefgh", "i"}));
  EXPECT_EQ(traces::wrap("", 4), (std::vector<std::string>{""}));
}

TEST(Wording, SaysWhatFailed) {
  traces::Step step = tests::sample().stem[0];
  step.action.kind = engine::OperationKind::compare_exchange;
  step.action.shows = engine::ResultOf::success;
  step.action.bits.clear();
  step.action.operand = {.raw = 1, .words = "1"};
  step.before = step.after = traces::Value{.raw = 3, .words = "3"};
  step.result = traces::Value{.raw = 0, .words = "false"};
  EXPECT_EQ(traces::words(step), "cmpxchg page[0].flags: fails, is 3, not 1");
  step.action.kind = engine::OperationKind::add_unless;
  step.action.operand2 = {.raw = 3, .words = "3"};
  EXPECT_EQ(traces::words(step), "add_unless page[0].flags: fails, is 3");
}

TEST(Wording, CallsANegativeAddASub) {
  traces::Action action = tests::sample().stem[0].action;
  action.kind = engine::OperationKind::fetch_add;
  action.shows = engine::ResultOf::new_is_zero;
  action.bits.clear();
  action.size = 4;
  action.operand.raw = 0xffff'ffff;
  EXPECT_EQ(traces::words(action), "sub_and_test page[0].flags");
}

} // namespace
} // namespace gupcheck
