// SPDX-License-Identifier: GPL-2.0-only
//
// A small program over the modelled kernel, written down in a test: how memory is laid out, what each thread
// does, what must hold. The functions are plain (lambdas without captures), so that nothing but the world
// changes while it is explored.
#pragma once

#include "model/engine/explore.hpp"
#include "model/kernel/system.hpp"
#include "model/kernel/verify.hpp"

namespace gupcheck::tests {

using Function = void (*)();

struct Plan {
  kernel::KernelConfig config;
  Function layout = [] {};
  std::array<Function, 3> threads{}; // the first config.cpus of them
  Function after = [] { kernel::verify_memory(); };
  Function invariant = [] {};
};

// What a test asks about; never part of the modelled kernel.
inline constexpr engine::Check window{"window"};

// Explores a plan. Not shortened, and without the checks of progress: here a thread may wait for ever.
engine::Result explore(const Plan& plan, engine::Options options = {});

// The name of the check that breaks, or "holds", or "incomplete".
std::string outcome(const Plan& plan, std::vector<std::string> without = {});

// Two pages of ZONE_MOVABLE and `normal` of ZONE_NORMAL, one virtual page, two CPUs.
kernel::KernelConfig small_machine(unsigned normal = 2);

// What move_pages(2) does with the page at an address: look it up under the page table lock with a reference,
// isolate it, put it on a list, drop the reference, migrate, put back what stayed.
void move_page_at(unsigned long address);
// A present pte at the address, however long it takes; returns the page with a reference taken under the
// lock.
kernel::Page* get_page_at(unsigned long address);

} // namespace gupcheck::tests
