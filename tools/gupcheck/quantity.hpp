// SPDX-License-Identifier: GPL-2.0-only
//
// Quantities as people type them: 512M, 2G, 30s, 5m.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gupcheck::tools {

// Bytes: a whole number with K, M, G or T (powers of 1024; `MiB` and `MB` mean the same here). More than 0.
std::uint64_t parse_size(const std::string& option, const std::string& text);
// Seconds, or a number with ms, s, m or h. More than 0.
std::chrono::duration<double> parse_duration(const std::string& option, const std::string& text);

// `98.1 MB`
std::string size_words(std::uint64_t bytes);
// `0.065 s`
std::string duration_words(double seconds);
// `1,637,360`
std::string count_words(std::uint64_t count);
// `1 state`, `1,637,360 states`
std::string plural(std::uint64_t count, std::string_view what);
// How to say that a check was kept: `pin-placement`, but `no livelock`.
std::string kept_words(const std::string& check);

} // namespace gupcheck::tools
