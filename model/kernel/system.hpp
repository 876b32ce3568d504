// SPDX-License-Identifier: GPL-2.0-only
//
// All shared state of the modelled kernel, and the suite that scenarios derive from.
//
// Order: configure() with a KernelConfig, then the program's build(), in whose before() the scenario calls
// boot() and lays out memory with the helpers below. After that config() and the address of the System are
// constants.
#pragma once

#include "model/engine/suite.hpp"
#include "model/kernel/alloc.hpp"
#include "model/kernel/config.hpp"
#include "model/kernel/describe.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/lru.hpp"
#include "model/kernel/mm.hpp"
#include "model/kernel/task.hpp"
#include "model/kernel/watches.hpp"

namespace gupcheck::kernel {

struct System {
  Page pages[max_pages];
  Lruvec lruvec;
  MmStruct mm;
  Allocator allocator;
  DrainAll drain_all;
};

// The one system; no visible step.
System& system();

// Direct mode, in before(). boot() makes `system` the one: every page free, all lists empty.
void boot(System& system);
// Takes a free page and maps it at a virtual page, on the LRU list or still in a CPU's batch. Each returns
// the page.
Page* map_page_on_lru(unsigned pfn, unsigned long address);
Page* map_page_in_batch(unsigned pfn, unsigned long address, unsigned cpu);
// A mapped page that no LRU will ever see (a driver's vm_ops->fault mapped it).
Page* map_page_off_lru(unsigned pfn, unsigned long address);

// A suite whose world is a System. Derived::before() begins with boot().
template <class Derived, unsigned Threads> struct KernelSuite : engine::Suite<Derived, Threads> {
  using PerThread = Task;
  System state;

  void boot() { kernel::boot(state); }
  const engine::Watch* watch(const engine::Operation& operation) const { return kernel::watch(operation); }
  void describe(engine::Names& names) const { kernel::describe(names); }
  std::vector<std::pair<std::string, std::string>> picture() const { return kernel::picture(); }
};

// The program of such a suite under one kernel and memory: configures before it builds, so that several may
// live side by side.
template <class S> class KernelProgram : public engine::SuiteProgram<S> {
public:
  explicit KernelProgram(const KernelConfig& config)
      : engine::SuiteProgram<S>(config.cpus), config_(config) {}
  void build() override {
    configure(config_);
    engine::SuiteProgram<S>::build();
  }

private:
  KernelConfig config_;
};

} // namespace gupcheck::kernel
