// SPDX-License-Identifier: GPL-2.0-only
//
// Watches on struct page. See watches.hpp.
#include "model/kernel/watches.hpp"

#include "model/kernel/promises.hpp"
#include "model/kernel/system.hpp"

namespace gupcheck::kernel {

namespace {

using engine::OperationKind;
using engine::Watch;
using engine::WatchedStep;

bool is_in_pages(engine::Address address) {
  return address - reinterpret_cast<engine::Address>(system().pages) < sizeof(System::pages);
}
unsigned pfn_of(engine::Address address) {
  return static_cast<unsigned>((address - reinterpret_cast<engine::Address>(system().pages)) / sizeof(Page));
}

// Sleeping on a page's wait queue touches the hashed queue, not the page.
bool touches_page(const engine::Operation& operation) {
  return operation.form.kind != OperationKind::wait_equal &&
         operation.form.kind != OperationKind::wait_not_equal;
}

const char* broken_refcount(const WatchedStep& step) {
  if (step.operation.form.kind != OperationKind::fetch_add) return nullptr;
  const auto before = static_cast<std::int32_t>(static_cast<std::uint32_t>(step.before));
  const auto after = static_cast<std::int32_t>(static_cast<std::uint32_t>(step.after));
  if (after > before)
    return before <= 0 ? "a reference is taken on a page whose count is 0 (VM_BUG_ON_FOLIO in folio_get)"
                       : nullptr;
  if (before <= 0)
    return "a reference is dropped on a page whose count is 0 (VM_BUG_ON_PAGE in put_page_testzero)";
  return after < 0 ? "the reference count falls below 0" : nullptr;
}

const char* broken_lifetime(const WatchedStep& step) {
  if (!touches_page(step.operation)) return nullptr;
  // get_page_unless_zero() is made for pages that may be free: it fails on them.
  if (step.operation.form.kind == OperationKind::add_unless && step.before == step.after) return nullptr;
  return is_free(pfn_of(step.operation.address)) ? "access to a page that has been freed" : nullptr;
}

constexpr Watch lifetime_watch{&page_lifetime, broken_lifetime};
constexpr Watch refcount_watch{&refcount, broken_refcount, &lifetime_watch};

} // namespace

const engine::Watch* watch(const engine::Operation& operation) {
  if (operation.form.size == 0 || !is_in_pages(operation.address)) return nullptr;
  const Page& page = system().pages[pfn_of(operation.address)];
  return operation.address == page._refcount.address() ? &refcount_watch : &lifetime_watch;
}

} // namespace gupcheck::kernel
