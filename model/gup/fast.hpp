// SPDX-License-Identifier: GPL-2.0-only
//
// mm/gup.c, GUP-fast: walks the page table without any lock.
//
// It reads the pte, takes a reference if the page still has one, and reads the pte again: when the pte has
// changed the page may be another one's by now, and the reference is dropped.
#pragma once

#include "model/gup/slow.hpp"

namespace gupcheck::gup {

// How many pages were pinned from the start of the range; it stops at the first that it cannot take.
long lockless_pages_from_mm(MmStruct& mm, unsigned long start, long nr_pages, unsigned gup_flags,
                            Page** pages);

// GUP-fast, and the slow path for what is left. Takes mmap_lock itself, if it needs it at all.
long internal_get_user_pages_fast(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages);

} // namespace gupcheck::gup
