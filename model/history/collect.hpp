// SPDX-License-Identifier: GPL-2.0-only
//
// The loop since 6.1 in its three pieces: collect, migrate, and again on -EAGAIN. Versions differ in how they
// collect, and in what they take for "nothing to do".
#pragma once

#include "model/history/pages.hpp"

namespace gupcheck::history {

// Whether a folio is left alone after folio_isolate_lru() returned this: 0, or -EBUSY. No visible step.
using SkipTest = bool (*)(int error);
bool isolation_failed(int error);

// Counts the folios that may not be pinned, and moves those that can be isolated to the list. The text
// of 6.1.13 (and of today, drains apart).
unsigned long collect_longterm_unpinnable_pages(list_head* movable_page_list, long nr_pages, Page** pages,
                                                SkipTest skip = isolation_failed);

// Drops all pins and migrates the list. -EAGAIN when the caller should pin again, -ENOMEM when not everything
// could be migrated; nothing is pinned and the list is empty then.
long migrate_longterm_unpinnable_pages(list_head* movable_page_list, long nr_pages, Page** pages);

// 0 when all pages may stay pinned; else nothing is pinned any more and the answer is -EAGAIN or an error.
using CheckAndMigrate = long (*)(long nr_pages, Page** pages);

// 67e139b02d99, corrected: "nothing to do" is that no page was counted.
long check_and_migrate_movable_pages(long nr_pages, Page** pages);

// Pins, checks, and pins again for as long as the answer is -EAGAIN.
long pin_until_checked(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                       unsigned gup_flags, CheckAndMigrate check_and_migrate);

} // namespace gupcheck::history
