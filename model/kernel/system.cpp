// SPDX-License-Identifier: GPL-2.0-only
//
// The one System, and how it starts. See system.hpp.
#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

namespace {

// Set by boot(); the arena puts a program's world at the same address every time.
System* the_system = nullptr;

} // namespace

System& system() { return *the_system; }

void boot(System& system) {
  the_system = &system;
  for (Page& page : system.pages) {
    page.lru.next.store(list_poison1());
    page.lru.prev.store(list_poison2());
  }
  INIT_LIST_HEAD(&system.lruvec.list);
  system.allocator.free_pages.store((1U << config().pages) - 1);
  for (unsigned cpu = 0; cpu < config().cpus; ++cpu) {
    Task& task = task_on(cpu);
    INIT_LIST_HEAD(&task.movable_page_list);
    INIT_LIST_HEAD(&task.folio_list);
    task.here.store(&task);
  }
}

} // namespace gupcheck::kernel
