// SPDX-License-Identifier: GPL-2.0-only
//
// The kernel's words for traces: names of locations and values, and one short line for each page.
// Never called by model threads.
#pragma once

#include "model/engine/names.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gupcheck::kernel {

void describe(engine::Names& names);

// For each page in use: reference count (pins apart), flags, where it is linked, where it is mapped. Direct
// mode.
std::vector<std::pair<std::string, std::string>> picture();

} // namespace gupcheck::kernel
