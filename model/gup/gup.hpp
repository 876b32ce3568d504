// SPDX-License-Identifier: GPL-2.0-only
//
// The doors of mm/gup.c that drivers use, and __gup_longterm_locked() behind them.
//
// Each returns how many pages it pinned, counted from `start`, or -errno and nothing pinned. The caller's
// pages[] has room for nr_pages and is initialised (its bytes are part of the local state).
#pragma once

#include "model/gup/fast.hpp"

namespace gupcheck::gup {

// The caller holds mmap_lock for reading, and still does when they return.
long get_user_pages(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages);
long pin_user_pages(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages);

// The caller does not hold mmap_lock.
long get_user_pages_fast(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages);
long pin_user_pages_fast(unsigned long start, long nr_pages, unsigned gup_flags, Page** pages);

// A driver's registration of a buffer as io_uring does it (io_uring/rsrc.c, 6.1): mmap_lock for reading
// around pin_user_pages(FOLL_WRITE | FOLL_LONGTERM), and when that gave only a part, everything is unpinned
// again. nr_pages, or -errno.
long io_pin_pages(unsigned long start, long nr_pages, Page** pages);

// mm/memory.c, what ptrace uses, but without FOLL_TOUCH: an ordinary FOLL_GET reference to one page that
// comes and goes, under mmap_lock. 0, or -errno.
long access_process_vm(unsigned long address);

// Pins the range; with FOLL_LONGTERM through the version's loop.
long __gup_longterm_locked(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                           unsigned gup_flags);

} // namespace gupcheck::gup
