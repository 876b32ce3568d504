// SPDX-License-Identifier: GPL-2.0-only
//
// Messages about names that do not exist, with the ones that do.
#pragma once

#include <string>
#include <vector>

namespace gupcheck::tools {

// `unknown scenario `xs` (did you mean `x`?); possible: x, y, z` in one line, for a UsageError.
std::string unknown_name(const std::string& kind, const std::string& name,
                         const std::vector<std::string>& possible);

// Throws that as a UsageError if `name` is none of `possible`.
void require_known(const std::string& kind, const std::string& name,
                   const std::vector<std::string>& possible);

} // namespace gupcheck::tools
