// SPDX-License-Identifier: GPL-2.0-only
//
// gup-micro: the smallest model of concurrent long-term pins of movable pages, on which checkers are measured
// against each other.
//
// Two variants of the loop: `seed`, the patch of December 2020, which returns a movable page when another
// thread has isolated it, and `retry`, the loop since v5.13. Every shared access of the benchmark's text is
// one step here, so with dead locals merged the counts are the published ones. With a Mutant one line of the
// kernel's protocol is left out or turned round; gup_micro_mutants() says which promise that must break. It
// takes no more than the names of its promises from model/kernel: it must stay comparable with the same model
// written for other tools.
#pragma once

#include "checks/scenarios/registry.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace gupcheck::checks {

inline constexpr unsigned gup_micro_max_pages = 4;

enum class GupMicroVariant : std::uint8_t { seed, retry };

enum class GupMicroMutant : std::uint8_t {
  none,
  isolate_tests_then_clears,
  isolate_never_clears,
  isolate_inverted,
  isolate_takes_no_reference,
  isolate_keeps_lru_lock,
  isolation_failure_ignored,
  gup_takes_no_reference,
  gup_reference_after_unlock,
  gup_waits_with_lock,
  pins_dropped_twice,
  migrate_ignores_pins,
  migrate_keeps_mapping_reference,
  migrate_maps_before_reference,
  migrate_frees_listed_page,
  migrate_keeps_pte,
  migrate_locks_in_opposite_order,
  putback_keeps_reference,
  putback_sets_flag_first,
};

struct GupMicroConfig {
  unsigned threads = 2; // 1 .. engine::max_threads
  unsigned pages = 1;   // 1 .. gup_micro_max_pages
  GupMicroVariant variant = GupMicroVariant::seed;
  GupMicroMutant mutant = GupMicroMutant::none;
};

// Only one of these programs may be explored at a time (there is one arena, and one configuration).
std::unique_ptr<engine::Program> make_gup_micro(const GupMicroConfig& config);

ScenarioInfo gup_micro_scenario();

// A mutant, and the smallest size at which it breaks `check` in the variant `retry`, which keeps every
// promise unmutated.
struct GupMicroMutantInfo {
  GupMicroMutant mutant;
  const char* name;
  const char* check;
  unsigned threads;
  unsigned pages;
};
std::span<const GupMicroMutantInfo> gup_micro_mutants();

} // namespace gupcheck::checks
