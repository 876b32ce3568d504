// SPDX-License-Identifier: GPL-2.0-only
//
// See dot_text.hpp.
#include "traces/dot_text.hpp"

#include "traces/lanes.hpp"

namespace gupcheck::traces {

std::string dot_plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

std::string dot_label(std::string_view text, std::size_t width) {
  std::string out;
  for (const std::string& line : wrap(text, width)) out += dot_plain(line) + "\\l";
  return out;
}

std::string dot_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string dot_list(const DotAttributes& attributes) {
  std::string out = "[";
  for (const auto& [name, value] : attributes)
    out += (out.size() > 1 ? ", " : "") + name + '=' + dot_quoted(value);
  return out + ']';
}

} // namespace gupcheck::traces
