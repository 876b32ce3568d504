// SPDX-License-Identifier: GPL-2.0-only
//
// The page allocator as its callers see it. See alloc.hpp.
#include "model/kernel/alloc.hpp"

#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

namespace {

constexpr unsigned no_page = max_pages;

// free_pages_prepare() and check_new_page(): what bad_page() reports.
const char* is_sane_to_free(std::uint64_t address, std::uint64_t) {
  const Page* page = reinterpret_cast<const Page*>(address);
  if (page->_mapcount.load() != -1) return "bad page: freed while mapped (nonzero mapcount)";
  if (page->_refcount.load() != 0) return "bad page: freed with references (nonzero _refcount)";
  if (page->flags.test_bit(PG_locked)) return "bad page: freed while PG_locked is set";
  if (page->flags.test_bit(PG_lru)) return "bad page: freed while PG_lru is set";
  if (!is_unlinked(&page->lru)) return "bad page: freed while linked on a list";
  return nullptr;
}

const char* is_unreferenced(std::uint64_t page, std::uint64_t) {
  return reinterpret_cast<const Page*>(page)->_refcount.load() == 0
             ? nullptr
             : "VM_BUG_ON_PAGE(page_ref_count(page)): a page in the pool has references";
}

// The lowest free page of a zone and pageblock type.
unsigned find_free(std::uint32_t free, zone_type zone, migratetype type) {
  for (unsigned pfn = 0; pfn < config().pages; ++pfn) {
    const PageLayout layout = config().page[pfn];
    if ((free >> pfn & 1U) != 0 && layout.zone == zone && layout.type == type) return pfn;
  }
  return no_page;
}

// Whether more than half of the zone's free pages are CMA (NR_FREE_CMA_PAGES, NR_FREE_PAGES).
bool mostly_cma(std::uint32_t free, zone_type zone) {
  unsigned all = 0;
  unsigned cma = 0;
  for (unsigned pfn = 0; pfn < config().pages; ++pfn) {
    const PageLayout layout = config().page[pfn];
    if ((free >> pfn & 1U) == 0 || layout.zone != zone || layout.type == MIGRATE_ISOLATE) continue;
    ++all;
    if (layout.type == MIGRATE_CMA) ++cma;
  }
  return cma > all / 2;
}

// __rmqueue(): CMA serves movable allocations only (ALLOC_CMA), first when most of the zone's free memory is
// CMA, else after the wanted type; then __rmqueue_fallback() takes the other type. A block that is being
// isolated gives nothing.
unsigned find_in_zone(std::uint32_t free, zone_type zone, gfp_t gfp_mask) {
  const bool movable = (gfp_mask & GFP_MOVABLE) != 0;
  const bool cma = movable && (gfp_mask & GFP_NO_CMA) == 0;
  unsigned pfn = no_page;
  if (cma && mostly_cma(free, zone)) pfn = find_free(free, zone, MIGRATE_CMA);
  if (pfn == no_page) pfn = find_free(free, zone, movable ? MIGRATE_MOVABLE : MIGRATE_UNMOVABLE);
  if (pfn == no_page && cma) pfn = find_free(free, zone, MIGRATE_CMA);
  if (pfn == no_page) pfn = find_free(free, zone, movable ? MIGRATE_UNMOVABLE : MIGRATE_MOVABLE);
  return pfn;
}

// gfp_zone() and the zonelist: ZONE_MOVABLE needs both flags and is tried first.
unsigned find_page(std::uint32_t free, gfp_t gfp_mask) {
  constexpr gfp_t movable_zone = GFP_HIGHMEM | GFP_MOVABLE;
  unsigned pfn = no_page;
  if ((gfp_mask & movable_zone) == movable_zone) pfn = find_in_zone(free, ZONE_MOVABLE, gfp_mask);
  if (pfn == no_page) pfn = find_in_zone(free, ZONE_NORMAL, gfp_mask);
  return pfn;
}

bool told_to_fail(AllocFor purpose) {
  const AllocFailure failure = config().alloc_failure;
  const bool may_fail = failure == AllocFailure::any ||
                        (failure == AllocFailure::migration_target && purpose == AllocFor::migration_target);
  return may_fail && engine::choose(2) == 1;
}

} // namespace

Page* alloc_page(gfp_t gfp_mask, AllocFor purpose) {
  gfp_mask = current_gfp_context(gfp_mask);
  if (told_to_fail(purpose)) return nullptr;
  Allocator& allocator = system().allocator;
  unsigned pfn = no_page;
  do {
    pfn = find_page(allocator.free_pages.load(), gfp_mask);
    if (pfn == no_page) return nullptr;
  } while (!allocator.free_pages.test_and_clear_bit(pfn)); // somebody was faster
  Page* page = pfn_to_page(pfn);
  engine::expect(vm_bug_on, is_unreferenced, reinterpret_cast<std::uint64_t>(page));
  page->_refcount.store(1, engine::MemoryOrder::relaxed); // set_page_refcounted()
  return page;
}

void free_unref_page(Page* page) {
  engine::expect(vm_bug_on, is_sane_to_free, reinterpret_cast<std::uint64_t>(page));
  page->index.store(Page::no_index);                         // page->mapping = NULL
  if (config().anon_exclusive) ClearPageAnonExclusive(page); // PAGE_FLAGS_CHECK_AT_PREP
  const bool was_free = system().allocator.free_pages.test_and_set_bit(page_to_pfn(page));
  engine::require(!was_free, page_lifetime, "double free");
}

unsigned memalloc_pin_save() {
  unsigned& flags = current_flags();
  const unsigned old = flags & PF_MEMALLOC_PIN;
  flags |= PF_MEMALLOC_PIN;
  return old;
}

void memalloc_pin_restore(unsigned flags) { current_flags() = (current_flags() & ~PF_MEMALLOC_PIN) | flags; }

gfp_t current_gfp_context(gfp_t gfp_mask) {
  if ((gfp_mask & GFP_MOVABLE) == 0 || (current_flags() & PF_MEMALLOC_PIN) == 0) return gfp_mask;
  return config().pin_scope == PinScope::pin ? gfp_mask & ~GFP_MOVABLE : gfp_mask | GFP_NO_CMA;
}

bool is_free(unsigned pfn) { return system().allocator.free_pages.test_bit(pfn); }

} // namespace gupcheck::kernel
