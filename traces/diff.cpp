// SPDX-License-Identifier: GPL-2.0-only
//
// Lines two traces up. See diff.hpp.
#include "traces/diff.hpp"

#include "traces/align.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

// A step is common only if the same thread makes it.
std::vector<std::string> keys(const DiffSide& steps) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < steps.size(); ++i)
    all.push_back(fmt::format("{} {}", steps[i].move.thread, operation_key(steps[i].action)));
  return all;
}

std::vector<DiffRow> rows_of(const DiffSide& a, const DiffSide& b) {
  std::vector<DiffRow> rows;
  std::size_t i = 0;
  std::size_t j = 0;
  const auto up_to = [&](std::size_t end_a, std::size_t end_b) {
    for (; i < end_a; ++i) rows.push_back({.a = i, .b = {}});
    for (; j < end_b; ++j) rows.push_back({.a = {}, .b = j});
  };
  for (const auto& [in_a, in_b] : align(keys(a), keys(b))) {
    up_to(in_a, in_b);
    rows.push_back({.a = i, .b = j, .differs = difference(a[i], b[j]).part});
    ++i;
    ++j;
  }
  up_to(a.size(), b.size());
  return rows;
}

bool ends_alike(const DiffSide& a, const DiffSide& b) {
  return a.ending == b.ending && a.trace.check == b.trace.check &&
         a.trace.cycle.size() == b.trace.cycle.size();
}

// Whether the first difference, after `common` steps of both, is one of the schedule.
bool differ_in_the_move(const DiffSide& a, const DiffSide& b, std::size_t common) {
  if (common >= a.size() || common >= b.size()) return false;
  const Step& in_a = a[common];
  const Step& in_b = b[common];
  return in_a.move.thread != in_b.move.thread ||
         (in_a.move.choice != in_b.move.choice && operation_key(in_a.action) == operation_key(in_b.action));
}

} // namespace

TraceDiff diff(DiffSide a, DiffSide b) {
  const auto comparable = [&](const std::string& what, const auto& of_a, const auto& of_b) {
    if (of_a != of_b)
      throw std::runtime_error(
          fmt::format("{} and {} cannot be compared: they have different {}", a.name, b.name, what));
  };
  comparable("scenarios", a.trace.subject.scenario, b.trace.subject.scenario);
  comparable("threads", a.trace.threads, b.trace.threads);

  TraceDiff diff{.a = std::move(a), .b = std::move(b), .rows = {}, .first = {}, .parting = {}};
  diff.rows = rows_of(diff.a, diff.b);
  const auto differs =
      std::find_if(diff.rows.begin(), diff.rows.end(), [](const auto& row) { return !row.is_same(); });
  const auto first = static_cast<std::size_t>(differs - diff.rows.begin());
  if (differs != diff.rows.end()) diff.first = first;
  diff.schedules_part = diff.first && differ_in_the_move(diff.a, diff.b, first);

  std::size_t end = diff.rows.size();
  while (end > 0 && !(diff.rows[end - 1].a && diff.rows[end - 1].b)) --end;
  if (end < diff.rows.size() || !ends_alike(diff.a, diff.b)) diff.parting = end;
  return diff;
}

} // namespace gupcheck::traces
