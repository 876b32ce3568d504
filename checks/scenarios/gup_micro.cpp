// SPDX-License-Identifier: GPL-2.0-only
//
// What the threads of gup-micro do. Reads beside the benchmark's text; see gup_micro.hpp.
#include "checks/scenarios/gup_micro_model.hpp"

namespace gupcheck::checks::gup_micro {

namespace {

using engine::fail;
using engine::require;
using Mutant = GupMicroMutant;

bool mutated(Mutant mutant) { return config.mutant == mutant; }
bool is_movable(PageNumber page) { return static_cast<unsigned>(page) < config.pages; }

} // namespace

// Waits as follow_page() does at a migration entry: the lock is dropped first.
PageNumber GupMicro::gup(unsigned v) {
  for (;;) {
    page_table_lock.lock();
    const PageNumber page = pte[v].load();
    if (page != migration_entry) {
      if (mutated(Mutant::gup_reference_after_unlock)) page_table_lock.unlock();
      if (!mutated(Mutant::gup_takes_no_reference)) pages[page].references.add(1);
      if (!mutated(Mutant::gup_reference_after_unlock)) page_table_lock.unlock();
      return page;
    }
    if (!mutated(Mutant::gup_waits_with_lock)) page_table_lock.unlock();
    pte[v].wait_until_not_equal(migration_entry);
  }
}

// isolate_lru_page() as of v5.11: TestClearPageLRU decides who may take the page off the LRU list.
bool GupMicro::isolate(PageNumber page) {
  auto& [flags, references, on] = pages[page];
  if (mutated(Mutant::isolate_tests_then_clears)) {
    if (!flags.test_bit(PG_lru)) return false;
    flags.clear_bit(PG_lru);
  } else if (mutated(Mutant::isolate_never_clears)) {
    if (!flags.test_bit(PG_lru)) return false;
  } else if (!flags.test_and_clear_bit(PG_lru)) {
    return false;
  }
  if (!mutated(Mutant::isolate_takes_no_reference)) references.add(1);
  lru_lock.lock();
  if (on.exchange(nullptr) != &lru) fail(list_integrity, "isolates a page that is not on the LRU list");
  if (!mutated(Mutant::isolate_keeps_lru_lock)) lru_lock.unlock();
  return true;
}

void GupMicro::putback(PageNumber page) {
  auto& [flags, references, on] = pages[page];
  if (mutated(Mutant::putback_sets_flag_first)) flags.set_bit(PG_lru);
  lru_lock.lock();
  if (on.exchange(&lru) != &engine::self<GupMicro>().movable_page_list)
    fail(list_integrity, "puts back a page that is not on the thread's list");
  if (!mutated(Mutant::putback_sets_flag_first)) flags.set_bit(PG_lru);
  lru_lock.unlock();
  if (!mutated(Mutant::putback_keeps_reference)) references.add(-1);
}

// The page is locked. Replaces its pte by a migration entry, unless the page is no longer mapped there.
bool GupMicro::unmap(PageNumber page, unsigned v) {
  page_table_lock.lock();
  if (mutated(Mutant::migrate_locks_in_opposite_order)) {
    lru_lock.lock();
    lru_lock.unlock();
  }
  const bool mapped = pte[v].compare_and_set(page, migration_entry);
  page_table_lock.unlock();
  return mapped;
}

// The page is frozen: nobody else holds it. It is freed, and the new page takes its place.
void GupMicro::replace(PageNumber page, unsigned v, PageNumber target) {
  const bool opposite_order = mutated(Mutant::migrate_locks_in_opposite_order);
  const bool map_first = mutated(Mutant::migrate_maps_before_reference);
  if (!mutated(Mutant::migrate_frees_listed_page) &&
      pages[page].on.exchange(nullptr) != &engine::self<GupMicro>().movable_page_list)
    fail(list_integrity, "frees a page that is not on the thread's list");
  if (!map_first) pages[target].references.store(1);
  lru_lock.lock();
  pages[target].on.store(&lru);
  pages[target].flags.set_bit(PG_lru);
  if (!opposite_order) lru_lock.unlock();
  page_table_lock.lock();
  pte[v].store(target);
  page_table_lock.unlock();
  if (opposite_order) lru_lock.unlock();
  if (map_first) pages[target].references.store(1);
}

// One attempt to migrate one page, as migrate_pages() does it.
bool GupMicro::migrate(PageNumber page, unsigned v, PageNumber target) {
  auto& [flags, references, on] = pages[page];
  if (flags.test_and_set_bit(PG_locked)) return false;
  if (!unmap(page, v)) {
    flags.clear_bit(PG_locked);
    return false;
  }
  if (!mutated(Mutant::migrate_keeps_mapping_reference)) references.add(-1);
  // Freeze: only the reference of the isolation may be left.
  bool frozen = true;
  if (mutated(Mutant::migrate_ignores_pins)) {
    references.store(0);
  } else {
    frozen = references.compare_and_set(1, 0);
  }
  if (frozen) {
    replace(page, v, target);
    flags.clear_bit(PG_locked);
    return true;
  }
  references.add(1);
  page_table_lock.lock();
  if (!mutated(Mutant::migrate_keeps_pte)) pte[v].store(page);
  page_table_lock.unlock();
  flags.clear_bit(PG_locked);
  return false;
}

void GupMicro::pin_all(Pins& pins) {
  for (unsigned v = 0; v < config.pages; ++v) pins.page[v] = gup(v);
}

GupMicro::Selection GupMicro::isolate_movable(const Pins& pins) {
  unsigned list = 0;
  for (unsigned v = 0; v < config.pages; ++v) {
    const PageNumber page = pins.page[v];
    if (!is_movable(page) || isolate(page) == mutated(Mutant::isolate_inverted)) continue;
    if (pages[page].on.exchange(&engine::self<GupMicro>().movable_page_list) != nullptr)
      fail(list_integrity, "double insertion");
    list |= 1U << v;
  }
  return static_cast<Selection>(list);
}

void GupMicro::drop_all(const Pins& pins) {
  for (unsigned v = 0; v < config.pages; ++v) {
    pages[pins.page[v]].references.add(-1);
    if (mutated(Mutant::pins_dropped_twice)) pages[pins.page[v]].references.add(-1);
  }
}

// Whether all pages of the list were migrated; the others are put back.
bool GupMicro::migrate_all(Selection list) {
  bool migrated = true;
  for (unsigned v = 0; v < config.pages; ++v) {
    if ((list >> v & 1U) == 0 || migrate(old_page(v), v, new_page(v))) continue;
    migrated = false;
    putback(old_page(v));
  }
  return migrated;
}

// Both variants return whether all pages are pinned.

bool GupMicro::seed(Pins& pins) {
  pin_all(pins);
  for (;;) {
    const Selection list = isolate_movable(pins);
    if (list == 0) return true;
    drop_all(pins);
    const bool migrated = migrate_all(list);
    pin_all(pins);
    if (!migrated) return true;
  }
}

bool GupMicro::retry(Pins& pins) {
  for (;;) {
    pin_all(pins);
    bool movable = false;
    for (unsigned v = 0; v < config.pages; ++v) movable = movable || is_movable(pins.page[v]);
    if (!movable) return true;
    const Selection list = isolate_movable(pins);
    if (list == 0 && mutated(Mutant::isolation_failure_ignored)) return true;
    drop_all(pins);
    if (!migrate_all(list)) return false; // -ENOMEM
  }
}

void GupMicro::thread(unsigned) {
  Pins pins;
  if (!(config.variant == GupMicroVariant::seed ? seed(pins) : retry(pins))) return;
  for (unsigned v = 0; v < config.pages; ++v)
    require(!is_movable(pins.page[v]), pin_placement, "a pinned movable page is returned");
  drop_all(pins);
}

} // namespace gupcheck::checks::gup_micro
