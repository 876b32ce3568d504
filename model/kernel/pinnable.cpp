// SPDX-License-Identifier: GPL-2.0-only
//
// The historical predicates. See pinnable.hpp.
#include "model/kernel/pinnable.hpp"

namespace gupcheck::kernel {

bool is_pinnable_page(const Page* page) { return !is_zone_movable_page(page) && !is_migrate_cma_page(page); }

bool is_longterm_pinnable_page(const Page* page) {
  const migratetype type = get_pageblock_migratetype(page);
  if (type == MIGRATE_CMA || type == MIGRATE_ISOLATE) return false;
  return !is_zone_movable_page(page);
}

bool is_not_cma_page(const Page* page) { return !is_migrate_cma_page(page); }
bool is_not_in_movable_block(const Page* page) {
  return !is_migrate_movable(get_pageblock_migratetype(page));
}
bool is_not_movable_cma_page(const Page* page) {
  return !is_zone_movable_page(page) || !is_migrate_cma_page(page);
}

} // namespace gupcheck::kernel
