// SPDX-License-Identifier: GPL-2.0-only
//
// Steps in words that a kernel developer uses: `test_and_clear page[0].flags PG_lru: was set`.
#pragma once

#include "traces/counterexample.hpp"

namespace gupcheck::traces {

// What the step did and what came of it.
std::string words(const Step& step);
// What the thread will do: the same without an outcome, `lock lruvec.lru_lock`.
std::string words(const Action& action);
// What the thread does when the trace ends: `waits: lock lruvec.lru_lock (now pin-a)`.
std::string words(const Pending& pending);

// `model/kernel/lru.cpp:57`
std::string words(const Source& source);

// `a > b > c`; without the suite's own thread(), which every stack begins with.
std::string call_path(const std::vector<std::string>& stack);

} // namespace gupcheck::traces
