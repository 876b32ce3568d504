// SPDX-License-Identifier: GPL-2.0-only
//
// Ctrl-C and SIGTERM: the run stops where it is and says `incomplete`.
#pragma once

#include <atomic>

namespace gupcheck::tools {

// From now on the first signal sets the flag; one that comes more than a second later
// ends the process at once.
const std::atomic<bool>& catch_interrupts();

} // namespace gupcheck::tools
