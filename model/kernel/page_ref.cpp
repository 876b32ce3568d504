// SPDX-License-Identifier: GPL-2.0-only
//
// Reference counts, and the way of a page whose last reference is gone. See page_ref.hpp.
//
// VM_BUG_ON_FOLIO on a count of 0 in get and put is the promise `refcount`, a watch on the location
// (watches.hpp), not a condition here: it holds for whoever changes the count.
#include "model/kernel/page_ref.hpp"

#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

using engine::MemoryOrder;

namespace {

// mm/swap.c, __folio_put_small(): __page_cache_release(), then free_unref_page().
void folio_put_small(Folio* folio) {
  if (folio_test_lru(folio)) {
    Lruvec& lruvec = system().lruvec;
    lruvec.lru_lock.lock();
    lruvec_del_folio(folio);
    folio_clear_lru(folio);
    lruvec.lru_lock.unlock();
  }
  free_unref_page(folio);
}

} // namespace

std::int32_t folio_ref_count(const Folio* folio) { return folio->_refcount.load(MemoryOrder::relaxed); }

void folio_get(Folio* folio) { folio->_refcount.add(1); }
void folio_ref_add(Folio* folio, std::int32_t nr) { folio->_refcount.add(nr); }
bool folio_try_get(Folio* folio) { return folio->_refcount.add_unless(1, 0); }
bool folio_ref_try_add(Folio* folio, std::int32_t nr) { return folio->_refcount.add_unless(nr, 0); }
bool folio_ref_freeze(Folio* folio, std::int32_t count) { return folio->_refcount.compare_and_set(count, 0); }
void folio_ref_unfreeze(Folio* folio, std::int32_t count) {
  folio->_refcount.store(count, MemoryOrder::release);
}

bool folio_put_testzero(Folio* folio) { return folio->_refcount.sub_and_test(1); }

void folio_put(Folio* folio) {
  if (folio_put_testzero(folio)) folio_put_small(folio);
}

void folio_put_refs(Folio* folio, std::int32_t refs) {
  if (folio->_refcount.sub_and_test(refs)) folio_put_small(folio);
}

bool page_maybe_dma_pinned(const Page* page) { return page_count(page) >= GUP_PIN_COUNTING_BIAS; }

} // namespace gupcheck::kernel
