// SPDX-License-Identifier: GPL-2.0-only
//
// mm/swap.c: the per-CPU lru_add batch through which every page reaches the LRU, and its drains.
//
// A page in a batch has PG_lru clear (so nobody can isolate it) and one reference more (so it cannot be
// migrated). Up to 5.13 the same thing was called a pagevec.
#pragma once

#include "model/kernel/config.hpp"
#include "model/kernel/page.hpp"

namespace gupcheck::kernel {

struct FolioBatch {
  // local_lock: on PREEMPT_RT it is this lock; elsewhere it keeps the drain work off the CPU meanwhile.
  engine::spinlock lock;
  engine::var<std::uint32_t> nr;
  engine::var<Folio*> folios[max_batch];
};

// Takes the batch's reference and puts the page into this CPU's batch; a full batch is drained at once.
void folio_add_lru(Folio* folio);

// Drains this CPU's batch.
void lru_add_drain();
// Drains every CPU's batch that has entries, or nothing when a newer drain of everything has begun meanwhile.
// Afterwards every page is drained that was in a batch when it was called.
void lru_add_drain_all();

// From the one to the other every page goes to the LRU at once; what was in a batch is drained. For kernels
// that have it (config().lru_cache_disable).
void lru_cache_disable();
void lru_cache_enable();

// The lock and generation of lru_add_drain_all(), and how many tasks have the batches disabled.
struct DrainAll {
  engine::spinlock mutex;
  engine::atomic<std::uint32_t> lru_drain_gen; // modulo 2: see folio_batch.cpp
  engine::atomic<std::int32_t> lru_disable_count;
};

} // namespace gupcheck::kernel
