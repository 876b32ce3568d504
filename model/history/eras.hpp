// SPDX-License-Identifier: GPL-2.0-only
//
// The kernels around the loop: what is common to the versions of one time. Each version file starts from its
// era and says what it changes.
#pragma once

#include "model/history/history.hpp"

namespace gupcheck::history {

// 5.10, for which the patch under discussion was posted.
inline constexpr kernel::KernelConfig kernel_5_10{
    .isolate = kernel::IsolateForm::recheck_under_lock,
    .target_lru = kernel::TargetLru::putback_after_unlock,
    .pin_scope = kernel::PinScope::nocma,
    .anon_exclusive = false,
    .migration_wait_takes_ref = true,
    .lru_flag_before_link = true,
    .lru_cache_disable = false,
    .pinnable = kernel::is_not_cma_page,
    .pinnable_fast = kernel::is_not_cma_page,
    .longterm_target_gfp = kernel::GFP_USER | kernel::GFP_MOVABLE | kernel::GFP_NOWARN,
};

// The same with the earlier patches of the posted series: nothing that a longterm GUP allocates, target pages
// of its migration included, comes from ZONE_MOVABLE. Only the question to ask is left to the patches
// themselves.
inline constexpr kernel::KernelConfig kernel_with_the_series = [] {
  kernel::KernelConfig config = kernel_5_10;
  config.pin_scope = kernel::PinScope::pin;
  config.longterm_target_gfp = kernel::GFP_USER | kernel::GFP_NOWARN;
  return config;
}();

// 6.1: batches are folio_batches, anonymous pages are exclusive when they are pinned.
inline constexpr kernel::KernelConfig kernel_6_1{
    .isolate = kernel::IsolateForm::test_clear_first,
    .target_lru = kernel::TargetLru::add_then_drain,
    .pin_scope = kernel::PinScope::pin,
    .anon_exclusive = true,
    .migration_wait_takes_ref = false,
    .lru_flag_before_link = false,
    .lru_cache_disable = true,
    .pinnable = kernel::is_longterm_pinnable_page,
    .pinnable_fast = kernel::is_longterm_pinnable_page,
    .longterm_target_gfp = kernel::GFP_USER | kernel::GFP_NOWARN,
};
inline constexpr gup::GupConfig gup_6_1{
    .fast_test = gup::FastTest::before_reference,
    .fallback_lock = gup::FallbackLock::whole_loop,
    .move_pages_lookup = gup::MovePagesLookup::reference,
};

// 6.12 and after: no drain after a migration, mmap_lock for each round only.
inline constexpr kernel::KernelConfig kernel_6_12 = [] {
  kernel::KernelConfig config = kernel_6_1;
  config.target_lru = kernel::TargetLru::add_without_drain;
  return config;
}();
inline constexpr gup::GupConfig gup_6_12{
    .fast_test = gup::FastTest::after_reference,
    .fallback_lock = gup::FallbackLock::each_round,
    .move_pages_lookup = gup::MovePagesLookup::page_table_lock,
};

} // namespace gupcheck::history
