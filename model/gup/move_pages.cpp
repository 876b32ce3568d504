// SPDX-License-Identifier: GPL-2.0-only
//
// move_pages(2). See move_pages.hpp.
#include "model/gup/move_pages.hpp"

#include "model/gup/config.hpp"
#include "model/gup/slow.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/lru.hpp"
#include "model/kernel/migrate.hpp"
#include "model/kernel/task.hpp"

#include <cerrno>

namespace gupcheck::gup {

using namespace kernel;

namespace {

int isolate_for_migration(Page* page, list_head* pagelist) {
  const int err = isolate_lru_page(page);
  if (err != 0) return err;
  list_add_tail(&page->lru, pagelist);
  mod_nr_isolated(1);
  return 1;
}

// Up to 6.11: follow_page() with FOLL_GET | FOLL_DUMP.
int add_referenced_page(MmStruct& mm, unsigned long address, list_head* pagelist) {
  Page* page = follow_page_pte(mm, address, FOLL_GET);
  if (page == nullptr) return -ENOENT;
  const int err = isolate_for_migration(page, pagelist);
  put_page(page); // what follow_page() took: the isolation has its own
  return err;
}

// 6.12: __add_folio_for_migration() between folio_walk_start() and folio_walk_end().
int add_walked_folio(MmStruct& mm, unsigned long address, list_head* pagelist) {
  pte_lock(mm);
  const pte_t pte = ptep_get(mm, address);
  const int err = pte_present(pte) ? isolate_for_migration(pte_page(pte), pagelist) : -ENOENT;
  pte_unlock(mm);
  return err;
}

int do_move_pages_to_node(list_head* pagelist, gfp_t gfp_mask) {
  if (list_empty(pagelist)) return 0;
  const int err = migrate_pages(pagelist, gfp_mask);
  if (err != 0) putback_movable_pages(pagelist);
  return err;
}

} // namespace

int add_page_for_migration(unsigned long address, list_head* pagelist) {
  MmStruct& mm = current_mm();
  mmap_read_lock(mm);
  const int err = config().move_pages_lookup == MovePagesLookup::page_table_lock
                      ? add_walked_folio(mm, address, pagelist)
                      : add_referenced_page(mm, address, pagelist);
  mmap_read_unlock(mm);
  return err;
}

namespace {

long do_pages_move(unsigned long start, long nr_pages, gfp_t gfp_mask) {
  list_head* pagelist = own_list(current().movable_page_list);
  for (long i = 0; i < nr_pages; ++i) {
    if (add_page_for_migration(start + static_cast<unsigned long>(i), pagelist) > 0) continue;
    // The page's status is stored, and what was collected before it goes its way first.
    const int err = do_move_pages_to_node(pagelist, gfp_mask);
    if (err != 0) return err > 0 ? err + nr_pages - i - 1 : err; // those not tried count as not migrated
  }
  return do_move_pages_to_node(pagelist, gfp_mask);
}

} // namespace

long move_pages(unsigned long start, long nr_pages, gfp_t gfp_mask) {
  if (!kernel::config().lru_cache_disable) {
    lru_add_drain_all(); // migrate_prep(), up to 5.12
    return do_pages_move(start, nr_pages, gfp_mask);
  }
  lru_cache_disable();
  const long err = do_pages_move(start, nr_pages, gfp_mask);
  lru_cache_enable();
  return err;
}

} // namespace gupcheck::gup
