// SPDX-License-Identifier: GPL-2.0-only
//
// What differs between kernels in mm/gup.c and move_pages(2), beside the modelled kernel's own configuration.
//
// As there, nothing changes between configure() and the end of an exploration, and no read is a visible step.
#pragma once

#include "model/kernel/mm.hpp"

namespace gupcheck::gup {

// The heart of __gup_longterm_locked(): pins nr_pages pages and makes sure that they may stay where they are.
// Runs between memalloc_pin_save() and memalloc_pin_restore(). Returns how many pages it pinned (from the
// start of the range), or -errno with nothing pinned. `locked` is that of __get_user_pages_locked().
using LongtermLoop = long (*)(kernel::MmStruct& mm, unsigned long start, long nr_pages, kernel::Page** pages,
                              int* locked, unsigned gup_flags);

// When GUP-fast asks whether a page may be pinned for long.
enum class FastTest : std::uint8_t {
  before_reference, // up to 6.1
  after_reference,  // 6.12: the reference is dropped again when the answer is no
};

// Who holds mmap_lock while GUP-fast falls back to the slow path with FOLL_LONGTERM.
enum class FallbackLock : std::uint8_t {
  whole_loop, // up to 6.1: around everything, migration and drains too
  each_round, // 6.12: each __get_user_pages_locked() takes and drops it
};

// How move_pages(2) holds on to a page while it isolates it.
enum class MovePagesLookup : std::uint8_t {
  reference,       // up to 6.11: follow_page(FOLL_GET)
  page_table_lock, // 6.12: folio_walk_start(), so the mapping's reference cannot go away
};

struct GupConfig {
  LongtermLoop longterm_loop = nullptr; // needed for FOLL_LONGTERM only
  FastTest fast_test = FastTest::before_reference;
  FallbackLock fallback_lock = FallbackLock::whole_loop;
  MovePagesLookup move_pages_lookup = MovePagesLookup::reference;
};

void configure(const GupConfig& config);
const GupConfig& config();

} // namespace gupcheck::gup
