// SPDX-License-Identifier: GPL-2.0-only
//
// `gupcheck explore` on a full screen: threads, pages, the steps so far; keys stand for commands.
#pragma once

#include "tools/gupcheck/explore_session.hpp"

namespace gupcheck::tools {

// Whether stdin and stdout are a terminal that can be drawn on.
bool is_screen();

// Until `q`, SIGTERM, or the terminal is gone. Ctrl-C stops a search and nothing else. The terminal is left
// as it was, also when something is thrown.
void explore_at_terminal(ExploreSession& session);

} // namespace gupcheck::tools
