// SPDX-License-Identifier: GPL-2.0-only
//
// V6: v5.13 to v5.17, after "mm/gup: longterm pin migration cleanup" (f68749ec342b). The caller pins again,
// not check_and_migrate_movable_pages(). Against V2: isolation errors count, all pins are dropped before a
// retry even if nothing was isolated, a migration that failed is an error. So a page that may not be pinned
// is never returned, and a page that can never be isolated makes the caller spin.
#include "model/history/eras.hpp"
#include "model/history/pages.hpp"

#include <cerrno>

namespace gupcheck::history {

using namespace kernel;

namespace {

// nr_pages when all may stay; 0 when the caller has to pin again; -errno. Only in the first case is anything
// still pinned.
long check_and_migrate_movable_pages(long nr_pages, Page** pages, unsigned gup_flags) {
  list_head* movable_page_list = own_list(current().movable_page_list);
  long isolation_error_count = 0;
  bool drain_allow = true;
  Page* prev_head = nullptr;
  for (long i = 0; i < nr_pages; ++i) {
    Page* head = compound_head(pages[i]);
    if (head == prev_head) continue;
    prev_head = head;
    if (config().pinnable(head)) continue;
    if (drain_allow && !PageLRU(head)) {
      lru_add_drain_all();
      drain_allow = false;
    }
    if (!isolate_to(movable_page_list, head)) ++isolation_error_count;
  }
  const bool isolated_none = list_empty(movable_page_list);
  if (isolated_none && isolation_error_count == 0) return nr_pages;

  drop_references(pages, nr_pages, gup_flags);
  if (isolated_none) return 0;
  const int ret = migrate_pages(movable_page_list, config().longterm_target_gfp);
  if (ret != 0 && !list_empty(movable_page_list)) putback_movable_pages(movable_page_list);
  return ret > 0 ? -ENOMEM : ret;
}

long pin_until_pinnable(MmStruct& mm, unsigned long start, long nr_pages, Page** pages, int* locked,
                        unsigned gup_flags) {
  long rc = 0;
  do {
    rc = gup::__get_user_pages_locked(mm, start, nr_pages, pages, locked, gup_flags);
    if (rc <= 0) break;
    rc = check_and_migrate_movable_pages(rc, pages, gup_flags);
  } while (rc == 0);
  return rc;
}

constexpr KernelConfig kernel_5_13 = [] {
  KernelConfig config = kernel_5_10;
  config.isolate = IsolateForm::test_clear_first; // 5.11
  config.lru_cache_disable = true;
  config.pin_scope = PinScope::pin;
  config.longterm_target_gfp = GFP_USER | GFP_NOWARN;
  config.pinnable = is_pinnable_page;
  config.pinnable_fast = is_pinnable_page;
  return config;
}();

} // namespace

constinit const Version linux_5_13{
    .id = "5.13",
    .number = "V6",
    .description =
        "isolation errors count, pins are dropped before every retry, failed migration is an error",
    .source = "v5.13 .. v5.17, f68749ec342b",
    .kernel = kernel_5_13,
    .gup = {.longterm_loop = pin_until_pinnable},
};

} // namespace gupcheck::history
