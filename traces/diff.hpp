// SPDX-License-Identifier: GPL-2.0-only
//
// Where two executions part: a stored trace against what another version does on its schedule (guide.hpp), or
// against another stored trace.
//
// Two versions of a loop differ in many steps that do not matter: one more read, another way to test a bit.
// So a diff names two places. `first` is the first step that is not the same. `parting` is where the ways
// part for good: no step after it is common to both (align.hpp says what common means). With a fix on one
// side that is where the fix makes the difference: up to there the schedule that breaks the promise was
// followed, and from there on it no longer can be. If the first difference lies in who moves, the schedules
// part, and nothing is said about the programs. Costs: those of align.hpp.
#pragma once

#include "traces/compare.hpp"
#include "traces/guide.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gupcheck::traces {

// One side. `guided` and `ending` are Guided's; a stored trace breaks its check with its last step.
struct DiffSide {
  std::string name; // the file or the kernel
  Counterexample trace;
  std::size_t guided = 0;
  Ending ending = Ending::broken;

  std::size_t size() const { return trace.stem.size() + trace.cycle.size(); }
  const Step& operator[](std::size_t i) const {
    return i < trace.stem.size() ? trace.stem[i] : trace.cycle[i - trace.stem.size()];
  }
};

// Steps by number, from 0, the cycle after the stem; at least one of them.
struct DiffRow {
  std::optional<std::size_t> a;
  std::optional<std::size_t> b;
  StepPart differs = StepPart::nothing; // if both are there
  bool is_same() const { return a && b && differs == StepPart::nothing; }
};

struct TraceDiff {
  DiffSide a;
  DiffSide b;
  std::vector<DiffRow> rows;          // in order; unless it is the same, each step of a side is in one
  std::optional<std::size_t> first;   // the row of the first difference
  std::optional<std::size_t> parting; // the first row of the end that has nothing in common; rows.size() if
                                      // every step is common, but not what comes of it
  bool schedules_part = false;        // the first difference is who moves, or what a choose() takes
  bool is_same() const { return !first && !parting; }
};

// Throws std::runtime_error for traces that cannot be compared: of different scenarios or numbers of threads.
TraceDiff diff(DiffSide a, DiffSide b);

// For people: what differs, and the steps side by side, what is common shortened. See text.hpp.
struct TextOptions;
std::string text(const TraceDiff& diff, const TextOptions& options);
// For programs: docs/trace-schema.md.
std::string to_json(const TraceDiff& diff);

std::string_view name_of(Ending ending);

} // namespace gupcheck::traces
