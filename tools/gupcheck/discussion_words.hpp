// SPDX-License-Identifier: GPL-2.0-only
//
// What the discussion says, in words that its two forms share: the text on stdout and the page.
#pragma once

#include "checks/claims/claims.hpp"

#include <array>
#include <string>
#include <string_view>

namespace gupcheck::tools {

inline constexpr std::string_view discussion_title =
    "linux-mm, December 2020: \"mm/gup: migrate pinned pages out of movable zone\"";
inline constexpr std::string_view discussion_intro =
    "Each verdict is computed now, by exploring every interleaving of the modelled kernel.";
inline constexpr std::array<std::string_view, 4> claim_columns = {"message", "who", "verdict",
                                                                  "claim, and what the verdict rests on"};

inline constexpr std::string_view spinning_intro =
    "Message 12 in full: can the loop go round for ever? Two tasks pin one page (concurrent-pins) under a\n"
    "scheduler that may leave one aside, a weakly and a strongly fair one, and a weakly fair one with locks\n"
    "that queue; and one task pins a page that is never on an LRU list (pin-off-lru).";
inline constexpr std::array<std::string_view, 7> spinning_columns = {
    "kernel", "no fairness", "weak", "strong", "weak, queueing locks", "never on LRU", "states"};
inline constexpr std::string_view spinning_legend =
    "starves: a task takes no step while the other repeats, because that one has the page isolated.\n"
    "livelock: every task that is left repeats. ends: no such cycle under that scheduler. pins it: ends, "
    "but\n"
    "with the page that may not be pinned. corrupts: a list or a count is wrong before anything can be said.";

std::string_view word(checks::ClaimVerdict verdict);
// `list-integrity holds in all 1,220,793 states: concurrent-pins, kernel seed-v1, 3 threads, 1 page`
std::string words(const checks::Evidence& evidence);
// What decided comes alone; a confirmed claim rests on all of it.
bool decides(const checks::Answer& answer, const checks::Evidence& evidence);

// One of the words that spinning_legend explains.
std::string cell(const checks::Evidence& evidence);
bool goes_round(const checks::Evidence& evidence);

// Of a trace's files, without their endings.
std::string trace_name(const traces::Counterexample& trace);

} // namespace gupcheck::tools
