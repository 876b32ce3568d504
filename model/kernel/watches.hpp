// SPDX-License-Identifier: GPL-2.0-only
//
// The promises about single accesses, as watches on the fields of struct page:
//   refcount        nobody gets or puts a reference of a page whose count is 0, no count falls below 0
//   page-lifetime   nobody but a speculative get touches a page that is back in the allocator
#pragma once

#include "model/engine/program.hpp"

namespace gupcheck::kernel {

// For Suite::watch(): null when the location is none of a struct page.
const engine::Watch* watch(const engine::Operation& operation);

} // namespace gupcheck::kernel
