// SPDX-License-Identifier: GPL-2.0-only
//
// The loop of 5.10 and of the first postings: it pins the pages again itself, after the migration.
#pragma once

#include "model/history/pages.hpp"

namespace gupcheck::history {

// Pins the range, then lets check_and_migrate_movable_pages() move what may not stay where it is. Which pages
// those are is the version's predicate (kernel::config().pinnable).
long pin_then_check(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                    unsigned gup_flags);

// check_and_migrate_cma_pages() in 5.10. The pages are pinned. Returns what the last pinning returned.
//   - a page that cannot be isolated is passed over in silence, so when none can be the answer is success
//   - after a migration that failed the pages are pinned once more and returned wherever they are
long check_and_migrate_movable_pages(MmStruct& mm, unsigned long start, long nr_pages, Page** pages,
                                     int* locked, unsigned gup_flags);

} // namespace gupcheck::history
