// SPDX-License-Identifier: GPL-2.0-only
//
// Finds what two sequences have in common, in order, although each may have elements that the other lacks.
//
// Both begin together, neither needs to end with the other. A common element is worth two, one that only a
// side has costs one, and the best sum wins: so a stretch that only one side has is bridged if at least half
// as many common elements follow, and an element that happens to come again much later is not taken for the
// same. Elements that come next on both sides are always common. Deterministic. Costs: linear where the
// sequences agree; where they do not, the square of a window of 512 elements for each that is looked at.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gupcheck::traces {

// Indices of what is common, ascending on both sides.
using CommonElements = std::vector<std::pair<std::size_t, std::size_t>>;

CommonElements align(std::span<const std::string> elements_a, std::span<const std::string> elements_b);

} // namespace gupcheck::traces
