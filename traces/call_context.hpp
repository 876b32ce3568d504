// SPDX-License-Identifier: GPL-2.0-only
//
// Which functions a reader should see entered, and which only name a single step.
//
// The kernel's steps are mostly made by tiny helpers (folio_get, SetPageLRU). Announcing each of them as a
// function entered would bury the functions that matter, so a helper that makes one step only becomes the
// label of that step, and what is announced is the function around it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gupcheck::traces {

struct CallContext {
  std::size_t depth = 0; // frames of the stack that are context; the rest is below the label
  std::string label;     // the helper that makes this step; empty if the context itself makes it
};

// `stacks` are those of one thread's consecutive steps.
std::vector<CallContext> call_contexts(const std::vector<const std::vector<std::string>*>& stacks);

// How to announce that a thread went from one context to another: `a > b` where b was entered from a,
// `back in a` where it returned to a, empty where it stayed.
std::string announce(const std::vector<std::string>& from, std::size_t from_depth,
                     const std::vector<std::string>& to, std::size_t to_depth);

} // namespace gupcheck::traces
