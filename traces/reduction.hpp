// SPDX-License-Identifier: GPL-2.0-only
//
// Which edges of an order say something that the others do not (Boost.Graph's transitive reduction).
#pragma once

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace gupcheck::traces {

using OrderEdge = std::pair<std::size_t, std::size_t>; // from a node to one that comes later

// Those of `edges` that follow neither from `given` nor from the others, nor from both. Nodes are below
// `nodes`, and all edges together have no cycle.
std::set<OrderEdge> irredundant(std::size_t nodes, const std::vector<OrderEdge>& given,
                                const std::vector<OrderEdge>& edges);

} // namespace gupcheck::traces
