// SPDX-License-Identifier: GPL-2.0-only
//
// Memory as a scenario lays it out before the threads start. See system.hpp.
#include "model/kernel/page_ref.hpp"
#include "model/kernel/rmap.hpp"
#include "model/kernel/system.hpp"

#include <stdexcept>

namespace gupcheck::kernel {

namespace {

// Takes a given page from the pool and maps it: one reference, the mapping's.
Page* map_page(unsigned pfn, unsigned long address) {
  if (pfn >= config().pages) throw std::invalid_argument("no such physical page");
  if (address >= config().virtual_pages) throw std::invalid_argument("no such virtual page");
  Page* page = pfn_to_page(pfn);
  if (!system().allocator.free_pages.test_and_clear_bit(pfn))
    throw std::invalid_argument("that physical page is in use already");
  page->_refcount.store(1);
  page_add_new_anon_rmap(page, address);
  set_pte_at(system().mm, address, mk_pte(page));
  return page;
}

} // namespace

Page* map_page_on_lru(unsigned pfn, unsigned long address) {
  Page* page = map_page(pfn, address);
  lruvec_add_folio(page_folio(page));
  folio_set_lru(page_folio(page));
  return page;
}

Page* map_page_in_batch(unsigned pfn, unsigned long address, unsigned cpu) {
  if (cpu >= config().cpus) throw std::invalid_argument("no such CPU");
  FolioBatch& batch = task_on(cpu).lru_add;
  const std::uint32_t nr = batch.nr.load();
  if (nr + 1 >= config().batch_size) throw std::invalid_argument("the CPU's batch would be full");
  Page* page = map_page(pfn, address);
  folio_get(page_folio(page));
  batch.folios[nr].store(page_folio(page));
  batch.nr.store(nr + 1);
  return page;
}

Page* map_page_off_lru(unsigned pfn, unsigned long address) { return map_page(pfn, address); }

} // namespace gupcheck::kernel
