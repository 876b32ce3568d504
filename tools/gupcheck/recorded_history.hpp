// SPDX-License-Identifier: GPL-2.0-only
//
// What the kernel's history says about each version of the loop: fixes, reverts and the mails that led to
// them.
//
// This is what was published, not what gupcheck found; `gupcheck matrix` sets the two side by side. A version
// that is not in here has no published verdict, which is no statement that it is right.
#pragma once

#include <string_view>
#include <vector>

namespace gupcheck::tools {

// A group of checks that history speaks of as one.
struct Promise {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> checks;
};

const std::vector<Promise>& promises();

struct Recorded {
  std::string_view kernel;
  std::string_view promise;
  bool broken;
  std::string_view because; // a few words: the commit or the mail
};

// Null where nothing is on record.
const Recorded* recorded(std::string_view kernel, std::string_view promise);

} // namespace gupcheck::tools
