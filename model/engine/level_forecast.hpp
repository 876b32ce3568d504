// SPDX-License-Identifier: GPL-2.0-only
//
// How many states a search breadth first is yet to find, guessed from the sizes of its levels.
//
// Levels grow and then shrink. As long as they grow at least half of the states are yet to come. Then they
// shrink about as they grew, a little slower: after a level comes what came before the first one that was as
// large, and again 0.4 of that. (gup-micro 5x2 to 8x2: 1.2 to 1.5 times as much at any moment; the real
// scenarios: 0.3 to 5 times.) It is a guess, on which nothing may depend but how much memory is set aside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gupcheck::engine {

class LevelForecast {
public:
  static constexpr double unknown = 1.4;
  static constexpr double growing = 2;

  // A level with so many states begins; with them there are so many in all. (Of a search that was resumed in
  // the middle it is not known how its levels grew.)
  void begin_level(std::uint64_t level_states, std::uint64_t all_states) {
    if (grown_.empty() || level_states > grown_.back().states) {
      times_ = grown_.empty() && all_states > level_states ? unknown : growing;
      grown_.push_back({level_states, all_states});
      return;
    }
    const auto mirrored = std::find_if(grown_.begin(), grown_.end(),
                                       [&](const Level& level) { return level.states >= level_states; });
    const double to_come = 1.4 * static_cast<double>(mirrored->all);
    times_ = std::clamp(1 + to_come / static_cast<double>(all_states), 1.1, 1.5);
  }

  // How many times as many states there will be in the end, about: `growing`, or from 1.1 to 1.5.
  double times() const { return times_; }

private:
  struct Level {
    std::uint64_t states;
    std::uint64_t all;
  };
  std::vector<Level> grown_; // each larger than all before
  double times_ = unknown;
};

} // namespace gupcheck::engine
