// SPDX-License-Identifier: GPL-2.0-only
//
// See litmus_text.hpp.
#include "traces/litmus_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gupcheck::traces {

std::string litmus_comment(std::string text) {
  for (const char* end : {"*/", "*)", "(*", "/*"})
    for (std::size_t at = 0; (at = text.find(end, at)) != std::string::npos;) text.insert(at + 1, 1, ' ');
  for (const auto& [bad, good] : {std::pair('"', '\''), std::pair('{', '<'), std::pair('}', '>')})
    std::replace(text.begin(), text.end(), bad, good);
  if (text.ends_with('\\')) text += '.';
  return text;
}

std::string litmus_title(const Counterexample& trace) {
  std::string name = trace.subject.scenario + '-' + trace.subject.kernel + '-' + trace.check;
  for (char& c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.')) c = '-';
  name.erase(std::unique(name.begin(), name.end(), [](char a, char b) { return a == '-' && b == '-'; }),
             name.end());
  return "gupcheck-" + name.substr(0, 100);
}

std::string litmus_text(const LitmusProcess& process) {
  std::string parameters;
  for (const LitmusVariable* variable : process.uses) {
    const char* type = variable->type == LitmusType::spinlock ? "spinlock_t"
                       : variable->type == LitmusType::atomic ? "atomic_t"
                                                              : "int";
    parameters += fmt::format("{}{} *{}", parameters.empty() ? "" : ", ", type, variable->name);
  }
  std::string out = fmt::format("\nP{}({})\n{{\n", process.number, parameters);
  for (unsigned i = 0; i < process.registers; ++i) out += fmt::format("\tint r{};\n", i);
  return out + (process.registers != 0 ? "\n" : "") + process.body + "}\n";
}

} // namespace gupcheck::traces
