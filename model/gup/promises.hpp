// SPDX-License-Identifier: GPL-2.0-only
//
// What GUP promises to the holder of a pin, as conditions that a scenario attaches to its own steps.
#pragma once

#include "model/gup/grab.hpp"
#include "model/kernel/promises.hpp"

namespace gupcheck::gup {

using engine::Check;

// A page with an elevated pin is never migrated away under its holder (the device would write to a page that
// the process no longer sees).
inline constexpr Check pinned_stays{"pinned-stays"};

// The end of a transfer: unpins pages that were pinned from `start` on. In the very state in which a pin is
// dropped its address must still map the page, or hold a migration entry for it, or be in the moment in which
// try_to_migrate() has cleared the pte under the page table lock and looks at the count.
void finish_dma(unsigned long start, Page** pages, long nr_pages);

} // namespace gupcheck::gup
