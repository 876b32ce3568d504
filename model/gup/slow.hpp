// SPDX-License-Identifier: GPL-2.0-only
//
// mm/gup.c, the slow path: walk the page table under its lock, fault in what is not there.
//
// Addresses are virtual page numbers, pages are pinned one after the other from `start`. A range that leaves
// the address space ends in -EFAULT, as without a VMA.
#pragma once

#include "model/gup/grab.hpp"
#include "model/kernel/mm.hpp"

namespace gupcheck::gup {

using kernel::MmStruct;

// The page at an address with a reference of the kind that `flags` ask for, or null when there is none that
// is present (nothing mapped, or a migration entry).
Page* follow_page_pte(MmStruct& mm, unsigned long address, unsigned flags);

// How many pages were pinned, or -errno if not even one. The caller holds mmap_lock for reading.
long __get_user_pages(MmStruct& mm, unsigned long start, long nr_pages, unsigned gup_flags, Page** pages);

// The same; with `locked`, and *locked 0, takes mmap_lock for itself and drops it again (6.12).
long __get_user_pages_locked(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                             unsigned gup_flags);

} // namespace gupcheck::gup
