// SPDX-License-Identifier: GPL-2.0-only
//
// Page table entries: none, present, or a migration entry. Values only; no function here is a visible step.
//
// All memory is private, anonymous, writable and mapped once, so a present entry is always writable and
// exclusive, and a migration entry is always the writable kind.
#pragma once

#include "model/kernel/page.hpp"

#include <cstdint>

namespace gupcheck::kernel {

// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
struct pte_t {
  std::uint32_t value = 0;
  bool operator==(const pte_t&) const = default;
};
// NOLINTEND(readability-identifier-naming)

inline constexpr std::uint32_t pte_present_bit = 0x1;
inline constexpr std::uint32_t pte_migration_bit = 0x2;
inline constexpr unsigned pte_pfn_shift = 4;

inline bool pte_none(pte_t pte) { return pte.value == 0; }
inline bool pte_present(pte_t pte) { return (pte.value & pte_present_bit) != 0; }
inline bool is_migration_entry(pte_t pte) { return (pte.value & pte_migration_bit) != 0; }
inline unsigned pte_pfn(pte_t pte) { return pte.value >> pte_pfn_shift; }
inline bool pte_same(pte_t a, pte_t b) { return a == b; }

// The page of a present entry, or of a migration entry (pfn_swap_entry_to_page).
inline Page* pte_page(pte_t pte) { return pfn_to_page(pte_pfn(pte)); }
inline pte_t mk_pte(const Page* page) { return {page_to_pfn(page) << pte_pfn_shift | pte_present_bit}; }
inline pte_t make_writable_migration_entry(const Page* page) {
  return {page_to_pfn(page) << pte_pfn_shift | pte_migration_bit};
}

} // namespace gupcheck::kernel
