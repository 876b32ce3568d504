// SPDX-License-Identifier: GPL-2.0-only
//
// Values of a trace as numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace gupcheck::traces {

// Whether a value's words are a number in decimal digits, and not a name.
inline bool is_number(std::string_view words) {
  if (words.starts_with('-')) words.remove_prefix(1);
  return !words.empty() &&
         std::all_of(words.begin(), words.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A value of `size` bytes (0 counts as one) as a signed number, which is what a reference count is.
inline std::int64_t as_signed(std::uint64_t raw, unsigned size) {
  const unsigned unused = 64 - 8 * std::clamp(size, 1U, 8U);
  return static_cast<std::int64_t>(raw << unused) >> unused;
}

// A mask of all bits of `size` bytes.
inline std::uint64_t all_bits(unsigned size) {
  return size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size)) - 1;
}

} // namespace gupcheck::traces
