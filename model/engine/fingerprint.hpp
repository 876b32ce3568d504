// SPDX-License-Identifier: GPL-2.0-only
//
// 128-bit fingerprints of states, and the table of those that were visited.
//
// A state's fingerprint is a sum over its parts (each word of the world, each thread's local state) of the
// XXH3 hash of the part and its place, so a step changes it in O(1). A sum, not an exclusive or: equal parts
// must not cancel. Two different states share a fingerprint with probability about n^2 / 2^129 for n states.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

namespace gupcheck::engine {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Fingerprint&) const = default;
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

// Open addressing with linear probing; 16 bytes an entry, and with numbers 4 more: then each entry remembers
// which state it is. Doubles at three quarters full.
class FingerprintTable {
public:
  explicit FingerprintTable(bool with_numbers);

  // Starts loading the slot into the cache.
  void prefetch(const Fingerprint& fingerprint) const { __builtin_prefetch(&entries_[slot(fingerprint)]); }
  // Inserts it as number `number` unless it is there; returns the number it has (0 without numbers) and
  // whether it was new.
  std::pair<std::uint32_t, bool> insert(Fingerprint fingerprint, std::uint32_t number) {
    if (fingerprint == Fingerprint{}) [[unlikely]]
      fingerprint.low = 1; // all zero marks an empty slot
    std::uint64_t i = slot(fingerprint);
    for (;; i = (i + 1) & mask_) {
      if (entries_[i] == fingerprint) return {with_numbers_ ? numbers_[i] : 0, false};
      if (entries_[i] == Fingerprint{}) break;
    }
    entries_[i] = fingerprint;
    if (with_numbers_) numbers_[i] = number;
    if (++size_ > mask_ / 4 * 3) [[unlikely]]
      grow();
    return {number, true};
  }

  std::uint64_t size() const { return size_; }
  std::uint64_t memory_bytes() const { return (mask_ + 1) * (sizeof(Fingerprint) + (with_numbers_ ? 4 : 0)); }
  bool grows_within(std::uint64_t inserts) const { return size_ + inserts > mask_ / 4 * 3; }

private:
  std::uint64_t slot(const Fingerprint& fingerprint) const { return fingerprint.low & mask_; }
  void allocate(std::uint64_t slots);
  void grow();

  struct Release {
    void operator()(void* block) const { std::free(block); }
  };
  bool with_numbers_;
  std::uint64_t mask_ = 0;
  std::uint64_t size_ = 0;
  std::unique_ptr<Fingerprint[], Release> entries_;
  std::unique_ptr<std::uint32_t[], Release> numbers_;
};

} // namespace gupcheck::engine
