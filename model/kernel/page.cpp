// SPDX-License-Identifier: GPL-2.0-only
//
// Page flags, the page lock, and what memory a page is part of. See page.hpp.
#include "model/kernel/page.hpp"

#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

namespace {

const char* page_is_locked(std::uint64_t page, std::uint64_t) {
  return reinterpret_cast<const Page*>(page)->flags.test_bit(PG_locked)
             ? nullptr
             : "VM_BUG_ON_FOLIO(!folio_test_locked(folio)): unlock of an unlocked page";
}

} // namespace

unsigned page_to_pfn(const Page* page) { return static_cast<unsigned>(page - system().pages); }
Page* pfn_to_page(unsigned pfn) { return system().pages + pfn; }
zone_type page_zonenum(const Page* page) { return config().page[page_to_pfn(page)].zone; }
migratetype get_pageblock_migratetype(const Page* page) { return config().page[page_to_pfn(page)].type; }

bool folio_test_lru(const Folio* folio) { return folio->flags.test_bit(PG_lru); }
void folio_set_lru(Folio* folio) { folio->flags.set_bit(PG_lru); }
void folio_clear_lru(Folio* folio) { folio->flags.clear_bit(PG_lru); }

bool folio_test_clear_lru(Folio* folio) {
  if (mutated(Mutant::isolate_keeps_flag)) return folio_test_lru(folio);
  if (mutated(Mutant::isolate_in_two_steps)) {
    if (!folio_test_lru(folio)) return false;
    folio_clear_lru(folio);
    return true;
  }
  return folio->flags.test_and_clear_bit(PG_lru);
}

bool PageAnonExclusive(const Page* page) { return page->flags.test_bit(PG_anon_exclusive); }
void SetPageAnonExclusive(Page* page) { page->flags.set_bit(PG_anon_exclusive); }
void ClearPageAnonExclusive(Page* page) { page->flags.clear_bit(PG_anon_exclusive); }

bool folio_trylock(Folio* folio) {
  return !folio->flags.test_and_set_bit(PG_locked, engine::MemoryOrder::acquire);
}

void folio_lock(Folio* folio) { folio->flags.lock_bit(PG_locked); }

void folio_unlock(Folio* folio) {
  engine::expect(vm_bug_on, page_is_locked, reinterpret_cast<std::uint64_t>(folio));
  folio->flags.clear_bit(PG_locked, engine::MemoryOrder::release);
}

bool folio_mapped(const Folio* folio) { return folio->_mapcount.load(engine::MemoryOrder::relaxed) >= 0; }

} // namespace gupcheck::kernel
