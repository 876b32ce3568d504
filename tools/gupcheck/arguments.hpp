// SPDX-License-Identifier: GPL-2.0-only
//
// Checks of options that the parser makes: each empty, or what is wrong with the text.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string>

namespace gupcheck::tools {

inline std::string above_zero(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number > 0
             ? std::string()
             : fmt::format("expected a whole number above 0, not `{}`", text);
}

// More workers than that on any machine only take memory.
inline std::string number_of_workers(const std::string& text) {
  constexpr unsigned most = 256;
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number > 0 && number <= most
             ? std::string()
             : fmt::format("expected a whole number from 1 to {}, not `{}`", most, text);
}

// For options whose empty text means that they were not given.
inline std::string not_empty(const std::string& text) {
  return text.empty() ? "must not be empty" : std::string();
}

} // namespace gupcheck::tools
