// SPDX-License-Identifier: GPL-2.0-only
//
// `gupcheck explore` at a pipe: a command a line on stdin, a JSON object a line on stdout (docs/explore.md).
//
// Each line gets exactly one answer, {"error": ...} if it is no command or cannot be done; then the session
// goes on. Nothing else is written to stdout.
#pragma once

#include "tools/gupcheck/explore_session.hpp"

namespace gupcheck::tools {

// Until `quit`, the end of the input, or SIGTERM. SIGINT stops a search and nothing else.
void explore_at_pipe(ExploreSession& session);

} // namespace gupcheck::tools
