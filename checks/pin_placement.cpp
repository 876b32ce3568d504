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

namespace {

// Literals: a message outlives the thread that fails.
const char* what_is_wrong(const Page* page) {
  if (page_zonenum(page) == ZONE_MOVABLE)
    return "pin_user_pages(FOLL_LONGTERM) returned a page of ZONE_MOVABLE, which may not be pinned";
  if (get_pageblock_migratetype(page) == MIGRATE_CMA)
    return "pin_user_pages(FOLL_LONGTERM) returned a CMA page, which may not be pinned";
  return "pin_user_pages(FOLL_LONGTERM) returned a page of an isolated block, which may not be pinned";
}

} // namespace

void require_placement(Page** pages, long nr_pages) {
  for (long i = 0; i < nr_pages; ++i)
    if (!may_be_pinned_for_long(pages[i])) engine::fail(pin_placement, what_is_wrong(pages[i]));
}

} // namespace gupcheck::checks
