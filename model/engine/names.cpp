// SPDX-License-Identifier: GPL-2.0-only
//
// See names.hpp.
#include "model/engine/names.hpp"

#include "model/engine/arena.hpp"

#include <cstdio>

namespace gupcheck::engine {

namespace {
std::string hex(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%lx", static_cast<unsigned long>(value));
  return text;
}
} // namespace

void Names::add_range(Address address, std::size_t size, std::string name, ValueFormat format) {
  ranges_[address] = Entry{size, std::move(name), format};
}

void Names::add_bit(Address address, unsigned bit, std::string name) {
  bit_names_[{address, bit}] = std::move(name);
}

const std::pair<const Address, Names::Entry>* Names::find(Address address) const {
  // The innermost range: the last that begins at or before the address and still covers it.
  for (auto range = ranges_.upper_bound(address); range != ranges_.begin();) {
    --range;
    if (address < range->first + range->second.size) return &*range;
    if (range->first + Arena::max_world < address) break;
  }
  return nullptr;
}

std::string Names::location(Address address) const {
  if (const auto* range = find(address)) {
    const Address offset = address - range->first;
    return offset == 0 ? range->second.name : range->second.name + "+" + hex(offset);
  }
  return in_world(address) ? "world+" + hex(address - Arena::base) : hex(address);
}

std::string Names::bits(Address address, std::uint64_t mask) const {
  std::string text;
  for (auto bit = bit_names_.lower_bound({address, 0});
       bit != bit_names_.end() && bit->first.first == address; ++bit) {
    if ((mask >> bit->first.second & 1U) == 0) continue;
    text += (text.empty() ? "" : "|") + bit->second;
  }
  return text;
}

std::string Names::value(Address address, std::uint64_t value, bool pointer) const {
  const auto* range = find(address);
  if (range != nullptr && range->second.format != nullptr) return range->second.format(*this, value);
  if (pointer) return value == 0 ? "NULL" : "&" + location(value);
  const auto bit = bit_names_.lower_bound({address, 0});
  if (bit != bit_names_.end() && bit->first.first == address) {
    const std::string text = bits(address, value);
    return text.empty() ? "0" : text;
  }
  // A 32-bit location holds an int (a count that fell below zero must look like one).
  if (range != nullptr && range->second.size == 4) return std::to_string(static_cast<std::int32_t>(value));
  return std::to_string(static_cast<std::int64_t>(value));
}

} // namespace gupcheck::engine
