// SPDX-License-Identifier: GPL-2.0-only
//
// The doors of mm/gup.c. See gup.hpp.
#include "model/gup/gup.hpp"

#include "model/gup/config.hpp"
#include "model/kernel/alloc.hpp"
#include "model/kernel/promises.hpp"

#include <cerrno>

namespace gupcheck::gup {

using namespace kernel;

long __gup_longterm_locked(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                           unsigned gup_flags) {
  if ((gup_flags & FOLL_LONGTERM) == 0)
    return __get_user_pages_locked(mm, start, nr_pages, pages, locked, gup_flags);

  if ((gup_flags & FOLL_PIN) == 0) {
    engine::fail(warn_on, "FOLL_LONGTERM without FOLL_PIN");
    return -EINVAL;
  }
  const unsigned flags = memalloc_pin_save();
  const long rc = config().longterm_loop(mm, start, nr_pages, pages, locked, gup_flags);
  memalloc_pin_restore(flags);
  return rc;
}

long get_user_pages(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  return __gup_longterm_locked(current_mm(), start, nr_pages, pages, nullptr, gup_flags | FOLL_GET);
}

long pin_user_pages(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  return __gup_longterm_locked(current_mm(), start, nr_pages, pages, nullptr, gup_flags | FOLL_PIN);
}

long get_user_pages_fast(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  return internal_get_user_pages_fast(start, nr_pages, gup_flags | FOLL_GET, pages);
}

long pin_user_pages_fast(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages) {
  return internal_get_user_pages_fast(start, nr_pages, gup_flags | FOLL_PIN, pages);
}

long io_pin_pages(unsigned long start, long nr_pages, Page** pages) {
  mmap_read_lock(current_mm());
  const long pinned = pin_user_pages(start, nr_pages, FOLL_WRITE | FOLL_LONGTERM, pages);
  mmap_read_unlock(current_mm());
  if (pinned == nr_pages || pinned < 0) return pinned;
  unpin_user_pages(pages, pinned);
  return -EFAULT;
}

long access_process_vm(unsigned long address) {
  Page* page = nullptr;
  mmap_read_lock(current_mm());
  const long ret = get_user_pages(address, 1, 0, &page);
  if (ret == 1) put_page(page);
  mmap_read_unlock(current_mm());
  return ret == 1 ? 0 : ret;
}

} // namespace gupcheck::gup
