// SPDX-License-Identifier: GPL-2.0-only
//
// What the scenarios of the modelled kernel share: sizes, memory, what a thread may do, what must be true at
// the end.
//
// A scenario is a suite with lay_out() (which memory there is), before() (what is mapped where) and thread().
// Virtual pages 0 .. pages-1 are mapped to the physical pages of the same numbers; after these come the pages
// that migration can use.
#pragma once

#include "checks/pin_placement.hpp"
#include "checks/scenarios/registry.hpp"
#include "model/gup/gup.hpp"
#include "model/gup/move_pages.hpp"
#include "model/gup/promises.hpp"
#include "model/gup/reclaim.hpp"
#include "model/history/history.hpp"
#include "model/kernel/system.hpp"
#include "model/kernel/verify.hpp"

namespace gupcheck::checks {

// How many threads and virtual pages; fixed while the scenario is explored, so reading it is no visible step.
struct Size {
  unsigned threads = 0;
  unsigned pages = 0;
};
const Size& size();

// Memory layouts, for lay_out(). The first is of pages that this version of the loop has to migrate: CMA
// pages where it knows only CMA (5.10), else pages of ZONE_MOVABLE.
void add_pages_to_migrate(kernel::KernelConfig& config, unsigned count);
void add_unmovable_pages(kernel::KernelConfig& config, unsigned count);

// What threads do, each from its first page on. The pins are dropped again as soon as the DMA is done.
void pin_longterm(unsigned long start, long nr_pages);
void pin_longterm_fast(unsigned long start, long nr_pages);
void pin_fast(unsigned long start, long nr_pages); // for a moment only: movable memory is fine

namespace detail {
void set_size(const Size& size);
const history::Version& version_of(const ScenarioParameters& parameters);
kernel::KernelConfig memory_of(const ScenarioParameters& parameters,
                               void (*lay_out)(kernel::KernelConfig&, const Size&));
} // namespace detail

template <class Derived> struct Scenario : kernel::KernelSuite<Derived, 2> {
  static void lay_out(kernel::KernelConfig& config, const Size& wanted) {
    add_pages_to_migrate(config, wanted.pages);
    // One more than has to move: memory is short only in the scenario that is about that.
    add_unmovable_pages(config, wanted.pages + 1);
  }
  void before() {
    this->boot();
    for (unsigned page = 0; page < size().pages; ++page) kernel::map_page_on_lru(page, page);
  }
  void after() { kernel::verify_memory(); }
  // Tasks that do the same are told apart by letters.
  std::string thread_name(unsigned index) const {
    return std::string(Derived::task_name) + '-' + static_cast<char>('a' + index);
  }
};

// Threads 1 and up do something else than thread 0, which pins.
template <class Derived> struct PinAgainst : Scenario<Derived> {
  void thread(unsigned index) {
    if (index == 0) {
      pin_longterm(0, size().pages);
    } else {
      static_cast<Derived*>(this)->other_thread(index);
    }
  }
  std::string thread_name(unsigned index) const {
    return index == 0
               ? "pin"
               : std::string(Derived::other_name) + (size().threads > 2 ? "-" + std::to_string(index) : "");
  }
};

// The program of a scenario under a version of the loop.
template <class S> class ScenarioProgram : public history::VersionProgram<S> {
public:
  explicit ScenarioProgram(const ScenarioParameters& parameters)
      : history::VersionProgram<S>(detail::version_of(parameters), detail::memory_of(parameters, S::lay_out)),
        size_{parameters.threads, parameters.pages} {}
  void build() override {
    detail::set_size(size_);
    history::VersionProgram<S>::build();
  }

private:
  Size size_;
};

// Fills in what all scenarios of the modelled kernel have in common: every version of the loop.
template <class S> ScenarioInfo kernel_scenario(ScenarioInfo info) {
  for (const history::Version* version : history::all()) info.kernels.emplace_back(version->id);
  if (info.default_kernel.empty()) info.default_kernel = history::linux_6_1_13.id;
  info.make = [](const ScenarioParameters& parameters) {
    return std::make_unique<ScenarioProgram<S>>(parameters);
  };
  return info;
}

// One file each.
ScenarioInfo concurrent_pins();
ScenarioInfo overlapping_pins();
ScenarioInfo pin_vs_move_pages();
ScenarioInfo two_move_pages();
ScenarioInfo pin_vs_reclaim();
ScenarioInfo pin_page_in_batch();
ScenarioInfo pin_vs_reference();
ScenarioInfo pin_unfaulted();
ScenarioInfo fast_pin();
ScenarioInfo fast_pin_vs_move_pages();
ScenarioInfo pin_normal_page();
ScenarioInfo pin_cma_page();
ScenarioInfo pin_alloc_failure();
ScenarioInfo pin_off_lru();
ScenarioInfo pin_until_success();

} // namespace gupcheck::checks
