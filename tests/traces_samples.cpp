// SPDX-License-Identifier: GPL-2.0-only
//
// See traces_samples.hpp.
#include "tests/traces_samples.hpp"

namespace gupcheck::tests {

namespace {

using engine::MemoryOrder;
using engine::OperationKind;
using engine::ResultOf;

traces::Value value(std::uint64_t raw, const char* words) { return {.raw = raw, .words = words}; }

traces::Action action(OperationKind kind, ResultOf shows, const char* location, std::uint32_t line,
                      std::vector<std::string> stack) {
  return {.kind = kind,
          .shows = shows,
          .order = MemoryOrder::acq_rel,
          .plain = false,
          .size = 8,
          .location = location,
          .bits = {},
          .operand = {},
          .operand2 = {},
          .where = {.file = "model/kernel/lru.cpp", .line = line, .function = stack.back()},
          .stack = stack};
}

traces::Step test_and_clear(std::uint8_t thread, bool was_set) {
  traces::Step step{.move = {.thread = thread, .choice = 0},
                    .action = action(OperationKind::fetch_and, ResultOf::old_bits, "page[0].flags", 41,
                                     {"thread", "pin_user_pages", "isolate_lru_page", "TestClearPageLRU"}),
                    .before = was_set ? value(0x20, "PG_lru") : value(0, "0"),
                    .after = value(0, "0"),
                    .result = was_set ? value(1, "true") : value(0, "false"),
                    .changed = {}};
  step.action.bits = "PG_lru";
  step.action.operand = value(~std::uint64_t{0x20}, "18446744073709551583");
  if (was_set) step.changed = {{.name = "page[0]", .state = "ref 2"}};
  return step;
}

traces::Step lock() {
  return {.move = {.thread = 0, .choice = 0},
          .action = action(OperationKind::lock, ResultOf::nothing, "lruvec.lru_lock", 57,
                           {"thread", "pin_user_pages", "isolate_lru_page"}),
          .before = value(0, "free"),
          .after = value(1, "T0"),
          .result = {},
          .changed = {}};
}

traces::Step choose() {
  traces::Step step{.move = {.thread = 1, .choice = 2},
                    .action = action(OperationKind::choose, ResultOf::old_value, "", 9, {"thread"}),
                    .before = {},
                    .after = {},
                    .result = value(2, "2"),
                    .changed = {}};
  step.action.size = 0;
  step.action.operand = value(3, "3");
  return step;
}

} // namespace

traces::Counterexample sample() {
  traces::Counterexample trace;
  trace.subject = {
      .scenario = "two-pins", .kernel = "seed-v1", .parameters = {{"pages", "1"}, {"threads", "2"}}};
  trace.semantics.without = {"deadlock"};
  trace.check = "pin-placement";
  trace.message = "a page of ZONE_MOVABLE is returned";
  trace.explanation = "in step 4 T1 found page[0] isolated: T0 had isolated it, from step 1 on";
  trace.shortest = true;
  trace.fewest_switches = true;
  trace.looked_at = {"page[0].flags"};
  trace.threads = {"T0", "T1"};
  trace.initial = {{.name = "page[0]", .state = "ref 2, PG_lru"}};
  trace.stem = {test_and_clear(0, true), lock(), choose(), test_and_clear(1, false)};
  trace.stem[1].matters = false;
  trace.pending.resize(2);
  trace.pending[0].finished = true;
  trace.pending[1].action = lock().action;
  trace.pending[1].last = value(1, "T0");
  return trace;
}

traces::Counterexample sample_with_cycle() {
  traces::Counterexample trace = sample();
  trace.check = "livelock";
  trace.message = "nobody gets on";
  trace.explanation = "";
  trace.shortest = trace.fewest_switches = false;
  trace.looked_at.clear();
  trace.cycle = {trace.stem[2], trace.stem[3]};
  trace.stem.resize(2);
  return trace;
}

} // namespace gupcheck::tests
