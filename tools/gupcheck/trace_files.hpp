// SPDX-License-Identifier: GPL-2.0-only
//
// Counterexamples as files: for programs and replay, for mails, and for a browser.
#pragma once

#include "traces/counterexample.hpp"
#include "traces/html.hpp"

#include <string>

namespace gupcheck::tools {

// Writes `stem`.json, .txt and .html; without the last, and with a warning, if it is too long for a page.
void write_trace_files(const std::string& stem, const traces::Counterexample& trace);

// For a trace that was made here. Source lines come from the current directory if it has the trace's files,
// else from the tree that this program was built from.
traces::HtmlOptions html_options(const traces::Counterexample& trace);
// For a trace from elsewhere, which must not choose what is read: source lines come from `source`; where that
// is empty, from the tree that this program was built from. Throws UsageError for what is no directory.
traces::HtmlOptions html_options(const std::string& source);

} // namespace gupcheck::tools
