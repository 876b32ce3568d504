// SPDX-License-Identifier: GPL-2.0-only
//
// V0: v5.2 to v5.12. Only CMA may not be pinned; the migration target may be anywhere that is not CMA, so
// also in ZONE_MOVABLE (until "don't pin migrated cma pages in movable zone").
#include "model/history/eras.hpp"
#include "model/history/regup.hpp"

namespace gupcheck::history {

constinit const Version cma_5_10{
    .id = "cma-5.10",
    .number = "V0",
    .description = "CMA pages only; what cannot be isolated or migrated is pinned where it is",
    .source = "v5.2 .. v5.12, check_and_migrate_cma_pages() of 9a4e9f3b2d73",
    .kernel = kernel_5_10,
    .gup = {.longterm_loop = pin_then_check},
};

} // namespace gupcheck::history
