// SPDX-License-Identifier: GPL-2.0-only
//
// The deliberate faults of the modelled kernel (config.hpp) by name, for traces and tests.
#pragma once

#include "model/kernel/config.hpp"

#include <span>
#include <string_view>

namespace gupcheck::kernel {

struct NamedMutant {
  Mutant mutant;
  const char* name;
};

std::span<const NamedMutant> named_mutants(); // Mutant::none is the first
const char* name_of(Mutant mutant);
// Null when there is none of that name.
const NamedMutant* find_mutant(std::string_view name);

} // namespace gupcheck::kernel
