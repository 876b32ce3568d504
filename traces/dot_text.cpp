// SPDX-License-Identifier: GPL-2.0-only
//
// See dot_text.hpp.
#include "traces/dot_text.hpp"

#include "traces/lanes.hpp"

#include <algorithm>

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
  for (const std::string& line : wrap(text, width)) {
    std::string_view rest = line;
    do {
      // A word that is longer than a line is broken, but not within a character.
      std::size_t end = std::min(rest.size(), 2 * width);
      while (end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xc0U) == 0x80U) ++end;
      out += dot_plain(rest.substr(0, end)) + "\\l";
      rest.remove_prefix(end);
    } while (!rest.empty());
  }
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
