// SPDX-License-Identifier: GPL-2.0-only
//
// mm/page_alloc.c as its callers see it: a bounded pool of pages in zones, and PF_MEMALLOC_PIN.
//
// A page is either free (its bit in free_pages is set: that is the only truth about it) or allocated. Which
// page an allocation gets is fixed: the zone that the flags prefer, the matching pageblock type, the lowest
// number. So a freed page is used again as soon as possible, which is what bugs of lifetime need.
#pragma once

#include "model/kernel/page.hpp"

namespace gupcheck::kernel {

struct Allocator {
  engine::atomic<std::uint32_t> free_pages; // one bit for each page
};

// Whom an allocation is for; only AllocFailure asks.
enum class AllocFor : std::uint8_t { fault, migration_target };

// An allocated page with one reference, or null: no page of a zone that the flags allow is free, or the
// allocation was told to fail. The flags of the task (memalloc_pin_save) count as in the kernel.
Page* alloc_page(gfp_t gfp_mask, AllocFor purpose = AllocFor::fault);

// Gives a page whose count reached 0 back. What the kernel's bad_page() reports breaks vm-bug-on, a double
// free breaks page-lifetime.
void free_unref_page(Page* page);

// include/linux/sched/mm.h: current->flags. Between save and restore this task's allocations come neither
// from CMA nor, from 5.13 on, from ZONE_MOVABLE (up to 5.12 it was memalloc_nocma_save).
unsigned memalloc_pin_save();
void memalloc_pin_restore(unsigned flags);
gfp_t current_gfp_context(gfp_t gfp_mask);

// Direct mode: whether the page is in the pool.
bool is_free(unsigned pfn);

} // namespace gupcheck::kernel
