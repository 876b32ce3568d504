// SPDX-License-Identifier: GPL-2.0-only
//
// Random programs that keep their cells under locks nearly everywhere, explored with every combination of
// reductions and by the plain reference: same verdicts, same shortest lengths, same final worlds. What few
// accesses go without the lock, or only on a path that is rarely taken, is what a reduction must not miss.
// Half of the programs run the same text in every thread, so that symmetry has something to do.
#include "tests/engine_random_reference.hpp"
#include "tests/engine_reduction_support.hpp"
#include "tests/engine_symmetry_audit.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

constexpr unsigned programs = 160;
constexpr std::size_t most_states = 1500;

// Every thread runs the text of the first.
struct SameText : Interpreter {
  void thread(unsigned) { Interpreter::thread(0); }
};

// Writes one thread's text: sections under locks and what lies between them. Register 0 gets all results;
// register 1 stays 0, so an instruction that leaves its target alone can jump whatever happens.
class Writer {
public:
  explicit Writer(std::mt19937& random) : random_(random) {}

  std::vector<Instruction> text(unsigned sections) {
    for (unsigned i = 0; i < sections; ++i) section();
    if (below(4) == 0 && text_.back().code == Code::unlock && !text_.back().jumps) jump(text_.back(), 0);
    return text_;
  }

private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  bool once_in(unsigned times) { return below(times) == 0; }
  std::uint8_t here() const { return static_cast<std::uint8_t>(text_.size()); }

  static void jump(Instruction& from, std::uint8_t destination) {
    from.target = 1;
    from.jumps = true;
    from.jump_value = 0;
    from.destination = destination;
  }
  void add(Code code, unsigned place) {
    Instruction made{};
    made.code = code;
    made.place = static_cast<std::uint8_t>(place);
    text_.push_back(made);
  }

  // Cells 0 and 1 are under the lock of their number, cell 2 under none.
  void access(unsigned cell) {
    static constexpr Code codes[] = {
        Code::load,      Code::load,     Code::store,           Code::store,
        Code::fetch_add, Code::exchange, Code::compare_and_set, Code::sub_and_test};
    add(codes[below(std::size(codes))], cell);
    Instruction& made = text_.back();
    made.a = static_cast<std::uint8_t>(below(4));
    made.b = static_cast<std::uint8_t>(below(4));
    made.a_is_register = once_in(4);
    made.asserts = once_in(8);
    made.assert_value = static_cast<std::uint8_t>(1 + below(3));
  }

  void section() {
    const unsigned lock = below(locks);
    if (once_in(5)) return access(2);
    if (once_in(10)) return choice();
    if (once_in(10)) return wait();
    if (once_in(8)) return access(lock); // without the lock
    const bool has_rare_path = once_in(3);
    std::size_t branch = 0;
    if (has_rare_path) { // if a cell has this value, then without the lock
      access(2);
      branch = text_.size() - 1;
      text_[branch].jumps = true;
      text_[branch].jump_value = static_cast<std::uint8_t>(1 + below(3));
    }
    const bool nested = once_in(5);
    add(Code::lock, lock);
    access(lock);
    if (nested) add(Code::lock, 1 - lock);
    access(nested ? 1 - lock : lock);
    if (nested) add(Code::unlock, 1 - lock);
    add(Code::unlock, lock);
    if (!has_rare_path) return;
    const std::size_t end = text_.size() - 1;
    text_[branch].destination = here();
    access(lock);
    jump(text_[end], here());
  }
  void choice() {
    add(Code::choose, 0);
    text_.back().b = static_cast<std::uint8_t>(below(2));
  }
  void wait() {
    add(once_in(2) ? Code::wait_equal : Code::wait_not_equal, below(cells));
    text_.back().a = static_cast<std::uint8_t>(below(2));
  }

  std::mt19937& random_;
  std::vector<Instruction> text_;
};

bool has_same_text(unsigned seed) { return seed % 2 == 0; }

RandomProgram guarded_program(unsigned seed) {
  std::mt19937 random(seed);
  RandomProgram program;
  const unsigned threads = 2 + static_cast<unsigned>(random() % 2);
  for (unsigned thread = 0; thread < threads; ++thread) {
    if (thread > 0 && has_same_text(seed))
      program.threads.push_back(program.threads.front());
    else
      program.threads.push_back(
          Writer(random).text(threads == 2 ? 2 + static_cast<unsigned>(random() % 2) : 1));
  }
  program.bad_final = static_cast<std::uint8_t>(random() % 4 == 0 ? random() % 4 : 4);
  program.distance = seed / 2 % 2 == 0 ? 1 : far_apart;
  return program;
}

Result explore_program(unsigned seed, const RandomProgram& program, const Options& options) {
  const auto threads = static_cast<unsigned>(program.threads.size());
  return has_same_text(seed) ? explore_suite<SameText>(options, threads)
                             : explore_suite<Interpreter>(options, threads);
}

// Calls `test(seed, program, facts, options)` for each program that is small enough.
template <class Test> void for_each_program(Test test) {
  unsigned tested = 0;
  for (unsigned seed = 1; seed <= programs; ++seed) {
    const RandomProgram program = guarded_program(seed);
    Options options;
    options.locks = seed % 4 < 2 ? Locks::unfair : Locks::fifo;
    const ReferenceFacts facts = explore_plainly(program, options.locks == Locks::fifo, most_states);
    if (!facts.complete) continue;
    ++tested;
    SCOPED_TRACE("random program " + std::to_string(seed));
    random_program_now = &program;
    test(seed, program, facts, options);
    random_program_now = nullptr;
    if (testing::Test::HasFailure()) return; // one is enough
  }
  EXPECT_GT(tested, programs / 2);
}

} // namespace

TEST(EngineReductionRandom, Verdicts) {
  unsigned broken = 0;
  std::uint64_t all = 0;
  std::uint64_t reduced = 0;
  for_each_program(
      [&](unsigned seed, const RandomProgram& program, const ReferenceFacts& facts, const Options& base) {
        if (facts.shortest) ++broken;
        for (const Combination& combination : all_combinations(without({"livelock", "starvation"}, base))) {
          SCOPED_TRACE(combination.name);
          const Result result = explore_program(seed, program, combination.options);
          EXPECT_EQ(result.verdict, facts.shortest ? Verdict::broken : Verdict::holds);
          if (combination.reductions == 0 && !facts.shortest) all += result.statistics.states;
          if (combination.reductions == 1 && !facts.shortest) reduced += result.statistics.states;
          if (!result.violation || !facts.shortest) continue;
          EXPECT_EQ(length_of(result), *facts.shortest);
          EXPECT_TRUE(facts.broken.contains(result.violation->check)) << result.violation->check;
        }
      });
  EXPECT_GT(broken, programs / 10);
  EXPECT_LT(reduced, all); // transactions were at work
}

// Every state has its successors, so every end is reached. With one worker, because after() takes notes here.
TEST(EngineReductionRandom, FinalWorlds) {
  for_each_program([&](unsigned seed, const RandomProgram& program, const ReferenceFacts& facts,
                       const Options& base) {
    const Options options = without({"assertion", "model-error", "deadlock", "livelock", "starvation"}, base);
    for (const Combination& combination : all_combinations(options)) {
      if (combination.options.jobs > 1) continue;
      SCOPED_TRACE(combination.name);
      std::set<FinalWorld> final_worlds;
      final_worlds_seen = &final_worlds;
      const Result result = explore_program(seed, program, combination.options);
      final_worlds_seen = nullptr;
      EXPECT_EQ(result.verdict, Verdict::holds);
      EXPECT_EQ(final_worlds, facts.final_worlds);
    }
  });
}

TEST(EngineReductionRandom, Progress) {
  unsigned endless = 0;
  for_each_program(
      [&](unsigned seed, const RandomProgram& program, const ReferenceFacts& facts, const Options& base) {
        const auto fairness = static_cast<Fairness>(seed % 3);
        const bool starves = facts.starvation[seed % 3];
        Options options = without({"assertion", "model-error", "deadlock"}, base);
        options.fairness = fairness;
        if (facts.livelock || starves) ++endless;
        for (const Combination& combination : all_combinations(options)) {
          SCOPED_TRACE(combination.name);
          const char* const expected = facts.livelock ? "livelock" : starves ? "starvation" : "";
          EXPECT_EQ(broken_check(explore_program(seed, program, combination.options)), expected);
          if (!facts.livelock) continue;
          Options no_livelock = combination.options;
          no_livelock.without.emplace_back("livelock");
          EXPECT_EQ(broken_check(explore_program(seed, program, no_livelock)), starves ? "starvation" : "");
        }
      });
  EXPECT_GT(endless, programs / 20);
}

// With the same text in every thread, symmetry alone leaves one state for each orbit.
TEST(EngineReductionRandom, Orbits) {
  std::uint64_t all = 0;
  std::uint64_t orbits = 0;
  for_each_program([&](unsigned seed, const RandomProgram& program, const ReferenceFacts&,
                       const Options& base) {
    if (!has_same_text(seed)) return;
    SuiteProgram<SameText> suite(static_cast<unsigned>(program.threads.size()));
    Options options =
        nothing_left_out(without({"assertion", "model-error", "deadlock", "livelock", "starvation"}, base));
    const Orbits audit = count_orbits(suite, options);
    EXPECT_EQ(explore_program(seed, program, options).statistics.states, audit.states);
    options.symmetry = true;
    EXPECT_EQ(explore_program(seed, program, options).statistics.states, audit.orbits);
    all += audit.states;
    orbits += audit.orbits;
  });
  EXPECT_LT(orbits, all);
}
