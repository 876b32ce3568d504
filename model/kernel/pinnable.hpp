// SPDX-License-Identifier: GPL-2.0-only
//
// May this page be pinned for long? The predicate in each of its historical forms, under the names it had.
//
// They read only the zone and the pageblock type, so none of them is a visible step. The zero page and
// device memory, which the later forms treat specially, do not exist here.
#pragma once

#include "model/kernel/page.hpp"

namespace gupcheck::kernel {

using Predicate = bool (*)(const Page*);

inline bool is_zone_movable_page(const Page* page) { return page_zonenum(page) == ZONE_MOVABLE; }
// 5.2 .. 5.12, and GUP-fast of the patch under discussion.
inline bool is_migrate_cma_page(const Page* page) { return get_pageblock_migratetype(page) == MIGRATE_CMA; }
// include/linux/mmzone.h; the patch under discussion asked it about the page's block.
inline bool is_migrate_movable(migratetype type) { return type == MIGRATE_CMA || type == MIGRATE_MOVABLE; }
// v2 of the patch up to 5.18.
bool is_pinnable_page(const Page* page);
// 5.19 and later: a block that is just being isolated for CMA or offlining counts as CMA.
bool is_longterm_pinnable_page(const Page* page);
inline bool folio_is_longterm_pinnable(const Folio* folio) { return is_longterm_pinnable_page(folio); }

// "May be pinned" as 5.10 and the first posting asked it, in the sense of the two above.
bool is_not_cma_page(const Page* page);
bool is_not_in_movable_block(const Page* page);
// As message 13 of the discussion would have it: only what is both CMA and in ZONE_MOVABLE may not be pinned.
bool is_not_movable_cma_page(const Page* page);

} // namespace gupcheck::kernel
