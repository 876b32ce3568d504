// SPDX-License-Identifier: GPL-2.0-only
//
// The steps of a gup-micro thread, in the order of the benchmark's text. See the header.
#include "tests/reference/gup_micro_thread.hpp"

namespace gupcheck::reference {

namespace {

constexpr std::uint8_t operand(Lock lock) { return static_cast<std::uint8_t>(lock); }
constexpr std::uint8_t operand(Place place) { return static_cast<std::uint8_t>(place); }

bool listed(const Thread& thread, unsigned v) { return (thread.list >> v & 1U) != 0; }

Thread at(Thread thread, At next) {
  thread.at = next;
  return thread;
}

// From here on the migration counts as failed, whatever comes.
Thread failing(Thread thread, At next) {
  thread.migrated = false;
  return at(thread, next);
}

Thread at_page(Thread thread, At next, unsigned v) {
  thread.v = static_cast<std::uint8_t>(v);
  return at(thread, next);
}

} // namespace

Thread Machine::start() const { return gup(false); }

// Where control goes between two visible steps.

Thread Machine::gup(bool last_round) const {
  Thread thread;
  thread.last_round = last_round;
  return thread;
}

Thread Machine::isolate_from(Thread thread, unsigned v) const {
  bool movable = false;
  for (unsigned i = 0; i < pages; ++i) {
    if (thread.pins[i] != Backing::old_page) continue;
    if (i >= v) return at_page(thread, At::isolate_clear_lru, i);
    movable = true;
  }
  const bool migrate = variant == Variant::seed ? thread.list != 0 : movable;
  return migrate ? drop_from(thread, 0) : unpin_from(thread, 0);
}

Thread Machine::drop_from(Thread thread, unsigned v) const {
  if (v < pages) return at_page(thread, At::drop_pin, v);
  thread.migrated = true;
  return migrate_from(thread, 0);
}

Thread Machine::migrate_from(Thread thread, unsigned v) const {
  for (; v < pages; ++v)
    if (listed(thread, v)) return at_page(thread, At::migrate_trylock, v);
  if (variant == Variant::seed) return gup(!thread.migrated);
  return thread.migrated ? gup(false) : Thread{.at = At::ended};
}

Thread Machine::unpin_from(Thread thread, unsigned v) const {
  return v < pages ? at_page(thread, At::unpin, v) : Thread{.at = At::ended};
}

Step Machine::step(const Thread& thread) const {
  const std::uint8_t v = thread.v;
  const auto old_page = Backing::old_page;
  const auto new_page = Backing::new_page;
  const auto on = [v](Action action, Backing page, std::uint8_t with = 0) {
    return Step{action, v, page, with};
  };
  const auto lock = [](Lock which) { return Step{Action::lock, 0, Backing::none, operand(which)}; };
  const auto unlock = [](Lock which) { return Step{Action::unlock, 0, Backing::none, operand(which)}; };
  switch (thread.at) {
  case At::gup_lock: return lock(Lock::pte);
  case At::gup_read_pte: return on(Action::read_pte, Backing::none);
  case At::gup_unlock_to_wait: return unlock(Lock::pte);
  case At::gup_wait: return on(Action::wait_until_mapped, Backing::none);
  case At::gup_lock_when_mapped: return on(Action::lock_when_mapped, Backing::none, operand(Lock::pte));
  case At::gup_take_reference: return on(Action::add_reference, thread.found);
  case At::gup_unlock: return unlock(Lock::pte);

  case At::isolate_clear_lru: return on(Action::clear_lru, old_page);
  case At::isolate_take_reference: return on(Action::add_reference, old_page);
  case At::isolate_lock: return lock(Lock::lru);
  case At::isolate_unlink: return on(Action::unlink, old_page, operand(Place::lru));
  case At::isolate_unlock: return unlock(Lock::lru);
  case At::add_to_list: return on(Action::link_private, old_page);
  case At::drop_pin: return on(Action::drop_reference, thread.pins[v]);

  case At::migrate_trylock: return on(Action::lock_page, old_page);
  case At::migrate_lock: return lock(Lock::pte);
  case At::migrate_unmap: return on(Action::unmap, old_page);
  case At::migrate_unlock: return unlock(Lock::pte);
  case At::migrate_drop_mapping: return on(Action::drop_reference, old_page);
  case At::migrate_freeze: return on(Action::freeze, old_page);
  case At::gone_unlock_pte: return unlock(Lock::pte);
  case At::gone_unlock_page: return on(Action::unlock_page, old_page);

  case At::moved_free_old: return on(Action::unlink, old_page, operand(Place::own_list));
  case At::moved_set_reference: return on(Action::set_reference, new_page);
  case At::moved_lock_lru: return lock(Lock::lru);
  case At::moved_link: return on(Action::link_lru, new_page, operand(Place::nowhere));
  case At::moved_set_lru: return on(Action::set_lru, new_page);
  case At::moved_unlock_lru: return unlock(Lock::lru);
  case At::moved_lock_pte: return lock(Lock::pte);
  case At::moved_map: return on(Action::map, new_page);
  case At::moved_unlock_pte: return unlock(Lock::pte);
  case At::moved_unlock_page: return on(Action::unlock_page, old_page);

  case At::failed_unfreeze: return on(Action::add_reference, old_page);
  case At::failed_lock: return lock(Lock::pte);
  case At::failed_restore_pte: return on(Action::map, old_page);
  case At::failed_unlock: return unlock(Lock::pte);
  case At::failed_unlock_page: return on(Action::unlock_page, old_page);

  case At::putback_lock: return lock(Lock::lru);
  case At::putback_link: return on(Action::link_lru, old_page, operand(Place::own_list));
  case At::putback_set_lru: return on(Action::set_lru, old_page);
  case At::putback_unlock: return unlock(Lock::lru);
  case At::putback_drop_reference: return on(Action::drop_reference, old_page);

  case At::unpin: return on(Action::drop_reference, thread.pins[v]);
  case At::ended: break;
  }
  return {};
}

Thread Machine::resume(Thread thread, std::uint8_t result) const {
  const unsigned next = thread.v + 1U;
  switch (thread.at) {
  case At::gup_read_pte:
    thread.found = static_cast<Backing>(result);
    return at(thread, thread.found == Backing::none ? At::gup_unlock_to_wait : At::gup_take_reference);
  case At::gup_unlock_to_wait: return at(thread, compound_wait ? At::gup_lock_when_mapped : At::gup_wait);
  case At::gup_wait: return at(thread, At::gup_lock);
  case At::gup_lock_when_mapped: return at(thread, At::gup_read_pte);
  case At::gup_unlock:
    thread.pins[thread.v] = thread.found;
    thread.found = Backing::none;
    if (next < pages) return at_page(thread, At::gup_lock, next);
    if (!thread.last_round) return isolate_from(thread, 0);
    thread.last_round = false;
    return unpin_from(thread, 0);

  case At::isolate_clear_lru:
    return result != 0 ? at(thread, At::isolate_take_reference) : isolate_from(thread, next);
  case At::add_to_list:
    thread.list = static_cast<std::uint8_t>(thread.list | 1U << thread.v);
    return isolate_from(thread, next);
  case At::drop_pin: thread.pins[thread.v] = Backing::none; return drop_from(thread, next);

  case At::migrate_trylock:
    return result != 0 ? failing(thread, At::putback_lock) : at(thread, At::migrate_lock);
  case At::migrate_unmap:
    return result != 0 ? at(thread, At::migrate_unlock) : failing(thread, At::gone_unlock_pte);
  case At::migrate_freeze:
    return result != 0 ? at(thread, At::moved_free_old) : failing(thread, At::failed_unfreeze);
  case At::gone_unlock_page:
  case At::failed_unlock_page: return at(thread, At::putback_lock);
  case At::moved_unlock_page:
  case At::putback_drop_reference:
    thread.list = static_cast<std::uint8_t>(thread.list & ~(1U << thread.v));
    return migrate_from(thread, next);

  case At::unpin: thread.pins[thread.v] = Backing::none; return unpin_from(thread, next);
  default: return at(thread, static_cast<At>(static_cast<unsigned>(thread.at) + 1U)); // straight on
  }
}

} // namespace gupcheck::reference
