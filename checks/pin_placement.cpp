// SPDX-License-Identifier: GPL-2.0-only
//
// See pin_placement.hpp.
#include "checks/pin_placement.hpp"

namespace gupcheck::checks {

using namespace kernel;

bool may_be_pinned_for_long(const Page* page) {
  const migratetype type = get_pageblock_migratetype(page);
  return page_zonenum(page) != ZONE_MOVABLE && type != MIGRATE_CMA && type != MIGRATE_ISOLATE;
}

void require_placement(Page** pages, long nr_pages) {
  for (long i = 0; i < nr_pages; ++i)
    engine::require(may_be_pinned_for_long(pages[i]), pin_placement,
                    "pin_user_pages(FOLL_LONGTERM) returned a page that may not be pinned (ZONE_MOVABLE, CMA "
                    "or ISOLATE)");
}

} // namespace gupcheck::checks
