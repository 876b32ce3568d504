// SPDX-License-Identifier: GPL-2.0-only
//
// The growth of the fingerprint table. See fingerprint.hpp.
#include "model/engine/fingerprint.hpp"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace gupcheck::engine {

namespace {

constexpr std::uint64_t first_slots = 1U << 14;
constexpr std::size_t huge_page = std::size_t{2} << 20;

// Zeroed memory, on huge pages where it is large: most of a big run's time goes into TLB and cache misses
// here.
template <class T> T* allocate_zeroed(std::uint64_t count) {
  const std::size_t bytes = count * sizeof(T);
  if (bytes < huge_page) {
    void* small = std::calloc(count, sizeof(T));
    if (small == nullptr) throw std::bad_alloc();
    return static_cast<T*>(small);
  }
  void* block = std::aligned_alloc(huge_page, (bytes + huge_page - 1) / huge_page * huge_page);
  if (block == nullptr) throw std::bad_alloc();
  madvise(block, bytes, MADV_HUGEPAGE);
  std::memset(block, 0, bytes);
  return static_cast<T*>(block);
}

} // namespace

FingerprintTable::FingerprintTable(bool with_numbers) : with_numbers_(with_numbers) { allocate(first_slots); }

void FingerprintTable::allocate(std::uint64_t slots) {
  mask_ = slots - 1;
  entries_.reset(allocate_zeroed<Fingerprint>(slots));
  if (with_numbers_) numbers_.reset(allocate_zeroed<std::uint32_t>(slots));
}

void FingerprintTable::grow() {
  const std::uint64_t old_slots = mask_ + 1;
  const auto old_entries = std::move(entries_);
  const auto old_numbers = std::move(numbers_);
  allocate(2 * old_slots);
  constexpr std::uint64_t ahead = 16;
  for (std::uint64_t i = 0; i < old_slots; ++i) {
    if (i + ahead < old_slots) prefetch(old_entries[i + ahead]);
    if (old_entries[i] == Fingerprint{}) continue;
    std::uint64_t to = slot(old_entries[i]);
    while (!(entries_[to] == Fingerprint{})) to = (to + 1) & mask_;
    entries_[to] = old_entries[i];
    if (with_numbers_) numbers_[to] = old_numbers[i];
  }
}

} // namespace gupcheck::engine
