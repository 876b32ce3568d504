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

class Names {
public:
  // Names `size` bytes at `object`.
  template <class T> void add(const T& object, std::string name, ValueFormat format = nullptr) {
    add_range(reinterpret_cast<Address>(&object), sizeof(T), std::move(name), format);
  }
  void add_range(Address address, std::size_t size, std::string name, ValueFormat format);
  // Names single bits of the location at `address` (PG_lru), shown when an operation touches only them.
  void add_bit(Address address, unsigned bit, std::string name);

  // `page[0].flags`, or `page[0].flags+0x4` inside an unnamed part, or `world+0x120` where nothing is named.
  std::string location(Address address) const;
  // The bits of `mask` at that location (`PG_lru|PG_locked`); empty when it has no named bits.
  std::string bits(Address address, std::uint64_t mask) const;
  std::string value(Address address, std::uint64_t value, bool pointer) const;

private:
  struct Entry {
    std::size_t size;
    std::string name;
    ValueFormat format;
  };
  const std::pair<const Address, Entry>* find(Address address) const;
  std::map<Address, Entry> ranges_;
  std::map<std::pair<Address, unsigned>, std::string> bit_names_;
};

} // namespace gupcheck::engine
