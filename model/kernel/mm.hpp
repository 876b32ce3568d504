// SPDX-License-Identifier: GPL-2.0-only
//
// The one address space: mmap_lock, one page table with its lock, and accessors for its entries.
//
// Addresses are virtual page numbers, 0 .. config().virtual_pages - 1, all in one VMA that never changes.
#pragma once

#include "model/kernel/config.hpp"
#include "model/kernel/pte.hpp"

namespace gupcheck::kernel {

struct MmStruct {
  engine::rwlock mmap_lock;
  engine::spinlock page_table_lock;
  engine::atomic<pte_t> pte[max_virtual_pages];
};

MmStruct& current_mm(); // no visible step

void mmap_read_lock(MmStruct& mm);
void mmap_read_unlock(MmStruct& mm);

// One step each. ptep_get() is as good without the lock (GUP-fast) as with it; ptep_clear_flush() is the
// exchange with 0 (xchg), the TLB flush that follows has no effect of its own here.
void pte_lock(MmStruct& mm);
void pte_unlock(MmStruct& mm);
pte_t ptep_get(const MmStruct& mm, unsigned long address);
pte_t ptep_clear_flush(MmStruct& mm, unsigned long address);
void set_pte_at(MmStruct& mm, unsigned long address, pte_t pte);

// mm/migrate.c: returns when the migration that put the entry there is finished, or at once when the pte has
// changed by now. Holds no reference while it sleeps.
void migration_entry_wait(MmStruct& mm, unsigned long address);

} // namespace gupcheck::kernel
