// SPDX-License-Identifier: GPL-2.0-only
//
// include/linux/mmzone.h and gfp_types.h: zones, pageblock types and allocation flags.
//
// They describe memory and never change while a program is explored, so reading them is no visible step.
#pragma once

#include <cstdint>

namespace gupcheck::kernel {

// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
enum zone_type : std::uint8_t { ZONE_NORMAL, ZONE_MOVABLE };

enum migratetype : std::uint8_t { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_CMA, MIGRATE_ISOLATE };

using gfp_t = std::uint32_t;

// The kernel's names without the leading underscores, which C++ reserves.
inline constexpr gfp_t GFP_MOVABLE = 0x1; // __GFP_MOVABLE
inline constexpr gfp_t GFP_HIGHMEM = 0x2; // __GFP_HIGHMEM
inline constexpr gfp_t GFP_NOWARN = 0x4;  // __GFP_NOWARN
inline constexpr gfp_t GFP_USER = 0x8;
inline constexpr gfp_t GFP_HIGHUSER_MOVABLE = GFP_USER | GFP_HIGHMEM | GFP_MOVABLE;
inline constexpr gfp_t GFP_NO_CMA = 0x10; // model only: the task gets no ALLOC_CMA
// NOLINTEND(readability-identifier-naming)

} // namespace gupcheck::kernel
