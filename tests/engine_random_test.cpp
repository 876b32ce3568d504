// SPDX-License-Identifier: GPL-2.0-only
//
// A few hundred random programs, explored by the engine in every way and by a plain reference: same verdicts,
// same shortest lengths, same final worlds, and counts in the relations that they must have.
#include "tests/engine_random_reference.hpp"
#include "tests/engine_support.hpp"

#include <array>
#include <optional>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

constexpr unsigned programs = 300;
constexpr std::size_t most_states = 4000;
constexpr std::size_t most_states_raw = 300; // each step of raw is a native run

// Calls `test(program, facts, options)` for each random program that is small enough, and names it in
// whatever fails.
template <class Test> void for_each_program(Test test) {
  unsigned tested = 0;
  for (unsigned seed = 1; seed <= programs; ++seed) {
    const RandomProgram program = random_program(seed);
    Options options;
    options.locks = seed % 3 == 0 ? Locks::fifo : Locks::unfair;
    const ReferenceFacts facts = explore_plainly(program, options.locks == Locks::fifo, most_states);
    if (!facts.complete) continue;
    ++tested;
    SCOPED_TRACE("random program " + std::to_string(seed));
    random_program_now = &program;
    test(program, facts, options);
    if (testing::Test::HasFailure()) return; // one is enough
  }
  random_program_now = nullptr;
  EXPECT_GT(tested, programs / 2);
}

Result explore_program(const RandomProgram& program, const Options& options) {
  return explore_suite<Interpreter>(options, static_cast<unsigned>(program.threads.size()));
}

std::vector<Way> ways_for(const ReferenceFacts& facts, const Options& options) {
  std::vector<Way> ways = all_ways(options);
  if (facts.states > most_states_raw) ways.resize(4);
  return ways;
}

} // namespace

TEST(EngineRandom, Counts) {
  std::uint64_t merged = 0;
  std::uint64_t not_merged = 0;
  for_each_program([&](const RandomProgram& program, const ReferenceFacts& facts, const Options& base) {
    const Options options =
        unreduced(without({"assertion", "model-error", "deadlock", "livelock", "starvation"}, base));
    std::optional<Statistics> first; // of those that do not merge
    for (const Way& way : ways_for(facts, options)) {
      std::set<FinalWorld> final_worlds;
      final_worlds_seen = &final_worlds;
      const Result result = explore_program(program, way.options);
      final_worlds_seen = nullptr;
      const Statistics& found = result.statistics;
      EXPECT_EQ(result.verdict, Verdict::holds) << way.name;
      EXPECT_EQ(final_worlds, facts.final_worlds) << way.name;
      if (way.options.quotient) {
        EXPECT_EQ(found.states, facts.merged_states) << way.name;
        EXPECT_EQ(found.transitions, facts.merged_transitions) << way.name;
        merged += found.states;
      } else {
        EXPECT_GE(found.states, facts.states) << way.name;
        EXPECT_GE(found.transitions, facts.transitions) << way.name;
        if (!first) first = found;
        EXPECT_EQ(found.states, first->states) << way.name;
        EXPECT_EQ(found.transitions, first->transitions) << way.name;
        EXPECT_EQ(found.local_states, first->local_states) << way.name;
        not_merged += found.states;
      }
    }
  });
  EXPECT_LT(merged, not_merged);
}

TEST(EngineRandom, Verdicts) {
  unsigned broken = 0;
  for_each_program([&](const RandomProgram& program, const ReferenceFacts& facts, const Options& base) {
    if (facts.shortest) ++broken;
    for (const Way& way : ways_for(facts, without({"livelock", "starvation"}, base))) {
      const Result result = explore_program(program, way.options);
      EXPECT_EQ(result.verdict, facts.shortest ? Verdict::broken : Verdict::holds) << way.name;
      if (!result.violation || !facts.shortest) continue;
      EXPECT_EQ(length_of(result), *facts.shortest) << way.name;
      EXPECT_TRUE(facts.broken.contains(result.violation->check)) << way.name << result.violation->check;
      EXPECT_TRUE(result.violation->fewest_switches) << way.name;
      EXPECT_EQ(switches_of(result), facts.switches.at(result.violation->check)) << way.name;
      Options only_depth_first = way.options;
      only_depth_first.shortest = false;
      EXPECT_GE(length_of(explore_program(program, only_depth_first)), *facts.shortest) << way.name;
    }
  });
  EXPECT_GT(broken, programs / 10);
}

TEST(EngineRandom, Progress) {
  unsigned livelocks = 0;
  std::array<unsigned, 3> starvations{};
  for_each_program([&](const RandomProgram& program, const ReferenceFacts& facts, const Options& base) {
    if (facts.livelock) ++livelocks;
    for (unsigned fairness = 0; fairness < 3; ++fairness) {
      if (facts.starvation[fairness]) ++starvations[fairness];
      Options options = without({"assertion", "model-error", "deadlock"}, base);
      options.fairness = static_cast<Fairness>(fairness);
      for (const Way& way : ways_for(facts, options)) {
        const std::string expected = facts.livelock               ? "livelock"
                                     : facts.starvation[fairness] ? "starvation"
                                                                  : "";
        EXPECT_EQ(broken_check(explore_program(program, way.options)), expected)
            << way.name << ", fairness " << fairness;
        Options no_livelock = way.options;
        no_livelock.without.emplace_back("livelock");
        EXPECT_EQ(broken_check(explore_program(program, no_livelock)),
                  facts.starvation[fairness] ? "starvation" : "")
            << way.name << ", fairness " << fairness;
      }
    }
  });
  EXPECT_GT(livelocks, programs / 50);
  EXPECT_GT(starvations[2], 0U);
  EXPECT_GT(starvations[1], starvations[2]);
  EXPECT_GT(starvations[0], starvations[1]);
}
