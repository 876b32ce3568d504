// SPDX-License-Identifier: GPL-2.0-only
//
// See symbols.hpp.
#include "model/engine/symbols.hpp"

#include "model/engine/function_name.hpp"

#include <cstdlib>
#include <cxxabi.h>
#include <elfutils/libdwfl.h>
#include <memory>
#include <string_view>
#include <unistd.h>

namespace gupcheck::engine {

namespace {

// The engine's own functions are not the model's; also those of its anonymous namespaces.
bool is_of_engine(std::string_view symbol) {
  return symbol.starts_with("_ZN8gupcheck6engine") || symbol.starts_with("_ZNK8gupcheck6engine") ||
         symbol == "make_fcontext" || symbol == "trampoline";
}

} // namespace

Symbols::Symbols() {
  static const Dwfl_Callbacks callbacks{.find_elf = dwfl_linux_proc_find_elf,
                                        .find_debuginfo = dwfl_standard_find_debuginfo,
                                        .section_address = nullptr,
                                        .debuginfo_path = nullptr};
  modules_ = dwfl_begin(&callbacks);
  if (modules_ == nullptr) return;
  dwfl_linux_proc_report(modules_, getpid());
  dwfl_report_end(modules_, nullptr, nullptr);
}

Symbols::~Symbols() { dwfl_end(modules_); }

std::vector<std::string> Symbols::function_names(const std::vector<void*>& return_addresses) {
  std::vector<std::string> names;
  for (auto address = return_addresses.rbegin(); address != return_addresses.rend(); ++address)
    if (const std::string& name = function_name(*address); !name.empty()) names.push_back(name);
  return names;
}

const std::string& Symbols::function_name(void* return_address) {
  const auto [known, is_new] = known_.try_emplace(return_address);
  if (is_new) known->second = look_up(return_address);
  return known->second;
}

std::string Symbols::look_up(void* return_address) const {
  // The call lies before its return address, which may belong to the next function already.
  const auto call = reinterpret_cast<Dwarf_Addr>(return_address) - 1;
  Dwfl_Module* module = modules_ == nullptr ? nullptr : dwfl_addrmodule(modules_, call);
  const char* symbol = module == nullptr ? nullptr : dwfl_module_addrname(module, call);
  if (symbol == nullptr || is_of_engine(symbol)) return {};
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free);
  return short_function_name(status == 0 ? demangled.get() : symbol);
}

} // namespace gupcheck::engine
