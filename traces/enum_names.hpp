// SPDX-License-Identifier: GPL-2.0-only
//
// The engine's enumerations as words, and back: what trace files and the command line call them.
//
// The words are part of the trace format (docs/trace-schema.md): change one and old files cannot be read.
#pragma once

#include "model/engine/explore.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace gupcheck::traces {

template <class Enum> inline constexpr std::array<std::string_view, 0> enum_names{};

template <>
inline constexpr std::array<std::string_view, 18> enum_names<engine::OperationKind>{
    "load",       "store",    "exchange", "fetch_add", "fetch_or",  "fetch_and",  "compare_exchange",
    "add_unless", "lock",     "enqueue",  "unlock",    "lock_bits", "wait_equal", "wait_not_equal",
    "choose",     "finished", "failed",   "fault"};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<engine::ResultOf>{
    "nothing", "old_value", "old_bits", "new_is_zero", "success"};
template <>
inline constexpr std::array<std::string_view, 6> enum_names<engine::MemoryOrder>{
    "relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<engine::Fairness>{"none", "weak", "strong"};
template <> inline constexpr std::array<std::string_view, 2> enum_names<engine::Locks>{"unfair", "fifo"};
template <> inline constexpr std::array<std::string_view, 2> enum_names<engine::Executor>{"memo", "raw"};
template <> inline constexpr std::array<std::string_view, 2> enum_names<engine::SearchOrder>{"dfs", "bfs"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<engine::Renamings>{"none", "rotations", "all"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<engine::Verdict>{"holds", "broken", "incomplete"};

template <class Enum> std::string_view name_of(Enum value) {
  return enum_names<Enum>.at(static_cast<std::size_t>(value));
}

template <class Enum> std::optional<Enum> named(std::string_view name) {
  const auto& names = enum_names<Enum>;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

} // namespace gupcheck::traces
