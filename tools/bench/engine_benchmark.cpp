// SPDX-License-Identifier: GPL-2.0-only
//
// What the engine costs: whole explorations of gup-micro in transitions a second, and the two parts that
// decide it, the table of visited states and a native run.
//
// An exploration is measured as a user gets it: with all restarts of the quotient, on one core, with the
// return check and the checks of progress off.
#include "checks/scenarios/gup_micro.hpp"
#include "model/engine/explore.hpp"
#include "model/engine/native.hpp"
#include "model/engine/visited.hpp"

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

namespace gupcheck::bench {

namespace {

using checks::GupMicroConfig;
using checks::GupMicroVariant;
using engine::Executor;
using engine::Fingerprint;
using engine::VisitedTable;

struct Run {
  GupMicroConfig config;
  Executor executor;
  bool quotient;
};

void explore_gup_micro(benchmark::State& state, const Run& run) {
  engine::Options options;
  options.executor = run.executor;
  options.quotient = run.quotient;
  options.without = {"pin-placement", "livelock", "starvation"};
  engine::Statistics last;
  std::uint64_t transitions = 0;
  while (state.KeepRunning()) {
    const engine::Result result = engine::explore(*checks::make_gup_micro(run.config), options);
    if (result.verdict != engine::Verdict::holds) {
      state.SkipWithError("the exploration did not end with everything holding");
      return;
    }
    last = result.statistics;
    transitions += last.transitions;
  }
  state.counters["states"] = static_cast<double>(last.states);
  state.counters["transitions"] = static_cast<double>(last.transitions);
  state.counters["native_runs"] = static_cast<double>(last.native_runs);
  state.counters["transitions/s"] =
      benchmark::Counter(static_cast<double>(transitions), benchmark::Counter::kIsRate);
}

constexpr GupMicroConfig small{.threads = 2, .pages = 1, .variant = GupMicroVariant::seed};
constexpr GupMicroConfig large{.threads = 3, .pages = 2, .variant = GupMicroVariant::seed};

BENCHMARK_CAPTURE(explore_gup_micro, 3x2_seed_quotient, Run{large, Executor::memo, true})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(explore_gup_micro, 3x2_seed_memo, Run{large, Executor::memo, false})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(explore_gup_micro, 2x1_seed_quotient, Run{small, Executor::memo, true})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(explore_gup_micro, 2x1_seed_memo, Run{small, Executor::memo, false})
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(explore_gup_micro, 2x1_seed_raw, Run{small, Executor::raw, false})
    ->Unit(benchmark::kMillisecond);

std::vector<Fingerprint> random_fingerprints(std::size_t count) {
  std::mt19937_64 random(1); // the same ones in every run
  std::vector<Fingerprint> fingerprints(count);
  for (Fingerprint& fingerprint : fingerprints) fingerprint = {random(), random()};
  return fingerprints;
}

// A table grows between rounds of so many insertions.
constexpr std::size_t round = 4096;

// New entries into a table that grows from nothing, as a search that meets only new states does it.
void insert_new(benchmark::State& state) {
  const auto fingerprints = random_fingerprints(static_cast<std::size_t>(state.range(0)));
  while (state.KeepRunning()) {
    VisitedTable table;
    for (std::size_t i = 0; i < fingerprints.size(); ++i) {
      if (i % round == 0) table.grow(round);
      benchmark::DoNotOptimize(table.insert(0, fingerprints[i]).handle);
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(insert_new)->Arg(1 << 12)->Arg(1 << 20)->Unit(benchmark::kMicrosecond);

// Entries that are there already, fetched ahead as the search does it: the cost of a visited state.
void find_visited(benchmark::State& state) {
  constexpr std::size_t ahead = 8;
  const auto fingerprints = random_fingerprints(static_cast<std::size_t>(state.range(0)));
  VisitedTable table;
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    if (i % round == 0) table.grow(round);
    table.insert(0, fingerprints[i]);
  }
  while (state.KeepRunning()) {
    for (std::size_t i = 0; i < fingerprints.size(); ++i) {
      table.prefetch(fingerprints[(i + ahead) % fingerprints.size()]);
      benchmark::DoNotOptimize(table.insert(0, fingerprints[i]).handle);
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(find_visited)->Arg(1 << 12)->Arg(1 << 20)->Unit(benchmark::kMicrosecond);

// One native run: copy a stack in, resume the fiber up to its next step, copy the stack out.
void native_run(benchmark::State& state) {
  const auto program = checks::make_gup_micro(small);
  if (engine::build_world(*program, engine::Options{})) {
    state.SkipWithError("the world cannot be built");
    return;
  }
  engine::NativeRunner runner(*program, engine::Options{});
  runner.start(0);
  const std::vector<std::byte> image(runner.image().begin(), runner.image().end());
  while (state.KeepRunning()) benchmark::DoNotOptimize(&runner.resume(image, 0));
  state.counters["image_bytes"] = static_cast<double>(image.size());
}
BENCHMARK(native_run);

} // namespace

} // namespace gupcheck::bench

BENCHMARK_MAIN();
