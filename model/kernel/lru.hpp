// SPDX-License-Identifier: GPL-2.0-only
//
// struct lruvec, and taking pages off the LRU and giving them back (mm/vmscan.c).
//
// One lruvec with one list: nothing here depends on which LRU list a page is on. A page whose PG_lru is set
// belongs to the LRU; whoever clears the flag owns the page's lru entry until the flag is set again.
#pragma once

#include "model/kernel/page.hpp"

namespace gupcheck::kernel {

struct Lruvec {
  engine::spinlock lru_lock;
  list_head list;
  engine::atomic<std::int32_t> nr_isolated; // NR_ISOLATED_ANON of the node
};

// 0, or -EBUSY when somebody else has the page or it never was on the LRU. The caller holds a reference. In
// the form of the configured version.
int folio_isolate_lru(Folio* folio);
inline int isolate_lru_page(Page* page) { return folio_isolate_lru(page_folio(page)); }

// Gives an isolated page back: into this CPU's lru_add batch (so PG_lru stays clear until a drain), then
// drops the isolation reference.
void folio_putback_lru(Folio* folio);
inline void putback_lru_page(Page* page) { folio_putback_lru(page_folio(page)); }

// mod_node_page_state(NR_ISOLATED_ANON, nr): one atomic step.
void mod_nr_isolated(std::int32_t nr);

// Under lru_lock: link at the front, link at the end, unlink. PG_lru is the caller's business.
void lruvec_add_folio(Folio* folio);
void lruvec_add_folio_tail(Folio* folio);
void lruvec_del_folio(Folio* folio);

} // namespace gupcheck::kernel
