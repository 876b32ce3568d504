// SPDX-License-Identifier: GPL-2.0-only
//
// Function names as a reader calls them.
#pragma once

#include <string>
#include <string_view>

namespace gupcheck::engine {

// `folio_isolate_lru` of `bool gupcheck::kernel::folio_isolate_lru(gupcheck::kernel::Page*)`: no return type,
// namespaces, template arguments or parameters. A name that is already short stays as it is.
std::string short_function_name(std::string_view pretty);

} // namespace gupcheck::engine
