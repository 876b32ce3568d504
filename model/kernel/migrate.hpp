// SPDX-License-Identifier: GPL-2.0-only
//
// mm/migrate.c for anonymous order-0 pages, as in 6.1; what older and newer kernels do otherwise is chosen by
// the configuration (config.hpp).
#pragma once

#include "model/kernel/page.hpp"

namespace gupcheck::kernel {

// Migrates every page on the list to a new page allocated with gfp_mask (alloc_migration_target). Migrated
// pages leave the list; the others stay on it. MIGRATE_SYNC. Returns 0, how many were not migrated, or
// -ENOMEM when a target could not be allocated, which ends the attempt.
int migrate_pages(list_head* from, gfp_t gfp_mask);

// Gives every page on the list back to the LRU and drops its isolation reference; the list is empty then.
void putback_movable_pages(list_head* list);

// The target of a migration of `page`: pages of ZONE_MOVABLE may go wherever __GFP_HIGHMEM memory may.
Page* alloc_migration_target(const Page* page, gfp_t gfp_mask);

// Puts ptes back where try_to_migrate(src) left migration entries, now pointing to dst (dst may be src).
void remove_migration_ptes(Folio* src, Folio* dst);

} // namespace gupcheck::kernel
