// SPDX-License-Identifier: GPL-2.0-only
//
// mm/migrate.c: move_pages(2), the other user of isolate_lru_page() that may run at any time.
#pragma once

#include "model/kernel/list.hpp"
#include "model/kernel/mmzone.hpp"

namespace gupcheck::gup {

// Migrates the pages of a range that are there now and that nobody else has isolated. There are no nodes
// here: the caller names one on which none of the pages lies, and a target is wherever `gfp_mask` allows. 0,
// how many pages did not migrate, or -ENOMEM.
long move_pages(unsigned long start, long nr_pages, kernel::gfp_t gfp_mask = kernel::GFP_HIGHUSER_MOVABLE);

// 1 when the page at the address is isolated and on the list, else -errno: -ENOENT when there is none, -EBUSY
// when it cannot be isolated.
int add_page_for_migration(unsigned long address, kernel::list_head* pagelist);

} // namespace gupcheck::gup
