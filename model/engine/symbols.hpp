// SPDX-License-Identifier: GPL-2.0-only
//
// Names for code addresses, from the symbol tables of the running program (elfutils): local functions have
// names there, too, which the dynamic symbol table does not have.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

struct Dwfl;

namespace gupcheck::engine {

class Symbols {
public:
  Symbols();
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  // The functions of a stack, outermost first, without namespaces and parameters and without the engine's
  // own. `return_addresses` is innermost first. What has no symbol is left out.
  std::vector<std::string> function_names(const std::vector<void*>& return_addresses);

private:
  // Empty where there is none, or none to show. A look-up walks the whole symbol table, so each is made once.
  const std::string& function_name(void* return_address);
  std::string look_up(void* return_address) const;

  Dwfl* modules_;
  std::unordered_map<void*, std::string> known_;
};

} // namespace gupcheck::engine
