// SPDX-License-Identifier: GPL-2.0-only
//
// The registry of versions. See history.hpp.
#include "model/history/history.hpp"

#include <array>

namespace gupcheck::history {

namespace {

constexpr std::array versions{&cma_5_10,    &seed_v1,      &posting_v2,    &v2_both_tests, &linux_5_13,
                              &linux_6_1_0, &linux_6_1_13, &commit_1aaf8c, &commit_517f496};

} // namespace

std::span<const Version* const> all() { return versions; }

const Version* find(std::string_view id) {
  for (const Version* version : versions)
    if (id == version->id) return version;
  return nullptr;
}

} // namespace gupcheck::history
