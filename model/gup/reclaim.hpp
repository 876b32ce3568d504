// SPDX-License-Identifier: GPL-2.0-only
//
// mm/vmscan.c: reclaim takes pages off the LRU, looks at them and gives them back.
//
// Only the way back is modelled: a page that reclaim frees is unmapped first, and then it is no page that GUP
// could find. It differs from every other isolation here: flag and list change together under lru_lock, and
// the way back leads straight to the LRU list, not through a batch.
#pragma once

#include "model/kernel/lru.hpp"

namespace gupcheck::gup {

// One scan of at most nr_to_scan pages from the end of the LRU list. How many it took (and gave back).
unsigned long shrink_inactive_list(unsigned long nr_to_scan);

// Under lru_lock: moves pages whose flag and reference it gets to `dst`; how many.
unsigned long isolate_lru_folios(unsigned long nr_to_scan, kernel::list_head* dst);
// Under lru_lock: puts every page of the list back on the LRU list and drops the isolation's reference. Pages
// whose last reference that was go to the other list: the caller frees them when it has dropped the lock.
void move_folios_to_lru(kernel::list_head* list, kernel::list_head* folios_to_free);

} // namespace gupcheck::gup
