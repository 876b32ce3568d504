// SPDX-License-Identifier: GPL-2.0-only
//
// See reduction.hpp.
#include "traces/reduction.hpp"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/transitive_reduction.hpp>

namespace gupcheck::traces {

std::set<OrderEdge> irredundant(std::size_t nodes, const std::vector<OrderEdge>& given,
                                const std::vector<OrderEdge>& edges) {
  if (edges.empty()) return {};
  using Order = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Order order(nodes);
  for (const auto* some : {&given, &edges})
    for (const auto& [from, to] : *some) boost::add_edge(from, to, order);
  Order reduction;
  std::vector<std::size_t> there(nodes); // the reduction numbers the nodes anew
  boost::transitive_reduction(
      order, reduction,
      boost::make_iterator_property_map(there.begin(), boost::get(boost::vertex_index, order)),
      boost::get(boost::vertex_index, order));
  std::set<OrderEdge> left;
  for (const auto& [from, to] : edges)
    if (boost::edge(there[from], there[to], reduction).second) left.emplace(from, to);
  return left;
}

} // namespace gupcheck::traces
