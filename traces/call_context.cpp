// SPDX-License-Identifier: GPL-2.0-only
//
// The context of a step is what its stack shares with that of the step before or after it.
#include "traces/call_context.hpp"

#include "traces/wording.hpp"

#include <algorithm>

namespace gupcheck::traces {

namespace {

using Stack = std::vector<std::string>;

std::size_t shared_depth(const Stack& a, const Stack& b) {
  const auto [end, ignored] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

} // namespace

std::vector<CallContext> call_contexts(const std::vector<const Stack*>& stacks) {
  std::vector<CallContext> contexts;
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    const Stack& stack = *stacks[i];
    // Whatever the thread calls first is context, however short it stays there; and only the innermost
    // function can be a label, so that a call which makes one step (isolate_lru_page() that fails) is still
    // seen.
    std::size_t depth = std::min<std::size_t>(stack.size(), 2);
    if (!stack.empty()) depth = std::max(depth, stack.size() - 1);
    if (i > 0) depth = std::max(depth, shared_depth(stack, *stacks[i - 1]));
    if (i + 1 < stacks.size()) depth = std::max(depth, shared_depth(stack, *stacks[i + 1]));
    contexts.push_back({.depth = depth, .label = depth < stack.size() ? stack[depth] : std::string()});
  }
  return contexts;
}

std::string announce(const Stack& from, std::size_t from_depth, const Stack& to, std::size_t to_depth) {
  const Stack before(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(from_depth));
  Stack now(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(to_depth));
  const std::size_t shared = shared_depth(before, now);
  if (shared == before.size() && shared == now.size()) return {};
  if (shared == now.size()) {
    // Nothing to come back to above the suite's own thread().
    const std::string path = call_path(now);
    return path.empty() ? std::string() : "back in " + now.back();
  }
  if (shared > 1) now.erase(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(shared - 1));
  return call_path(now);
}

} // namespace gupcheck::traces
