// SPDX-License-Identifier: GPL-2.0-only
//
// The guess how many states are yet to come.
#include "model/engine/level_forecast.hpp"

#include <gtest/gtest.h>

#include <vector>

using gupcheck::engine::LevelForecast;

namespace {

// The guesses at the beginning of each level.
std::vector<double> guesses(const std::vector<std::uint64_t>& levels, std::uint64_t states_before = 0) {
  LevelForecast forecast;
  std::vector<double> times;
  for (const std::uint64_t level : levels) {
    states_before += level;
    forecast.begin_level(level, states_before);
    times.push_back(forecast.times());
  }
  return times;
}

TEST(LevelForecast, LevelsShrinkAboutAsTheyGrew) {
  const std::vector<double> times = guesses({1, 10, 100, 400, 100, 90, 10, 1});
  for (std::size_t level = 0; level < 4; ++level) EXPECT_EQ(times[level], LevelForecast::growing);
  EXPECT_NEAR(times[4], 1 + 1.4 * 111 / 611, 1e-9);
  EXPECT_NEAR(times[5], 1 + 1.4 * 111 / 701, 1e-9); // the first that was as large had 100
  EXPECT_EQ(times[6], 1.1);                         // no less, however little is to come
  EXPECT_EQ(times[7], 1.1);
}

TEST(LevelForecast, NoMoreThanHalfAgainAfterThePeak) {
  EXPECT_EQ(guesses({1, 10, 100, 99}).back(), 1.5);
  EXPECT_EQ(guesses({1, 10, 100, 100}).back(), 1.5);
}

TEST(LevelForecast, LevelsThatGrowAgain) {
  EXPECT_EQ(guesses({1, 10, 5, 11}).back(), LevelForecast::growing);
}

TEST(LevelForecast, KnowsNothingWhereItBeginsInTheMiddle) {
  const std::vector<double> times = guesses({500, 400, 600}, 100'000);
  EXPECT_EQ(times[0], LevelForecast::unknown);
  EXPECT_EQ(times[1], 1.5);
  EXPECT_EQ(times[2], LevelForecast::growing);
}

} // namespace
