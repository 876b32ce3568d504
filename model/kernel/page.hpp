// SPDX-License-Identifier: GPL-2.0-only
//
// include/linux/mm_types.h, page-flags.h: struct page, order 0 only.
//
// A folio is a page here: page_folio() is the one place to change when compound pages come. Each accessor is
// one visible step unless it says otherwise; what the kernel keeps in flags but never changes (zone,
// pageblock) is configuration and costs no step.
#pragma once

#include "model/engine/shared.hpp"
#include "model/kernel/list.hpp"
#include "model/kernel/mmzone.hpp"

#include <cstdint>

namespace gupcheck::kernel {

// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
enum pageflags : std::uint8_t { PG_locked, PG_lru, PG_anon_exclusive };

inline constexpr std::int32_t GUP_PIN_COUNTING_BIAS = 1024;
// NOLINTEND(readability-identifier-naming)

// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
struct Page {
  engine::atomic<std::uint32_t> flags;
  engine::atomic<std::int32_t> _refcount;
  engine::atomic<std::int32_t> _mapcount{-1}; // -1: not mapped
  // page->index and page->mapping of anonymous memory in one: the virtual page, or no_index while the page
  // has no mapping. Set when the page is first mapped or becomes a migration target, cleared by the
  // allocator.
  engine::var<std::int32_t> index{no_index};
  list_head lru;

  static constexpr std::int32_t no_index = -1;
};
// NOLINTEND(readability-identifier-naming)
using Folio = Page;

// No visible steps: order 0, and the page array never moves.
inline Folio* page_folio(Page* page) { return page; }
inline Page* compound_head(Page* page) { return page; }
inline long folio_nr_pages(const Folio*) { return 1; }
inline bool folio_test_large(const Folio*) { return false; }
unsigned page_to_pfn(const Page* page);
Page* pfn_to_page(unsigned pfn);
zone_type page_zonenum(const Page* page);
migratetype get_pageblock_migratetype(const Page* page);

// Page flags.
bool folio_test_lru(const Folio* folio);
void folio_set_lru(Folio* folio);
void folio_clear_lru(Folio* folio);
bool folio_test_clear_lru(Folio* folio);
// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
bool PageAnonExclusive(const Page* page);
void SetPageAnonExclusive(Page* page);
void ClearPageAnonExclusive(Page* page);
inline bool PageLRU(const Page* page) { return folio_test_lru(page); }
// NOLINTEND(readability-identifier-naming)

// The page lock. folio_lock blocks; unlocking a page that is not locked breaks vm-bug-on.
bool folio_trylock(Folio* folio);
void folio_lock(Folio* folio);
void folio_unlock(Folio* folio);

// Whether the page is mapped anywhere (_mapcount >= 0).
bool folio_mapped(const Folio* folio);

} // namespace gupcheck::kernel
