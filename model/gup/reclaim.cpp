// SPDX-License-Identifier: GPL-2.0-only
//
// Reclaim's isolation and its way back. See reclaim.hpp.
#include "model/gup/reclaim.hpp"

#include "model/kernel/alloc.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

namespace gupcheck::gup {

using namespace kernel;

namespace {

const char* off_the_lru(std::uint64_t page, std::uint64_t) {
  return reinterpret_cast<const Page*>(page)->flags.test_bit(PG_lru)
             ? "VM_BUG_ON_FOLIO(folio_test_lru(folio)): reclaim puts back a page of the LRU"
             : nullptr;
}

// shrink_folio_list() when every page is referenced: each is locked for a look, if that does not wait.
void look_at_folios(list_head* list) {
  for (Page* page = list_first_page(list); page != nullptr; page = list_next_page(page, list)) {
    if (folio_trylock(page)) folio_unlock(page);
  }
}

void free_unref_page_list(list_head* list) {
  for (Page* page = list_first_page(list); page != nullptr; page = list_first_page(list)) {
    list_del(&page->lru);
    free_unref_page(page);
  }
}

} // namespace

unsigned long isolate_lru_folios(unsigned long nr_to_scan, list_head* dst) {
  list_head* src = &system().lruvec.list;
  unsigned long nr_taken = 0;
  for (unsigned long scan = 0; scan < nr_to_scan && !list_empty(src); ++scan) {
    Folio* folio = lru_entry(src->prev.load()); // lru_to_folio(): the last
    list_head* move_to = src;                   // to the other end, so that it is not looked at again
    if (folio_test_lru(folio) && folio_try_get(folio)) {
      if (folio_test_clear_lru(folio)) {
        ++nr_taken;
        move_to = dst;
      } else {
        folio_put(folio); // another task is already isolating it and waits for our lock
      }
    }
    list_move(&folio->lru, move_to);
  }
  return nr_taken;
}

void move_folios_to_lru(list_head* list, list_head* folios_to_free) {
  while (!list_empty(list)) {
    Folio* folio = lru_entry(list->prev.load());
    engine::expect(vm_bug_on, off_the_lru, reinterpret_cast<std::uint64_t>(folio));
    list_del(&folio->lru);
    // Flag, reference, list, in this order: from the flag on others may isolate the page, but they wait for
    // the lock; from the reference on it may be gone.
    folio_set_lru(folio);
    if (folio_put_testzero(folio)) {
      folio_clear_lru(folio);
      list_add(&folio->lru, folios_to_free);
    } else {
      lruvec_add_folio(folio);
    }
  }
}

unsigned long shrink_inactive_list(unsigned long nr_to_scan) {
  Lruvec& lruvec = system().lruvec;
  list_head* folio_list = own_list(current().folio_list);
  lru_add_drain();

  lruvec.lru_lock.lock();
  const unsigned long nr_taken = isolate_lru_folios(nr_to_scan, folio_list);
  mod_nr_isolated(static_cast<std::int32_t>(nr_taken));
  lruvec.lru_lock.unlock();
  if (nr_taken == 0) return 0;

  look_at_folios(folio_list);

  list_head* folios_to_free = own_list(current().movable_page_list); // this task migrates nothing meanwhile
  lruvec.lru_lock.lock();
  move_folios_to_lru(folio_list, folios_to_free);
  mod_nr_isolated(-static_cast<std::int32_t>(nr_taken));
  lruvec.lru_lock.unlock();
  free_unref_page_list(folios_to_free);
  return nr_taken;
}

} // namespace gupcheck::gup
