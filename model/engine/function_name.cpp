// SPDX-License-Identifier: GPL-2.0-only
//
// Cuts a compiler's pretty function name down to the name.
#include "model/engine/function_name.hpp"

namespace gupcheck::engine {

std::string short_function_name(std::string_view pretty) {
  // `... [with T = int]` is GCC's list of template arguments.
  pretty = pretty.substr(0, pretty.find(" [with "));
  // What stands at angle depth 0 up to the parameters, from the last blank or `::` on. `(anonymous
  // namespace)` and the parentheses of operator() are part of a name, not of its parameters.
  constexpr std::string_view call = "operator()";
  std::string name;
  int angles = 0;
  for (std::size_t i = 0; i < pretty.size(); ++i) {
    const std::string_view rest = pretty.substr(i);
    if (angles == 0 && rest.starts_with(call)) {
      name = call;
      i += call.size() - 1;
    } else if (angles == 0 && (rest.starts_with("(anonymous") || rest.starts_with("{anonymous"))) {
      i += rest.find_first_of(")}");
    } else if (pretty[i] == '<') {
      ++angles;
    } else if (pretty[i] == '>') {
      --angles;
    } else if (angles > 0) {
      continue;
    } else if (pretty[i] == '(') {
      break;
    } else if (pretty[i] == ' ' || pretty[i] == ':' || pretty[i] == '*' || pretty[i] == '&') {
      name.clear();
    } else {
      name += pretty[i];
    }
  }
  return name.empty() ? std::string(pretty) : name;
}

} // namespace gupcheck::engine
