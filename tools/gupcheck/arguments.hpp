// SPDX-License-Identifier: GPL-2.0-only
//
// Checks of options that the parser makes: each empty, or what is wrong with the text.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

namespace gupcheck::tools {

// A whole number from 1 to `most`.
inline bool is_count(const std::string& text, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number > 0 && number <= most;
}

inline std::string above_zero(const std::string& text) {
  return is_count(text, ~std::uint64_t{0}) ? std::string()
                                           : fmt::format("expected a whole number above 0, not `{}`", text);
}

// More workers than that on any machine only take memory.
inline std::string number_of_workers(const std::string& text) {
  constexpr std::uint64_t most = 256;
  return is_count(text, most) ? std::string()
                              : fmt::format("expected a whole number from 1 to {}, not `{}`", most, text);
}

// For options whose empty text means that they were not given.
inline std::string not_empty(const std::string& text) {
  return text.empty() ? "must not be empty" : std::string();
}

} // namespace gupcheck::tools
