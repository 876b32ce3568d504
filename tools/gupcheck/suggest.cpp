// SPDX-License-Identifier: GPL-2.0-only
//
// Finds the nearest name by edit distance.
#include "tools/gupcheck/suggest.hpp"

#include "tools/gupcheck/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>

namespace gupcheck::tools {

namespace {

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

} // namespace

std::string unknown_name(const std::string& kind, const std::string& name,
                         const std::vector<std::string>& possible) {
  constexpr std::size_t longest = 64; // no name of ours is longer, so nothing near is missed
  const std::string_view shown = std::string_view(name).substr(0, longest);
  std::string message = fmt::format("unknown {} `{}`", kind, shown);
  std::size_t nearest = std::numeric_limits<std::size_t>::max();
  const std::string* candidate = nullptr;
  for (const std::string& other : possible) {
    // A name that somebody began to type is nearer than any other.
    const std::size_t away = !shown.empty() && other.starts_with(shown) ? 0 : distance(shown, other);
    if (away >= nearest) continue;
    nearest = away;
    candidate = &other;
  }
  if (candidate != nullptr && nearest <= (shown.size() < 4 ? 1 : std::max<std::size_t>(2, shown.size() / 3)))
    message += fmt::format(" (did you mean `{}`?)", *candidate);
  return message + fmt::format("; possible: {}", fmt::join(possible, ", "));
}

void require_known(const std::string& kind, const std::string& name,
                   const std::vector<std::string>& possible) {
  if (std::find(possible.begin(), possible.end(), name) == possible.end())
    throw UsageError(unknown_name(kind, name, possible));
}

} // namespace gupcheck::tools
