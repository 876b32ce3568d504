// SPDX-License-Identifier: GPL-2.0-only
//
// Text for the DOT language: whatever a name contains, Graphviz shows it and nothing else.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace gupcheck::traces {

// Names of attributes and what they are, which is dot_label() text or plain words.
using DotAttributes = std::map<std::string, std::string>;

// `text` as it is shown: neither escapes (`\N` is the node's name in a label) nor entities (`&lt;`).
std::string dot_plain(std::string_view text);
// The same in lines of about `width`, never twice as long, each flush left.
std::string dot_label(std::string_view text, std::size_t width);
// A quoted string; keywords (`node`) are none any more.
std::string dot_quoted(std::string_view text);
// `[a="b", c="d"]`
std::string dot_list(const DotAttributes& attributes);

} // namespace gupcheck::traces
