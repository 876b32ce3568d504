// SPDX-License-Identifier: GPL-2.0-only
//
// Which kernel, which memory: everything that is fixed while a program is explored.
//
// A reader may rely on it never changing between configure() and the end of an exploration, so model code
// reads it freely and no read is a visible step. configure() comes before Program::build(); the suite's
// before() then calls boot() (system.hpp).
#pragma once

#include "model/kernel/mmzone.hpp"
#include "model/kernel/pinnable.hpp"

#include <array>

namespace gupcheck::kernel {

inline constexpr unsigned max_pages = 12;        // physical
inline constexpr unsigned max_virtual_pages = 4; // of the one address space
inline constexpr unsigned max_batch = 4;         // entries of a folio_batch

// How isolate_lru_page() takes a page.
enum class IsolateForm : std::uint8_t {
  recheck_under_lock, // up to 5.10: test PG_lru, take lru_lock, test again, get, clear, delete
  test_clear_first,   // 5.11 and later: atomic TestClearPageLRU, get, take lru_lock, delete
};

// When migrate_pages() gives the new page to the LRU.
enum class TargetLru : std::uint8_t {
  putback_after_unlock, // up to 5.17: putback_lru_page(newpage) when both pages are unlocked
  add_then_drain,       // 5.18 .. 6.1: folio_add_lru() and lru_add_drain() before the ptes are restored
  add_without_drain,    // 6.12: folio_add_lru(), a drain only for mlocked memory
};

// What a longterm GUP forbids the allocations of its own task.
enum class PinScope : std::uint8_t {
  nocma, // up to 5.12: PF_MEMALLOC_NOCMA, so a movable allocation may still come from ZONE_MOVABLE
  pin,   // 5.13 and later: PF_MEMALLOC_PIN, neither ZONE_MOVABLE nor CMA
};

// Which allocations may also fail although there is memory (every such allocation is explored both ways).
enum class AllocFailure : std::uint8_t { never, migration_target, any };

// Deliberate faults of the modelled kernel, for the tests that show that each is caught.
enum class Mutant : std::uint8_t {
  none,
  isolate_in_two_steps,      // TestPageLRU and ClearPageLRU instead of TestClearPageLRU
  isolate_keeps_flag,        // PG_lru is never cleared
  isolate_without_reference, // no folio_get
  isolate_keeps_lock,        // lru_lock is not released
  isolate_without_del,       // the page stays linked on the LRU list
  putback_without_put,       // the isolation reference is not dropped
  putback_without_del,       // putback_movable_pages() leaves the page on the private list
  add_without_reference,     // the lru_add batch holds no reference
  drain_without_put,         // a drained batch keeps its references
  drain_sets_flag_first,     // PG_lru set before lru_lock is taken and the page is linked
  pte_not_restored,          // a failed pass leaves the migration entry
  mapping_reference_kept,    // try_to_migrate() does not put the mapping's reference
  migrate_ignores_count,     // no comparison with the expected count
  migrate_ignores_page_lock, // goes on although trylock failed
  migrate_keeps_page_lock,   // the source stays locked after a failed pass
  migrate_puts_twice,        // the isolation reference is dropped twice
  migrate_forgets_source,    // the isolation reference of a migrated page is not dropped
  wait_holds_ptl,            // migration_entry_wait() sleeps with the page table lock held
  fault_leaks_loser,         // do_anonymous_page() that lost the race keeps its page
  gup_get_after_unlock,      // slow GUP takes its reference after it dropped the page table lock
  gup_fast_without_recheck,  // GUP-fast does not read the pte again
  gup_fast_plain_get,        // GUP-fast increments without asking whether the count is 0
  loop_inverted_isolate,     // the test of isolate_lru_page()'s result is inverted
  loop_unpins_late,          // the pins are dropped after migrate_pages()
};

struct PageLayout {
  zone_type zone = ZONE_NORMAL;
  migratetype type = MIGRATE_UNMOVABLE;
};

struct KernelConfig {
  // The kernel's version.
  IsolateForm isolate = IsolateForm::test_clear_first;
  TargetLru target_lru = TargetLru::add_then_drain;
  PinScope pin_scope = PinScope::pin;
  bool anon_exclusive = true;            // 5.19 and later: PageAnonExclusive, tested by try_to_migrate()
  bool migration_wait_takes_ref = false; // up to 5.16: migration_entry_wait() holds a reference for a moment
  bool lru_flag_before_link = false;     // up to 5.19: a drain sets PG_lru before it links the page
  bool lru_cache_disable = true; // 5.13 and later: move_pages(2) keeps the batches empty while it runs
  Predicate pinnable = is_longterm_pinnable_page;      // of the slow path and the check after it
  Predicate pinnable_fast = is_longterm_pinnable_page; // of GUP-fast
  gfp_t longterm_target_gfp = GFP_USER | GFP_NOWARN;   // for the target of a longterm pin's migration

  // Sizes that the kernel has too, only larger.
  unsigned migrate_passes = 2;         // 6.1: 10
  unsigned migrate_trylock_passes = 1; // 6.1: 3 passes that do not wait for the page lock, then those that do
  unsigned batch_size = 2;             // 6.1: PAGEVEC_SIZE, 15

  // The machine.
  unsigned cpus = 2; // one for each thread: thread i runs on CPU i
  unsigned pages = 0;
  unsigned virtual_pages = 0;
  std::array<PageLayout, max_pages> page{};
  AllocFailure alloc_failure = AllocFailure::never;

  Mutant mutant = Mutant::none;

  // Appends `count` pages of a kind; returns the number of the first. Throws std::invalid_argument when full.
  unsigned add_pages(unsigned count, zone_type zone, migratetype type);
};

// Checks the configuration (std::invalid_argument, one line) and makes it the one that config() returns.
void configure(const KernelConfig& config);
const KernelConfig& config();
inline bool mutated(Mutant mutant) { return config().mutant == mutant; }

} // namespace gupcheck::kernel
