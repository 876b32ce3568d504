// SPDX-License-Identifier: GPL-2.0-only
//
// Names for locations and values, so that a trace speaks the model's language (`page[0].flags PG_lru`).
#pragma once

#include "model/engine/operation.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace gupcheck::engine {

class Names;

// How a location's value is written; the default is decimal, or the name of what a pointer points to.
using ValueFormat = std::string (*)(const Names&, std::uint64_t value);

// How a sentence tells of a bit with a name: `found page[0] isolated`, `pin-a had isolated it`.
struct BitWords {
  std::string set;
  std::string clear;
  std::string was_set;
  std::string was_cleared;
};

class Names {
public:
  // Names `size` bytes at `object`.
  template <class T> void add(const T& object, std::string name, ValueFormat format = nullptr) {
    add_range(reinterpret_cast<Address>(&object), sizeof(T), std::move(name), format);
  }
  void add_range(Address address, std::size_t size, std::string name, ValueFormat format);
  // Names single bits of the location at `address` (PG_lru), shown when an operation touches only them.
  void add_bit(Address address, unsigned bit, std::string name);

  void add_bit_words(const std::string& bit, BitWords words) { bit_words_[bit] = std::move(words); }

  // `page[0].flags`, or `page[0].flags+0x4` inside an unnamed part, or `world+0x120` where nothing is named.
  std::string location(Address address) const;
  // The bits of `mask` at that location (`PG_lru|PG_locked`); empty when it has no named bits.
  std::string bits(Address address, std::uint64_t mask) const;
  std::string value(Address address, std::uint64_t value, bool pointer) const;
  // Null where nothing is known of it.
  const BitWords* bit_words(const std::string& bit) const {
    const auto found = bit_words_.find(bit);
    return found == bit_words_.end() ? nullptr : &found->second;
  }

private:
  struct Entry {
    std::size_t size;
    std::string name;
    ValueFormat format;
  };
  const std::pair<const Address, Entry>* find(Address address) const;
  std::map<Address, Entry> ranges_;
  std::map<std::pair<Address, unsigned>, std::string> bit_names_;
  std::map<std::string, BitWords> bit_words_;
};

} // namespace gupcheck::engine
