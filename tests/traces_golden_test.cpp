// SPDX-License-Identifier: GPL-2.0-only
//
// The counterexamples in tests/golden/traces that are made here: those of small suites, one with every kind
// of operation, one with hostile names, one that breaks nothing. What each format makes of them is compared
// by tests/cli/trace_formats.sh.
//
// GUPCHECK_GOLDEN=write writes them anew instead of comparing them.
#include "tests/traces_samples.hpp"
#include "tests/traces_suites.hpp"
#include "traces/json.hpp"
#include "traces/record.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace gupcheck {
namespace {

enum class Kinds { arithmetic, bits, words };

// Each operation that a trace can have, some of them in each part: herd7 cannot do all at once.
template <Kinds Part> struct EveryKind : engine::Suite<EveryKind<Part>, 2> {
  engine::atomic<int> count;
  engine::atomic<int> flags;
  engine::atomic<int> bits;
  engine::atomic<int> word;
  engine::atomic<int> ready;
  engine::var<int> plain;
  engine::spinlock lock;

  void arithmetic() {
    count.add(5);
    count.add(-1, engine::MemoryOrder::release);
    count.fetch_add(2);
    count.sub_and_test(3, engine::MemoryOrder::acquire);
    count.sub_and_test(3);
    count.add_unless(1, 7);
    count.add_unless(1, 1, engine::MemoryOrder::acquire);
    count.load();
  }
  void single_bits() {
    flags.set_bit(0);
    flags.test_and_set_bit(1);
    flags.test_and_clear_bit(1, engine::MemoryOrder::acquire);
    flags.clear_bit(0, engine::MemoryOrder::release);
    flags.lock_bit(2);
    flags.test_bit(2);
    flags.wait_until_bit_clear(3);
  }
  void words() {
    bits.fetch_or(6);
    bits.fetch_and(3);
    bits.test_bit(1);
    word.store(4);
    word.store(5, engine::MemoryOrder::release);
    word.exchange(6, engine::MemoryOrder::relaxed);
    word.compare_and_set(6, 7);
    word.compare_and_set(6, 8, engine::MemoryOrder::acquire);
    word.load();
    word.load(engine::MemoryOrder::acquire);
  }
  void thread(unsigned index) {
    if (index == 1) {
      plain.store(engine::choose(2) == 0 ? 1 : 2);
      ready.store(1, engine::MemoryOrder::release);
      return;
    }
    ready.wait_until_equal(1);
    ready.wait_until_not_equal(2);
    lock.lock();
    plain.store(plain.load() + 1);
    lock.unlock();
    if constexpr (Part == Kinds::arithmetic) arithmetic();
    if constexpr (Part == Kinds::bits) single_bits();
    if constexpr (Part == Kinds::words) words();
    engine::require(false, engine::assertion, "all of them were made");
  }
  void describe(engine::Names& names) const {
    names.add(count, "page._refcount");
    names.add(flags, "flags");
    names.add(bits, "bits");
    names.add(word, "word");
    names.add(ready, "ready");
    names.add(plain, "plain");
    names.add(lock, "lock");
  }
};

template <class S> traces::Counterexample recorded(const char* name) {
  engine::SuiteProgram<S> program;
  const engine::Result result = engine::explore(program, {});
  EXPECT_EQ(result.verdict, engine::Verdict::broken);
  if (!result.violation) return {};
  return traces::record(program, {}, {.scenario = name, .kernel = "", .parameters = {}}, *result.violation);
}

// Every text is of the kind that ends something in one of the formats: strings, comments, markup, labels.
traces::Counterexample hostile() {
  const std::string worst = R"("'\"\\ \N </script><b>&lt;&amp; *) */ (* /* // %n }}{[] Größe 頁 )"
                            "\u200b";
  traces::Counterexample trace = tests::sample();
  trace.subject.scenario = trace.check = worst;
  trace.subject.kernel = "../../etc/passwd";
  trace.message = worst + std::string(300, 'x');
  trace.explanation = worst;
  trace.threads = {"node", "node"};
  trace.initial = {{.name = "#map", .state = worst}};
  const std::vector<std::string> locations{"#meta", "pc", "int", worst + "\\"};
  for (std::size_t i = 0; i < trace.stem.size(); ++i) {
    traces::Step& step = trace.stem[i];
    if (step.action.size != 0) step.action.location = locations[i];
    if (!step.action.bits.empty()) step.action.bits = worst;
    step.action.where = {.file = "</title>" + worst, .line = 1, .function = worst};
    step.action.stack = {"thread", worst, std::string(200, 'f')};
    for (traces::PictureLine& line : step.changed) line.name = "#map";
  }
  trace.looked_at = locations;
  trace.pending[1].action.location = locations[1];
  return trace;
}

// As `gupcheck explore` saves one.
traces::Counterexample unbroken() {
  traces::Counterexample trace = tests::sample();
  trace.check.clear();
  trace.message.clear();
  trace.explanation.clear();
  trace.shortest = trace.fewest_switches = false;
  trace.looked_at.clear();
  return trace;
}

// Two threads throw a ball for ever; what one leaves in a round, the other finds in the next.
traces::Counterexample rounds() {
  traces::Counterexample trace = tests::sample_with_cycle();
  const auto throws = [](std::uint8_t thread, std::uint64_t before, std::uint64_t after) {
    traces::Step step = tests::sample().stem[1];
    step.move.thread = thread;
    step.action.kind = engine::OperationKind::exchange;
    step.action.shows = engine::ResultOf::old_value;
    step.action.location = "ball";
    step.before = step.result = traces::Value{.raw = before, .words = std::to_string(before)};
    step.after = step.action.operand = traces::Value{.raw = after, .words = std::to_string(after)};
    step.matters = true;
    return step;
  };
  trace.stem = {throws(1, 0, 1)};
  trace.cycle = {throws(0, 1, 2), throws(1, 2, 1)};
  for (traces::Pending& pending : trace.pending)
    pending = {.finished = false, .enabled = true, .action = trace.cycle[0].action, .last = {}};
  return trace;
}

// A step on `word`, of four bytes.
traces::Step on_word(std::uint8_t thread, engine::OperationKind kind, engine::ResultOf shows,
                     std::uint64_t operand, std::uint64_t before, std::uint64_t after) {
  traces::Step step = tests::sample().stem[1];
  step.move.thread = thread;
  step.action.kind = kind;
  step.action.shows = shows;
  step.action.order = engine::MemoryOrder::relaxed;
  step.action.size = 4;
  step.action.location = "word";
  step.action.operand = {.raw = operand, .words = std::to_string(operand)};
  step.before = traces::Value{.raw = before, .words = std::to_string(before)};
  step.after = traces::Value{.raw = after, .words = std::to_string(after)};
  if (shows == engine::ResultOf::old_value) step.result = step.before;
  step.matters = true;
  return step;
}

// C reads all of a word of which the others set bits. Step 2 does not matter, but without it C does not
// see 12.
traces::Counterexample bits_and_value() {
  using engine::OperationKind;
  using engine::ResultOf;
  traces::Counterexample trace = unbroken();
  trace.check = "assertion";
  trace.message = "C has seen 12";
  trace.threads = {"A", "B", "C"};
  trace.stem = {on_word(2, OperationKind::load, ResultOf::old_value, 0, 0, 0),
                on_word(0, OperationKind::fetch_or, ResultOf::nothing, 4, 0, 4),
                on_word(1, OperationKind::fetch_or, ResultOf::nothing, 8, 4, 12),
                on_word(2, OperationKind::fetch_or, ResultOf::old_value, 1, 12, 13)};
  trace.stem[1].matters = false;
  trace.pending.assign(3, traces::Pending{.finished = true, .enabled = false, .action = {}, .last = {}});
  trace.pending[2].finished = false;
  trace.pending[2].action = trace.stem[3].action;
  trace.pending[2].action.kind = OperationKind::failed;
  trace.pending[2].action.size = 0;
  trace.pending[2].action.location.clear();
  return trace;
}

// T0 sets a word and clears it for ever; T1 waits for it each time, at first from the stem on; T2 waits for
// it, too, and never gets on.
traces::Counterexample waiting_rounds() {
  using engine::OperationKind;
  using engine::ResultOf;
  traces::Counterexample trace = rounds();
  const std::uint64_t all = 0xffffffff;
  trace.semantics.fairness = engine::Fairness::weak;
  trace.threads = {"T0", "T1", "T2"};
  trace.stem = {on_word(1, OperationKind::load, ResultOf::nothing, 0, 0, 0)};
  trace.cycle = {on_word(0, OperationKind::store, ResultOf::nothing, 1, 0, 1),
                 on_word(1, OperationKind::wait_equal, ResultOf::nothing, all, 1, 1),
                 on_word(0, OperationKind::store, ResultOf::nothing, 0, 1, 0)};
  trace.cycle[1].action.operand2 = {.raw = 1, .words = "1"};
  const traces::Pending waits{.finished = false,
                              .enabled = false,
                              .action = trace.cycle[1].action,
                              .last = traces::Value{.raw = 0, .words = "0"}};
  trace.pending = {waits, waits, waits};
  trace.pending[0].enabled = true;
  trace.pending[0].action = trace.cycle[0].action;
  return trace;
}

void expect_golden(const std::string& name, const traces::Counterexample& trace) {
  const std::string path = GUPCHECK_SOURCE_ROOT "/tests/golden/traces/" + name + ".json";
  const char* mode = std::getenv("GUPCHECK_GOLDEN");
  const std::string text = traces::to_json(trace);
  EXPECT_EQ(traces::to_json(traces::from_json(text, path)), text);
  if (mode != nullptr && std::string(mode) == "write") {
    std::ofstream(path) << text;
    return;
  }
  std::stringstream stored;
  stored << std::ifstream(path).rdbuf();
  EXPECT_EQ(stored.str(), text) << path << ": GUPCHECK_GOLDEN=write writes it anew";
}

TEST(Golden, TracesOfSuites) {
  expect_golden("deadlock", recorded<tests::OppositeLocks>("opposite-locks"));
  expect_golden("livelock", recorded<tests::AfterYou>("after-you"));
  expect_golden("kinds-arithmetic", recorded<EveryKind<Kinds::arithmetic>>("arithmetic"));
  expect_golden("kinds-bits", recorded<EveryKind<Kinds::bits>>("bits"));
  expect_golden("kinds-words", recorded<EveryKind<Kinds::words>>("words"));
}

TEST(Golden, TracesMadeByHand) {
  expect_golden("hostile", hostile());
  expect_golden("sample-cycle", tests::sample_with_cycle());
  expect_golden("unbroken", unbroken());
  expect_golden("rounds", rounds());
  expect_golden("waiting-rounds", waiting_rounds());
  expect_golden("bits-and-value", bits_and_value());
}

} // namespace
} // namespace gupcheck
