// SPDX-License-Identifier: GPL-2.0-only
//
// Dynamic programming over a window that moves along both sequences. See align.hpp.
#include "traces/align.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

namespace gupcheck::traces {

namespace {

constexpr std::size_t window = 512;
constexpr int worth_of_common = 2;
constexpr int cost_of_single = 1;

using Numbers = std::vector<std::uint32_t>;
using Side = std::span<const std::uint32_t>;

enum class From : std::uint8_t { beginning, common, only_a, only_b };

struct Cell {
  int score = 0;
  From from = From::beginning;
};

// The same number for the same element.
class Numbering {
public:
  Numbers operator()(std::span<const std::string> elements) {
    Numbers numbers;
    for (const std::string& element : elements)
      numbers.push_back(known_.emplace(element, static_cast<std::uint32_t>(known_.size())).first->second);
    return numbers;
  }

private:
  std::map<std::string, std::uint32_t> known_;
};

// The best way from the beginning of both to anywhere.
CommonElements best_way(Side a, Side b) {
  const std::size_t columns = b.size() + 1;
  std::vector<Cell> cells((a.size() + 1) * columns);
  std::size_t best = 0;
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 && j == 0) continue;
      Cell& cell = cells[i * columns + j];
      cell.score = -1'000'000;
      const auto take = [&](std::size_t before, int worth, From from) {
        const int score = cells[before].score + worth;
        if (score > cell.score) cell = {score, from};
      };
      if (i > 0 && j > 0 && a[i - 1] == b[j - 1])
        take((i - 1) * columns + j - 1, worth_of_common, From::common);
      if (j > 0) take(i * columns + j - 1, -cost_of_single, From::only_b);
      if (i > 0) take((i - 1) * columns + j, -cost_of_single, From::only_a);
      if (cell.score > cells[best].score) best = i * columns + j;
    }
  CommonElements common;
  for (std::size_t at = best; at != 0;) {
    switch (cells[at].from) {
    case From::common:
      at -= columns + 1;
      common.emplace_back(at / columns, at % columns);
      break;
    case From::only_b: at -= 1; break;
    default: at -= columns; break;
    }
  }
  std::reverse(common.begin(), common.end());
  return common;
}

} // namespace

CommonElements align(std::span<const std::string> elements_a, std::span<const std::string> elements_b) {
  Numbering numbering;
  const Numbers numbers_a = numbering(elements_a);
  const Numbers numbers_b = numbering(elements_b);
  const Side a = numbers_a;
  const Side b = numbers_b;
  CommonElements common;
  std::size_t i = 0;
  std::size_t j = 0;
  for (;;) {
    for (; i < a.size() && j < b.size() && a[i] == b[j]; ++i, ++j) common.emplace_back(i, j);
    const Side rest_a = a.subspan(i, std::min(window, a.size() - i));
    const Side rest_b = b.subspan(j, std::min(window, b.size() - j));
    const CommonElements next = best_way(rest_a, rest_b);
    if (next.empty()) return common;
    // What comes near the window's end may look better once more of the sequences is seen.
    const bool sees_all = i + rest_a.size() == a.size() && j + rest_b.size() == b.size();
    std::size_t last_i = i;
    std::size_t last_j = j;
    for (const auto& [in_a, in_b] : next) {
      if (!sees_all && std::max(in_a, in_b) >= window / 2 && last_i != i) break;
      last_i = i + in_a + 1;
      last_j = j + in_b + 1;
      common.emplace_back(i + in_a, j + in_b);
    }
    i = last_i;
    j = last_j;
  }
}

} // namespace gupcheck::traces
