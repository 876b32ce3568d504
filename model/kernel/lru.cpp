// SPDX-License-Identifier: GPL-2.0-only
//
// Isolation from the LRU in both of its historical forms, and the way back. See lru.hpp.
#include "model/kernel/lru.hpp"

#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

#include <cerrno>

namespace gupcheck::kernel {

namespace {

const char* has_reference(std::uint64_t page, std::uint64_t) {
  return reinterpret_cast<const Page*>(page)->_refcount.load() != 0
             ? nullptr
             : "VM_BUG_ON_FOLIO(!folio_ref_count(folio)): isolation of a page that nobody holds";
}

const char* is_on_lru_list(std::uint64_t page, std::uint64_t) {
  return list_contains(&system().lruvec.list, &reinterpret_cast<const Page*>(page)->lru)
             ? nullptr
             : "a page is taken off the LRU list that is not on it";
}

void take_off(Folio* folio) {
  if (!mutated(Mutant::isolate_without_del)) lruvec_del_folio(folio);
}

void unlock_after_isolation(Lruvec& lruvec) {
  if (!mutated(Mutant::isolate_keeps_lock)) lruvec.lru_lock.unlock();
}

void take_isolation_reference(Folio* folio) {
  if (!mutated(Mutant::isolate_without_reference)) folio_get(folio);
}

// Up to 5.10: PG_lru changes under lru_lock only; the first look at it is a hint.
int isolate_rechecking_under_lock(Folio* folio) {
  int ret = -EBUSY;
  engine::expect(vm_bug_on, has_reference, reinterpret_cast<std::uint64_t>(folio));
  if (folio_test_lru(folio)) {
    Lruvec& lruvec = system().lruvec;
    lruvec.lru_lock.lock();
    if (folio_test_lru(folio)) {
      take_isolation_reference(folio);
      if (!mutated(Mutant::isolate_keeps_flag)) folio_clear_lru(folio);
      take_off(folio);
      ret = 0;
    }
    unlock_after_isolation(lruvec);
  }
  return ret;
}

// 5.11 and later: whoever clears PG_lru has the page. Until the lock is taken it is still on the list.
int isolate_clearing_first(Folio* folio) {
  int ret = -EBUSY;
  engine::expect(vm_bug_on, has_reference, reinterpret_cast<std::uint64_t>(folio));
  if (folio_test_clear_lru(folio)) {
    Lruvec& lruvec = system().lruvec;
    take_isolation_reference(folio);
    lruvec.lru_lock.lock();
    take_off(folio);
    unlock_after_isolation(lruvec);
    ret = 0;
  }
  return ret;
}

} // namespace

int folio_isolate_lru(Folio* folio) {
  return config().isolate == IsolateForm::test_clear_first ? isolate_clearing_first(folio)
                                                           : isolate_rechecking_under_lock(folio);
}

void folio_putback_lru(Folio* folio) {
  folio_add_lru(folio);
  if (!mutated(Mutant::putback_without_put)) folio_put(folio);
}

void mod_nr_isolated(std::int32_t nr) { system().lruvec.nr_isolated.add(nr); }

void lruvec_add_folio(Folio* folio) { list_add(&folio->lru, &system().lruvec.list); }
void lruvec_add_folio_tail(Folio* folio) { list_add_tail(&folio->lru, &system().lruvec.list); }

void lruvec_del_folio(Folio* folio) {
  engine::expect(lru_accounting, is_on_lru_list, reinterpret_cast<std::uint64_t>(folio));
  list_del(&folio->lru);
}

} // namespace gupcheck::kernel
