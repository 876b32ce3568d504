// SPDX-License-Identifier: GPL-2.0-only
//
// 128-bit fingerprints of states.
//
// A state's fingerprint is a sum over its parts (each word of the world, each thread's local state) of the
// XXH3 hash of the part and its place, so a step changes it in O(1). A sum, not an exclusive or: equal parts
// must not cancel. The table of visited states (visited.hpp) keeps 127 bits of it.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <span>

namespace gupcheck::engine {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  // Without branches: whether two are equal is often a toss-up.
  bool operator==(const Fingerprint& other) const { return ((low ^ other.low) | (high ^ other.high)) == 0; }
  Fingerprint operator+(const Fingerprint& other) const { return {low + other.low, high + other.high}; }
  Fingerprint operator-(const Fingerprint& other) const { return {low - other.low, high - other.high}; }
};

inline Fingerprint fingerprint_of(std::uint64_t place, std::uint64_t value) {
  const std::uint64_t part[2] = {place, value};
  const XXH128_hash_t hash = XXH3_128bits(part, sizeof part);
  return {hash.low64, hash.high64};
}

inline Fingerprint fingerprint_of(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

} // namespace gupcheck::engine
