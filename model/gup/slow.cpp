// SPDX-License-Identifier: GPL-2.0-only
//
// Slow GUP. See slow.hpp.
#include "model/gup/slow.hpp"

#include "model/kernel/fault.hpp"
#include "model/kernel/promises.hpp"

#include <cerrno>

namespace gupcheck::gup {

using namespace kernel;

namespace {

// mmap_assert_locked(), in the state of the walk's first step.
const char* mmap_locked(std::uint64_t, std::uint64_t) {
  const auto readers =
      engine::post({.kind = engine::OperationKind::load,
                    .size = sizeof(std::int32_t),
                    .result = engine::ResultOf::old_value,
                    .order = engine::MemoryOrder::relaxed},
                   current_mm().mmap_lock.address(), 0, 0, engine::SourceLocation::current());
  return readers != 0 ? nullptr : "the page table is walked without mmap_lock";
}

} // namespace

Page* follow_page_pte(MmStruct& mm, unsigned long address, unsigned flags) {
  engine::expect(warn_on, mmap_locked);
  pte_lock(mm);
  const pte_t pte = ptep_get(mm, address);
  if (!pte_present(pte)) {
    pte_unlock(mm);
    return nullptr;
  }
  Page* page = pte_page(pte);
  if (mutated(Mutant::gup_get_after_unlock)) {
    pte_unlock(mm);
    try_grab_page(page, flags);
    return page;
  }
  try_grab_page(page, flags);
  pte_unlock(mm);
  return page;
}

long __get_user_pages(MmStruct& mm, unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  for (long i = 0; i < nr_pages; ++i) {
    const unsigned long address = start + static_cast<unsigned long>(i);
    if (address >= kernel::config().virtual_pages) return i != 0 ? i : -EFAULT;
    // An anonymous page that was faulted in may be gone again when we look for it; so look until it is there.
    while ((pages[i] = follow_page_pte(mm, address, gup_flags)) == nullptr) {
      const int error = faultin_page(mm, address);
      if (error != 0) return i != 0 ? i : error;
    }
  }
  return nr_pages;
}

long __get_user_pages_locked(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                             unsigned gup_flags) {
  const bool must_unlock = locked != nullptr && *locked == 0;
  if (must_unlock) {
    mmap_read_lock(mm);
    *locked = 1;
  }
  const long pages_done = __get_user_pages(mm, start, nr_pages, gup_flags, pages);
  if (must_unlock) { // a fault on anonymous memory never drops the lock by itself
    mmap_read_unlock(mm);
    *locked = 0;
  }
  return pages_done;
}

} // namespace gupcheck::gup
