// SPDX-License-Identifier: GPL-2.0-only
//
// GUP-fast. See fast.hpp.
#include "model/gup/fast.hpp"

#include "model/gup/config.hpp"
#include "model/gup/gup.hpp"

namespace gupcheck::gup {

using namespace kernel;

namespace {

// One page of gup_pte_range(): null means that the walk ends here.
Page* gup_pte(MmStruct& mm, unsigned long address, unsigned flags) {
  const pte_t pte = ptep_get(mm, address); // ptep_get_lockless()
  if (!pte_present(pte)) return nullptr;
  Folio* folio = try_grab_folio(pte_page(pte), 1, flags);
  if (folio == nullptr) return nullptr;
  if (mutated(Mutant::gup_fast_without_recheck)) return folio;
  if (!pte_same(ptep_get(mm, address), pte)) {
    gup_put_folio(folio, 1, flags);
    return nullptr;
  }
  return folio;
}

long __gup_longterm_unlocked(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  MmStruct& mm = current_mm();
  if (config().fallback_lock == FallbackLock::each_round) {
    int locked = 0;
    return __gup_longterm_locked(mm, start, nr_pages, pages, &locked, gup_flags);
  }
  mmap_read_lock(mm);
  const long ret = __gup_longterm_locked(mm, start, nr_pages, pages, nullptr, gup_flags);
  mmap_read_unlock(mm);
  return ret;
}

} // namespace

long lockless_pages_from_mm(MmStruct& mm, unsigned long start, long nr_pages, unsigned gup_flags,
                            Page** pages) {
  long nr_pinned = 0;
  while (nr_pinned < nr_pages) {
    const unsigned long address = start + static_cast<unsigned long>(nr_pinned);
    if (address >= kernel::config().virtual_pages) break;
    Page* page = gup_pte(mm, address, gup_flags);
    if (page == nullptr) break;
    pages[nr_pinned++] = page;
  }
  return nr_pinned;
}

long internal_get_user_pages_fast(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  const long nr_pinned = lockless_pages_from_mm(current_mm(), start, nr_pages, gup_flags, pages);
  if (nr_pinned == nr_pages) return nr_pinned;

  const long ret = __gup_longterm_unlocked(start + static_cast<unsigned long>(nr_pinned),
                                           nr_pages - nr_pinned, gup_flags, pages + nr_pinned);
  if (ret < 0) return nr_pinned != 0 ? nr_pinned : ret; // the caller has to unpin those that it has got
  return nr_pinned + ret;
}

} // namespace gupcheck::gup
