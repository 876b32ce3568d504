// SPDX-License-Identifier: GPL-2.0-only
//
// What each format promises whatever is in a trace; a broken promise ends the process.
#pragma once

#include "traces/counterexample.hpp"

#include <string_view>

namespace gupcheck::tests {

void require(bool promise, const char* what, std::string_view shown);
bool has_control_characters(std::string_view text, bool may_have_lines);

// One line that says what is wrong with the input.
void check_refusal(std::string_view refusal);

void check_dot(const traces::Counterexample& trace);
void check_perfetto(const traces::Counterexample& trace);
void check_itf(const traces::Counterexample& trace);
void check_litmus(const traces::Counterexample& trace);
void check_html(const traces::Counterexample& trace);

} // namespace gupcheck::tests
