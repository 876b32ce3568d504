// SPDX-License-Identifier: GPL-2.0-only
//
// The one GupConfig of the process.
#include "model/gup/config.hpp"

namespace gupcheck::gup {

namespace {
GupConfig the_config; // set between explorations only
} // namespace

void configure(const GupConfig& config) { the_config = config; }
const GupConfig& config() { return the_config; }

} // namespace gupcheck::gup
