// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample as a page: one file that needs no network and no other file, to step through in a browser.
//
// A lane for each thread, arrows for who read whose write and who waited for whom, and beside the step under
// the cursor the picture, the values, the functions and the source lines. It says what text.hpp says in the
// same words, and without JavaScript it shows that text. The page itself is in traces/html/; it puts
// everything that comes from a trace in as text, never as markup, and its policy lets nothing run but its own
// script, so a trace from a stranger can be shown.
#pragma once

#include "traces/counterexample.hpp"

#include <filesystem>
#include <string>

namespace gupcheck::traces {

struct HtmlOptions {
  std::filesystem::path source_root = {}; // where source lines come from (excerpts.hpp); empty: nowhere
  std::string name = {};                  // on a page that has several
};

// Longer traces are too many rows for a page; html() throws a std::runtime_error for them.
inline constexpr std::size_t max_html_steps = 10'000;

std::string html(const Counterexample& trace, const HtmlOptions& options = {});

// For pages that hold several traces: what the page's script needs to draw one, as JSON, and the page around
// the data (`{"view": ...}` or `{"report": ...}`, see html/page.js). `text` is shown without JavaScript.
std::string html_view(const Counterexample& trace, const HtmlOptions& options);
std::string html_page(const std::string& title, const std::string& data, const std::string& text);

} // namespace gupcheck::traces
