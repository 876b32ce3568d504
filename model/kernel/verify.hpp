// SPDX-License-Identifier: GPL-2.0-only
//
// What must be true of memory when every thread has finished. For a suite's after(): direct mode, reads only.
// Each function breaks the promise it is named for, with a message that says what is wrong.
#pragma once

#include "model/kernel/config.hpp"

#include <array>

namespace gupcheck::kernel {

// References that the scenario itself still holds at the end, by page: pins count GUP_PIN_COUNTING_BIAS.
using HeldReferences = std::array<std::int32_t, max_pages>;

// refcount: every count is what mappings, batches and `held` explain.
// page-lifetime: every page is in the allocator or explained, and never both.
void verify_references(const HeldReferences& held = {});
// lru-accounting: NR_ISOLATED is 0, PG_lru exactly when linked on the LRU list, every mapped page on it or in
// a batch (`except`: a page that never was, by number).
void verify_lru(unsigned except = max_pages);
// list-integrity: neighbours agree on every list, private lists are empty, no page is on two lists.
void verify_lists();
// warn-on: no lock is held, no migration entry is left, mapcounts are what the page table says.
void verify_quiescent();

// All of them.
void verify_memory(const HeldReferences& held = {});

} // namespace gupcheck::kernel
