// SPDX-License-Identifier: GPL-2.0-only
//
// The engine for code of your own: everything that a suite and the program around it need.
//
// Link gupcheck::engine; and gupcheck::traces for check_main() and for traces as text. Compile the suites
// with gupcheck_model(target), which the package brings along.
#pragma once

#include "model/engine/explore.hpp"
#include "model/engine/suite.hpp"
#include "traces/check_main.hpp"
