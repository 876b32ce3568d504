// SPDX-License-Identifier: GPL-2.0-only
//
// The files of traces/html/, as they were when the library was built (html_files.cpp.in), byte for byte. The
// hashes are for the page's policy: the SHA-256 of the file in base64.
#pragma once

#include <string_view>

namespace gupcheck::traces {

extern const std::string_view page_html;
extern const std::string_view page_css;
extern const std::string_view page_css_hash;
extern const std::string_view page_js;
extern const std::string_view page_js_hash;

} // namespace gupcheck::traces
