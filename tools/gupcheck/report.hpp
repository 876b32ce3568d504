// SPDX-License-Identifier: GPL-2.0-only
//
// The results of runs in the forms that people, programs and CI systems read.
#pragma once

#include "tools/gupcheck/run.hpp"

#include <string>
#include <vector>

namespace gupcheck::tools {

// For people: the verdict, what it rests on, each check, and the traces of the broken ones.
std::string report_text(const RunResult& result, bool colour);
// The form of design and documentation: one object, or an array of them for several runs.
std::string report_json(const std::vector<RunResult>& results);
// One test suite for each run, one test case for each check.
std::string report_junit(const std::vector<RunResult>& results);

} // namespace gupcheck::tools
