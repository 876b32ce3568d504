// SPDX-License-Identifier: GPL-2.0-only
//
// Ctrl-C and SIGTERM: the run stops where it is and says `incomplete`.
#pragma once

#include <atomic>

namespace gupcheck::tools {

// From now on the first signal sets the flag; one that comes more than a second later
// ends the process at once. Files that are too large are errors of write(2), no signals.
const std::atomic<bool>& catch_interrupts();
// For a session, where a signal stops one search and not the next: clears the flag, unless it was SIGTERM
// that set it.
void forget_interrupts();
// Whether it was.
bool told_to_end();

} // namespace gupcheck::tools
