// SPDX-License-Identifier: GPL-2.0-only
//
// The record, version by version.
#include "tools/gupcheck/recorded_history.hpp"

#include <algorithm>
#include <array>

namespace gupcheck::tools {

namespace {

constexpr std::string_view placement = "placement";
constexpr std::string_view integrity = "integrity";
constexpr std::string_view progress = "progress";

constexpr std::string_view never_isolated = "a page that never is on the LRU is retried for ever";

// Of 6.1.0 only the corruption is on record: what a loop does with corrupt lists says nothing.
//
// v5.2 to v5.12 (CMA only), the patch of 2 December 2020, its v2, v5.13, v6.1, v6.1.13 and later,
// 1aaf8c122918 (v6.14 and stable), 517f496e1e61 (v6.16 and stable).
constexpr std::array<Recorded, 22> record{{
    {"cma-5.10", placement, true, "failed isolation and migration ignored: f0f4463837da, 6e7f34ebb8d2"},
    {"cma-5.10", integrity, false, ""},
    {"cma-5.10", progress, false, "gives up and returns the page"},
    {"seed-v1", placement, true, "as cma-5.10, and GUP-fast tests for CMA only"},
    {"seed-v1", integrity, false, "messages 8 and 11: the LRU flag has one winner"},
    {"seed-v1", progress, true,
     "message 13: ZONE_NORMAL pages in MIGRATE_MOVABLE blocks are moved again and again"},
    {"v2", placement, true, "failed isolation and migration ignored: f0f4463837da, 6e7f34ebb8d2"},
    {"v2", integrity, false, ""},
    {"v2", progress, false, "gives up and returns the page"},
    {"5.13", placement, false, "f0f4463837da, 6e7f34ebb8d2"},
    {"5.13", integrity, false, ""},
    {"5.13", progress, true, never_isolated},
    {"6.1.0", integrity, true, "inverted isolation test: aa1e6a932ca6"},
    {"6.1.13", placement, false, ""},
    {"6.1.13", integrity, false, "aa1e6a932ca6"},
    {"6.1.13", progress, true, never_isolated},
    {"1aaf8c", placement, true, "an empty list counts as success: 517f496e1e61"},
    {"1aaf8c", integrity, false, ""},
    {"1aaf8c", progress, false, "gives up and returns the page"},
    {"517f496", placement, false, "517f496e1e61"},
    {"517f496", integrity, false, ""},
    {"517f496", progress, true, never_isolated},
}};

} // namespace

const std::vector<Promise>& promises() {
  static const std::vector<Promise> all{
      {placement, "no long-term pin of a page that may not be pinned", {"pin-placement"}},
      {integrity,
       "lists, counts and page lifetimes are right",
       {"list-integrity", "refcount", "page-lifetime", "lru-accounting", "pinned-stays", "vm-bug-on",
        "warn-on"}},
      {progress,
       "under a fair scheduler nobody waits or repeats for ever",
       {"deadlock", "livelock", "starvation"}},
  };
  return all;
}

const Recorded* recorded(std::string_view kernel, std::string_view promise) {
  const auto* const found =
      std::find_if(record.begin(), record.end(), [kernel, promise](const Recorded& entry) {
        return entry.kernel == kernel && entry.promise == promise;
      });
  return found == record.end() ? nullptr : found;
}

} // namespace gupcheck::tools
