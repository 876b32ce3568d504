// SPDX-License-Identifier: GPL-2.0-only
//
// The promises that the modelled kernel itself can break. Each is declared once, here, and its identity is
// its address; checks/ attaches the conditions that need more than one function's view.
#pragma once

#include "model/engine/post.hpp"

namespace gupcheck::kernel {

using engine::Check;

// What CONFIG_DEBUG_LIST tests, and that no entry is ever on two lists.
inline constexpr Check list_integrity{"list-integrity"};
// No use of a page whose count is 0, no underflow, at the end every reference is explained.
inline constexpr Check refcount{"refcount"};
// No access to a page that is back in the allocator, no double free, no leak.
inline constexpr Check page_lifetime{"page-lifetime"};
// PG_lru exactly when linked on an LRU list (or in an isolation window), NR_ISOLATED back to 0.
inline constexpr Check lru_accounting{"lru-accounting"};
// The kernel's own assertions: VM_BUG_ON_PAGE, VM_BUG_ON_FOLIO, bad_page().
inline constexpr Check vm_bug_on{"vm-bug-on"};
// WARN_ON and friends, and what lockdep says of a task that ends with a lock held.
inline constexpr Check warn_on{"warn-on"};

} // namespace gupcheck::kernel
