// SPDX-License-Identifier: GPL-2.0-only
//
// Plans as programs. See kernel_plan.hpp.
#include "tests/kernel_plan.hpp"

#include "model/kernel/fault.hpp"
#include "model/kernel/migrate.hpp"
#include "model/kernel/page_ref.hpp"

namespace gupcheck::tests {

namespace {

// Set before an exploration begins and left alone until it ends.
Plan current_plan;

struct PlanSuite : kernel::KernelSuite<PlanSuite, 2> {
  void before() {
    boot();
    current_plan.layout();
  }
  void thread(unsigned index) { current_plan.threads[index](); }
  void after() { current_plan.after(); }
  void invariant() { current_plan.invariant(); }
};

} // namespace

engine::Result explore(const Plan& plan, engine::Options options) {
  current_plan = plan;
  kernel::KernelProgram<PlanSuite> program(plan.config);
  options.shortest = false;
  options.without.emplace_back("livelock");
  options.without.emplace_back("starvation");
  return engine::explore(program, options);
}

std::string outcome(const Plan& plan, std::vector<std::string> without) {
  engine::Options options;
  options.without = std::move(without);
  const engine::Result result = explore(plan, options);
  if (result.violation) return result.violation->check;
  return result.verdict == engine::Verdict::holds ? "holds" : "incomplete";
}

kernel::KernelConfig small_machine(unsigned normal) {
  kernel::KernelConfig config;
  config.virtual_pages = 1;
  config.add_pages(2, kernel::ZONE_MOVABLE, kernel::MIGRATE_MOVABLE);
  config.add_pages(normal, kernel::ZONE_NORMAL, kernel::MIGRATE_UNMOVABLE);
  return config;
}

kernel::Page* get_page_at(unsigned long address) {
  kernel::MmStruct& mm = kernel::current_mm();
  for (;;) {
    kernel::pte_lock(mm);
    const kernel::pte_t pte = kernel::ptep_get(mm, address);
    if (kernel::pte_present(pte)) {
      kernel::Page* page = kernel::pte_page(pte);
      kernel::get_page(page);
      kernel::pte_unlock(mm);
      return page;
    }
    kernel::pte_unlock(mm);
    if (kernel::faultin_page(mm, address) != 0) return nullptr;
  }
}

void move_page_at(unsigned long address) {
  kernel::Page* page = get_page_at(address);
  if (page == nullptr) return;
  kernel::list_head* pagelist = kernel::own_list(kernel::current().movable_page_list);
  const bool isolated = kernel::isolate_lru_page(page) == 0;
  if (isolated) {
    kernel::list_add_tail(&page->lru, pagelist);
    kernel::mod_nr_isolated(1);
  }
  kernel::put_page(page);
  if (isolated && kernel::migrate_pages(pagelist, kernel::GFP_HIGHUSER_MOVABLE) != 0)
    kernel::putback_movable_pages(pagelist);
}

} // namespace gupcheck::tests
