// SPDX-License-Identifier: GPL-2.0-only
//
// See promises.hpp.
#include "checks/promises.hpp"

#include "checks/pin_placement.hpp"
#include "model/engine/explore.hpp"
#include "model/engine/post.hpp"
#include "model/gup/promises.hpp"
#include "model/kernel/promises.hpp"

namespace gupcheck::checks {

namespace {

constexpr Promise all_promises[] = {
    {&pin_placement,
     "a long-term pin never returns a page that may not be pinned (ZONE_MOVABLE, CMA, ISOLATE)"},
    {&kernel::list_integrity, "no page is on two lists, neighbours agree (what CONFIG_DEBUG_LIST tests)"},
    {&kernel::refcount,
     "no use of a page whose count is 0, no underflow, at the end every reference is explained"},
    {&kernel::page_lifetime, "no access to a freed page, no double free, no leak"},
    {&kernel::lru_accounting,
     "PG_lru exactly when on an LRU list, NR_ISOLATED back to 0, every page back on the LRU"},
    {&gup::pinned_stays, "a pinned page is never migrated away under its holder"},
    {&kernel::vm_bug_on, "the kernel's VM_BUG_ON and bad_page() never fire"},
    {&kernel::warn_on, "the kernel's WARN_ON never fires, nothing is left locked or half migrated"},
    {&engine::deadlock, "in every state some thread can move or all have finished"},
    {&engine::livelock, "no cycle in which every live thread takes steps"},
    {&engine::starvation, "no fair cycle in which a live thread takes no step"},
    {&engine::assertion, "assertions of the model"},
    {&engine::fault, "no model thread crashes"},
    {&engine::model_error, "the model keeps the rules of the engine"},
};

} // namespace

std::span<const Promise> promises() { return all_promises; }

} // namespace gupcheck::checks
