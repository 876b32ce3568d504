// SPDX-License-Identifier: GPL-2.0-only
//
// migrate_pages() and putback_movable_pages(). See migrate.hpp.
#include "model/kernel/migrate.hpp"

#include "model/kernel/alloc.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/lru.hpp"
#include "model/kernel/page_ref.hpp"
#include "model/kernel/rmap.hpp"

#include <cerrno>

namespace gupcheck::kernel {

namespace {

// migrate_folio_done(): the isolation reference goes, and with it the page.
void migrate_folio_done(Folio* src) {
  mod_nr_isolated(-1);
  if (mutated(Mutant::migrate_forgets_source)) return;
  folio_put(src);
  if (mutated(Mutant::migrate_puts_twice)) folio_put(src);
}

void unlock_source(Folio* src, bool migrated) {
  if (!migrated && mutated(Mutant::migrate_keeps_page_lock)) return;
  folio_unlock(src);
}

// __migrate_folio_unmap(): both pages locked and the source unmapped, or -EAGAIN and everything as before.
int migrate_folio_unmap(Folio* src, Folio* dst, bool force, bool& was_mapped) {
  if (!folio_trylock(src) && !mutated(Mutant::migrate_ignores_page_lock)) {
    if (!force) return -EAGAIN;
    folio_lock(src);
  }
  if (folio_trylock(dst)) {
    if (folio_mapped(src)) {
      try_to_migrate(src);
      was_mapped = true;
    }
    if (!folio_mapped(src)) return 0;
    if (was_mapped) remove_migration_ptes(src, src);
    folio_unlock(dst);
  }
  unlock_source(src, false);
  return -EAGAIN;
}

// folio_migrate_mapping() for anonymous memory that is not in the swap cache: the count is compared, not
// frozen. Whoever still holds a reference has it from before the pte was cleared.
int folio_migrate_mapping(Folio* dst, Folio* src) {
  if (folio_ref_count(src) != 1 && !mutated(Mutant::migrate_ignores_count)) return -EAGAIN;
  dst->index.store(src->index.load());
  return 0;
}

// __migrate_folio_move(): from both pages locked and the source unmapped to both unlocked.
int migrate_folio_move(Folio* src, Folio* dst, bool was_mapped) {
  const int rc = folio_migrate_mapping(dst, src);
  const TargetLru target_lru = config().target_lru;
  if (rc == 0 && target_lru != TargetLru::putback_after_unlock) {
    folio_add_lru(dst);
    if (was_mapped && target_lru == TargetLru::add_then_drain) lru_add_drain();
  }
  if (was_mapped && !(rc != 0 && mutated(Mutant::pte_not_restored)))
    remove_migration_ptes(src, rc == 0 ? dst : src);
  folio_unlock(dst);
  unlock_source(src, rc == 0);
  if (rc == 0) {
    if (target_lru == TargetLru::putback_after_unlock) {
      putback_lru_page(dst);
    } else {
      folio_put(dst);
    }
  }
  return rc;
}

// One page, one pass. On success it has left the list; otherwise it is on it still.
int migrate_one(Folio* src, gfp_t gfp_mask, bool force) {
  if (folio_ref_count(src) == 1) { // freed under us: only the isolation reference is left
    list_del(&src->lru);
    migrate_folio_done(src);
    return 0;
  }
  Page* newpage = alloc_migration_target(src, gfp_mask);
  if (newpage == nullptr) return -ENOMEM;
  Folio* dst = page_folio(newpage);
  bool was_mapped = false;
  int rc = migrate_folio_unmap(src, dst, force, was_mapped);
  if (rc == 0) rc = migrate_folio_move(src, dst, was_mapped);
  if (rc == 0) {
    list_del(&src->lru);
    migrate_folio_done(src);
  } else {
    folio_put(dst);
  }
  return rc;
}

} // namespace

Page* alloc_migration_target(const Page* page, gfp_t gfp_mask) {
  if (is_zone_movable_page(page)) gfp_mask |= GFP_HIGHMEM;
  return alloc_page(gfp_mask, AllocFor::migration_target);
}

void remove_migration_ptes(Folio* src, Folio* dst) {
  MmStruct& mm = current_mm();
  const auto address = static_cast<unsigned long>(dst->index.load()); // rmap_walk() of dst
  pte_lock(mm);
  if (pte_same(ptep_get(mm, address), make_writable_migration_entry(src))) {
    folio_get(dst);
    page_add_anon_rmap(dst);
    set_pte_at(mm, address, mk_pte(dst));
  }
  pte_unlock(mm);
}

int migrate_pages(list_head* from, gfp_t gfp_mask) {
  int retry = 1;
  for (unsigned pass = 0; pass < config().migrate_passes && retry != 0; ++pass) {
    const bool force = pass >= config().migrate_trylock_passes;
    retry = 0;
    Page* next = nullptr;
    for (Page* page = list_first_page(from); page != nullptr; page = next) {
      next = list_next_page(page, from);
      const int rc = migrate_one(page_folio(page), gfp_mask, force);
      if (rc == -ENOMEM) return rc; // memory is low: the others are not even tried
      if (rc == -EAGAIN) ++retry;
    }
  }
  return retry;
}

void putback_movable_pages(list_head* list) {
  Page* next = nullptr;
  for (Page* page = list_first_page(list); page != nullptr; page = next) {
    next = list_next_page(page, list);
    if (!mutated(Mutant::putback_without_del)) list_del(&page->lru);
    mod_nr_isolated(-1);
    putback_lru_page(page);
  }
}

} // namespace gupcheck::kernel
