// SPDX-License-Identifier: GPL-2.0-only
//
// The promise `pinned-stays`. See promises.hpp.
#include "model/gup/promises.hpp"

#include "model/kernel/mm.hpp"

namespace gupcheck::gup {

using namespace kernel;

namespace {

bool page_table_locked() {
  return engine::post({.kind = engine::OperationKind::load,
                       .size = sizeof(std::uint64_t),
                       .result = engine::ResultOf::old_bits,
                       .order = engine::MemoryOrder::relaxed},
                      current_mm().page_table_lock.address(), engine::lock_granted, 0,
                      engine::SourceLocation::current()) != 0;
}

const char* still_mapped(std::uint64_t page, std::uint64_t address) {
  const pte_t pte = ptep_get(current_mm(), address);
  if (pte_none(pte)) return page_table_locked() ? nullptr : "a pinned page was unmapped under its holder";
  return pte_page(pte) == reinterpret_cast<const Page*>(page)
             ? nullptr
             : "a pinned page was migrated away under its holder";
}

} // namespace

void finish_dma(unsigned long start, Page** pages, long nr_pages) {
  for (long i = 0; i < nr_pages; ++i) {
    engine::expect(pinned_stays, still_mapped, reinterpret_cast<std::uint64_t>(pages[i]),
                   start + static_cast<unsigned long>(i));
    unpin_user_page(pages[i]);
  }
}

} // namespace gupcheck::gup
