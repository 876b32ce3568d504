// SPDX-License-Identifier: GPL-2.0-only
//
// Every promise that is checked, in the order in which a reader wants them, with what it says.
//
// Where each is enforced: list-integrity, refcount, page-lifetime, lru-accounting, vm-bug-on and warn-on by
// the modelled kernel (model/kernel/list.cpp, watches.cpp, verify.cpp); pinned-stays by
// model/gup/promises.cpp; pin-placement by pin_placement.cpp; the rest by the engine.
#pragma once

#include "model/engine/operation.hpp"

#include <span>

namespace gupcheck::checks {

struct Promise {
  const engine::Check* check;
  const char* says;
};

std::span<const Promise> promises();

} // namespace gupcheck::checks
