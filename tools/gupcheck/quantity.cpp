// SPDX-License-Identifier: GPL-2.0-only
//
// Parses numbers with units, strictly: nothing may be left over and nothing may overflow.
#include "tools/gupcheck/quantity.hpp"

#include "tools/gupcheck/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace gupcheck::tools {

namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& text, std::string_view examples) {
  throw UsageError(fmt::format("{} `{}`: expected {}", option, text, examples));
}

} // namespace

std::uint64_t parse_size(const std::string& option, const std::string& text) {
  constexpr std::string_view examples = "a size above 0 like 512M or 2G";
  constexpr std::string_view units = "KMGT";
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number == 0) refuse(option, text, examples);
  std::string_view unit(stop, end);
  if (unit.empty() || unit == "B") return number;
  const std::size_t power =
      units.find(unit.front() >= 'a' ? static_cast<char>(unit.front() - 'a' + 'A') : unit.front());
  unit.remove_prefix(1);
  if (power == std::string_view::npos || (!unit.empty() && unit != "B" && unit != "iB"))
    refuse(option, text, examples);
  const unsigned shift = 10 * (static_cast<unsigned>(power) + 1);
  if (number > std::numeric_limits<std::uint64_t>::max() >> shift) refuse(option, text, examples);
  return number << shift;
}

std::chrono::duration<double> parse_duration(const std::string& option, const std::string& text) {
  constexpr std::string_view examples = "a time above 0 like 30s, 5m or 90 (seconds)";
  struct Unit {
    std::string_view name;
    double seconds;
  };
  constexpr std::array<Unit, 5> units{{{"", 1}, {"s", 1}, {"ms", 0.001}, {"m", 60}, {"h", 3600}}};
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || number <= 0 || number > 1e9)
    refuse(option, text, examples);
  for (const Unit& unit : units)
    if (std::string_view(stop, end) == unit.name) return std::chrono::duration<double>(number * unit.seconds);
  refuse(option, text, examples);
}

std::string size_words(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"bytes", "KB", "MB", "GB", "TB"};
  auto number = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (number >= 1024 && unit + 1 < units.size()) {
    number /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} bytes", bytes)
                   : fmt::format("{:.{}f} {}", number, number < 100 ? 1 : 0, units[unit]);
}

std::string duration_words(double seconds) {
  if (seconds < 10) return fmt::format("{:.3f} s", seconds);
  if (seconds < 120) return fmt::format("{:.1f} s", seconds);
  return fmt::format("{:.0f} min {:02.0f} s", std::floor(seconds / 60), std::fmod(seconds, 60));
}

std::string count_words(std::uint64_t count) {
  std::string words = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(words.size()) - 3; at > 0; at -= 3)
    words.insert(static_cast<std::size_t>(at), ",");
  return words;
}

std::string plural(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count_words(count), what, count == 1 ? "" : "s");
}

// Some checks are named for the promise and some for what breaks it.
std::string kept_words(const std::string& check) {
  static constexpr std::string_view evils[] = {"deadlock", "livelock", "starvation", "fault", "model-error"};
  return std::find(std::begin(evils), std::end(evils), check) != std::end(evils) ? "no " + check : check;
}

} // namespace gupcheck::tools
