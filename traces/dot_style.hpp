// SPDX-License-Identifier: GPL-2.0-only
//
// How a graph of a counterexample looks: colours, and what tells edges apart where colours are not seen.
#pragma once

#include "model/engine/operation.hpp"
#include "traces/dependence.hpp"
#include "traces/dot_text.hpp"

#include <array>
#include <cstddef>

namespace gupcheck::traces {

inline constexpr std::size_t dot_columns = 50; // of a node
inline constexpr const char* broken_colour = "#c01c28";
inline constexpr const char* cycle_colour = "#613583";
inline constexpr const char* order_colour = "#77767b";
inline constexpr const char* faint_colour = "#9a9996";
// A light fill for each thread.
inline constexpr std::array<const char*, engine::max_threads> thread_fills{
    "#dbe9fb", "#fde9cf", "#dcf3dd", "#f3def3", "#fdf6c8", "#d5f1f2", "#f9dcd9", "#e8e4dc"};

// Edges of a kind: colour, line and label.
inline DotAttributes style_of(Relation relation) {
  const auto style = [](const char* colour, const char* label, const char* line) {
    return DotAttributes{
        {"color", colour}, {"fontcolor", colour}, {"label", label}, {"style", line}, {"penwidth", "1.5"}};
  };
  switch (relation) {
  case Relation::reads_from: return style("#1a5fb4", " is read by", "solid");
  case Relation::lock_order: return style("#865e3c", " lock passes to", "dotted");
  case Relation::waits_for: return style(broken_colour, " is waited for by", "dashed");
  }
  return {};
}

} // namespace gupcheck::traces
