// SPDX-License-Identifier: GPL-2.0-only
//
// The reference that GUP takes. See grab.hpp.
#include "model/gup/grab.hpp"

#include "model/gup/config.hpp"
#include "model/kernel/promises.hpp"

namespace gupcheck::gup {

using namespace kernel;

namespace {

// WARN_ON_ONCE(folio_ref_count(folio) <= 0), and from 5.19 on VM_BUG_ON_PAGE(): an anonymous page that is
// pinned must be exclusive. Both ride on the step that takes the reference.
const char* counted(std::uint64_t page, std::uint64_t) {
  return folio_ref_count(reinterpret_cast<const Page*>(page)) > 0
             ? nullptr
             : "try_grab_page() of a page whose count is 0";
}

const char* exclusive(std::uint64_t page, std::uint64_t) {
  return PageAnonExclusive(reinterpret_cast<const Page*>(page))
             ? nullptr
             : "an anonymous page is pinned that is not exclusive";
}

void expect_exclusive(const Page* page) {
  if (kernel::config().anon_exclusive)
    engine::expect(vm_bug_on, exclusive, reinterpret_cast<std::uint64_t>(page));
}

// try_get_folio(); its second look at page_folio() concerns compound pages only.
Folio* try_get_folio(Page* page, int refs) {
  Folio* folio = page_folio(page);
  if (mutated(Mutant::gup_fast_plain_get)) {
    folio_ref_add(folio, refs);
    return folio;
  }
  return folio_ref_try_add(folio, refs) ? folio : nullptr;
}

} // namespace

bool try_grab_page(Page* page, unsigned flags) {
  engine::expect(warn_on, counted, reinterpret_cast<std::uint64_t>(page));
  if ((flags & FOLL_GET) != 0) {
    folio_get(page_folio(page));
  } else {
    expect_exclusive(page);
    folio_ref_add(page_folio(page), GUP_PIN_COUNTING_BIAS);
  }
  return true;
}

Folio* try_grab_folio(Page* page, int refs, unsigned flags) {
  if ((flags & FOLL_GET) != 0) return try_get_folio(page, refs);

  // The zone of a page never changes, so before or after the reference makes no difference to the answer; it
  // does to other threads, which may see the reference come and go (6.12).
  const bool pinnable = (flags & FOLL_LONGTERM) == 0 || kernel::config().pinnable_fast(page);
  if (config().fast_test == FastTest::before_reference && !pinnable) return nullptr;

  Folio* folio = try_get_folio(page, refs);
  if (folio == nullptr) return nullptr;
  if (!pinnable) {
    folio_put_refs(folio, refs);
    return nullptr;
  }
  folio_ref_add(folio, refs * (GUP_PIN_COUNTING_BIAS - 1));
  return folio;
}

void gup_put_folio(Folio* folio, int refs, unsigned flags) {
  folio_put_refs(folio, (flags & FOLL_PIN) != 0 ? refs * GUP_PIN_COUNTING_BIAS : refs);
}

void unpin_user_page(Page* page) {
  expect_exclusive(page); // sanity_check_pinned_pages() of CONFIG_DEBUG_VM
  gup_put_folio(page_folio(page), 1, FOLL_PIN);
}

void unpin_user_pages(Page** pages, long nr_pages) {
  for (long i = 0; i < nr_pages; ++i) unpin_user_page(pages[i]);
}

} // namespace gupcheck::gup
