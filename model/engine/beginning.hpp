// SPDX-License-Identifier: GPL-2.0-only
//
// The state where a search begins: the program's initial one, or the one that a prefix leads to.
//
// A state in the middle of a run is as good a beginning as any: threads are known by their local states,
// which remember the locks they hold, and symmetry takes for alike only threads that are so in that very
// state.
#pragma once

#include "model/engine/explore.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace gupcheck::engine {

struct Beginning {
  std::vector<std::uint64_t> world;
  // What each thread has seen on the way there since it started, in order: that makes its local state.
  std::array<std::vector<std::uint64_t>, max_threads> seen;
};

// Follows options.prefix in the world that was built. If something breaks on the way, or in the state that it
// leads to, that is returned: there is nothing to search for. Throws std::runtime_error for a prefix that
// cannot be followed.
std::optional<Violation> find_beginning(Program& program, const Options& options, Beginning& beginning);

} // namespace gupcheck::engine
