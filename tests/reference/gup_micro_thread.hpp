// SPDX-License-Identifier: GPL-2.0-only
//
// One thread of gup-micro as a hand-written state machine, for the reference counts.
//
// A Thread holds where it is and its live locals, nothing else: a local that will not be read again is zero,
// so that two Threads are equal exactly when their control point and live locals are. What it does next is a
// Step on the shared world; resume() takes the step's result to the next Thread. Shares no code with the
// checker.
#pragma once

#include <compare>
#include <cstdint>

namespace gupcheck::reference {

inline constexpr unsigned max_threads = 4;
inline constexpr unsigned max_pages = 3;

enum class Variant : std::uint8_t { seed, retry };

// What a virtual page is backed by. Old pages are in ZONE_MOVABLE, new ones in ZONE_NORMAL; virtual page v
// has one of each, so (v, Backing) names a physical page.
enum class Backing : std::uint8_t { none, old_page, new_page };

enum class Lock : std::uint8_t { pte, lru };

// The control points, one for each numbered step of the benchmark's text.
enum class At : std::uint8_t {
  gup_lock,
  gup_read_pte,
  gup_unlock_to_wait,
  gup_wait,
  gup_lock_when_mapped,
  gup_take_reference,
  gup_unlock,
  isolate_clear_lru,
  isolate_take_reference,
  isolate_lock,
  isolate_unlink,
  isolate_unlock,
  add_to_list,
  drop_pin,
  migrate_trylock,
  migrate_lock,
  migrate_unmap,
  migrate_unlock,
  migrate_drop_mapping,
  migrate_freeze,
  gone_unlock_pte,
  gone_unlock_page,
  moved_free_old,
  moved_set_reference,
  moved_lock_lru,
  moved_link,
  moved_set_lru,
  moved_unlock_lru,
  moved_lock_pte,
  moved_map,
  moved_unlock_pte,
  moved_unlock_page,
  failed_unfreeze,
  failed_lock,
  failed_restore_pte,
  failed_unlock,
  failed_unlock_page,
  putback_lock,
  putback_link,
  putback_set_lru,
  putback_unlock,
  putback_drop_reference,
  unpin,
  ended,
};

struct Thread {
  At at = At::gup_lock;
  std::uint8_t v = 0;            // the virtual page that the current loop is at
  std::uint8_t list = 0;         // bit v: the old page of v is on the private list
  bool migrated = false;         // in the migration loop: no failure so far
  bool last_round = false;       // in gup: return what it pins, whatever it is
  Backing found = Backing::none; // in gup: what the pte said
  Backing pins[max_pages] = {};  // pages that are pinned, or have been and will be looked at again
  auto operator<=>(const Thread&) const = default; // NOLINT(modernize-use-nullptr): a false alarm
};

enum class Action : std::uint8_t {
  nothing, // the thread has ended
  lock,
  unlock,
  lock_when_mapped, // operand: Lock; v: which pte
  read_pte,
  wait_until_mapped,
  unmap,
  map, // result of read_pte: a Backing; of unmap: was the old page there
  add_reference,
  drop_reference,
  set_reference,
  freeze, // result of freeze: did it
  clear_lru,
  set_lru, // result of clear_lru: the old flag
  lock_page,
  unlock_page, // result of lock_page: the old flag
  link_lru,
  link_private,
  unlink, // operand of link_lru and unlink: the Place it must be at
};

enum class Place : std::uint8_t { nowhere, lru, own_list };

struct Step {
  Action action = Action::nothing;
  std::uint8_t v = 0;
  Backing page = Backing::none;                  // for actions on a physical page, together with v
  std::uint8_t operand = 0;                      // a Lock or a Place
  auto operator<=>(const Step&) const = default; // NOLINT(modernize-use-nullptr): a false alarm
};

struct Machine {
  unsigned pages = 1;
  Variant variant = Variant::seed;
  // The wait for a migration entry to go away is no step of its own but part of taking the lock after it.
  bool compound_wait = false;

  Thread start() const;
  Step step(const Thread& thread) const;
  Thread resume(Thread thread, std::uint8_t result) const;

private:
  Thread gup(bool last_round) const;
  Thread isolate_from(Thread thread, unsigned v) const;
  Thread drop_from(Thread thread, unsigned v) const;
  Thread migrate_from(Thread thread, unsigned v) const;
  Thread unpin_from(Thread thread, unsigned v) const;
};

} // namespace gupcheck::reference
