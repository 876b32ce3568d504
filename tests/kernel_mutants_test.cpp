// SPDX-License-Identifier: GPL-2.0-only
//
// Mutants of the modelled kernel: each is caught by the promise that one would expect, and the kernel that is
// not mutated keeps them all in the same programs.
#include "model/kernel/fault.hpp"
#include "model/kernel/page_ref.hpp"
#include "model/kernel/promises.hpp"
#include "tests/kernel_plan.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

using namespace kernel; // NOLINT(google-build-using-namespace): the vocabulary under test

namespace {

struct Workload {
  Function layout;
  Function first;
  Function second;
};

void map_on_lru() { map_page_on_lru(0, 0); }
void move() { move_page_at(0); }
void fault() { faultin_page(current_mm(), 0); }

// While somebody holds a reference taken under the page table lock, the page stays where it is: the pte maps
// it or is a migration entry for it.
void hold() {
  Page* page = get_page_at(0);
  if (page == nullptr) return;
  pte_lock(current_mm());
  const pte_t pte = ptep_get(current_mm(), 0);
  pte_unlock(current_mm());
  engine::require(page_to_pfn(page) == pte_pfn(pte), window, "the page was migrated away");
  put_page(page);
}
void isolate() {
  if (isolate_lru_page(pfn_to_page(0)) == 0) putback_lru_page(pfn_to_page(0));
}

const Workload movers{map_on_lru, move, move};
const Workload mover_and_holder{map_on_lru, move, hold};
const Workload faults{[] {}, fault, fault};
const Workload drain_and_isolate{[] { map_page_in_batch(0, 0, 0); }, [] { lru_add_drain(); }, isolate};

struct Row {
  Mutant mutant;
  const Workload* workload;
  const char* caught_by;
};

const std::array rows{
    Row{Mutant::isolate_in_two_steps, &movers, "lru-accounting"},
    Row{Mutant::isolate_keeps_flag, &movers, "lru-accounting"},
    Row{Mutant::isolate_without_reference, &movers, "refcount"},
    Row{Mutant::isolate_keeps_lock, &movers, "deadlock"},
    Row{Mutant::isolate_without_del, &movers, "list-integrity"},
    Row{Mutant::putback_without_put, &movers, "refcount"},
    Row{Mutant::putback_without_del, &movers, "list-integrity"},
    Row{Mutant::add_without_reference, &faults, "refcount"},
    Row{Mutant::drain_without_put, &movers, "refcount"},
    Row{Mutant::drain_sets_flag_first, &drain_and_isolate, "lru-accounting"},
    Row{Mutant::pte_not_restored, &movers, "warn-on"},
    Row{Mutant::mapping_reference_kept, &movers, "refcount"},
    Row{Mutant::migrate_ignores_count, &mover_and_holder, "window"},
    Row{Mutant::migrate_ignores_page_lock, &movers, "vm-bug-on"},
    Row{Mutant::migrate_keeps_page_lock, &movers, "deadlock"},
    Row{Mutant::migrate_puts_twice, &movers, "refcount"},
    Row{Mutant::migrate_forgets_source, &movers, "page-lifetime"},
    Row{Mutant::wait_holds_ptl, &movers, "deadlock"},
    Row{Mutant::fault_leaks_loser, &faults, "page-lifetime"},
};

Plan plan_of(const Workload& workload, Mutant mutant) {
  Plan plan;
  plan.config = small_machine();
  plan.config.mutant = mutant;
  plan.layout = workload.layout;
  plan.threads = {workload.first, workload.second};
  return plan;
}

} // namespace

TEST(KernelMutants, TheKernelItselfIsClean) {
  for (const Workload* workload : {&movers, &mover_and_holder, &faults, &drain_and_isolate})
    EXPECT_EQ(outcome(plan_of(*workload, Mutant::none)), "holds");
}

TEST(KernelMutants, EachIsCaughtByItsPromise) {
  for (const Row& row : rows)
    EXPECT_EQ(outcome(plan_of(*row.workload, row.mutant)), row.caught_by)
        << "mutant " << static_cast<int>(row.mutant);
}

} // namespace gupcheck::tests
