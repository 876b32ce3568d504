// SPDX-License-Identifier: GPL-2.0-only
//
// The promise `pin-placement`: a successful FOLL_LONGTERM pin never returns a page that may not be pinned.
//
// Which pages those are does not depend on what the version of the loop asks: pages of ZONE_MOVABLE, of CMA,
// and of a block that is being isolated (Documentation/core-api/pin_user_pages.rst, case 2; mm.h,
// folio_is_longterm_pinnable, 6.1).
#pragma once

#include "model/kernel/page.hpp"

namespace gupcheck::checks {

inline constexpr engine::Check pin_placement{"pin-placement"};

bool may_be_pinned_for_long(const kernel::Page* page);

// What a driver relies on when pin_user_pages(FOLL_LONGTERM) has returned nr_pages. No visible step.
void require_placement(kernel::Page** pages, long nr_pages);

} // namespace gupcheck::checks
