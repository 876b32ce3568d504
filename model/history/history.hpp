// SPDX-License-Identifier: GPL-2.0-only
//
// The versions of the longterm loop that can be checked, by id: what each is, and everything that the
// modelled kernel has to do otherwise for it.
//
// A Version never changes. Its kernel configuration has no memory yet: a scenario takes a copy, adds pages,
// and gives it to kernel::configure().
#pragma once

#include "model/gup/config.hpp"
#include "model/kernel/system.hpp"

#include <span>
#include <string_view>

namespace gupcheck::history {

struct Version {
  const char* id;          // what the command line calls it
  const char* number;      // its name in tables: V0, V1, ...
  const char* description; // one line
  const char* source;      // where the text comes from: releases, commits, postings
  kernel::KernelConfig kernel{};
  gup::GupConfig gup{};
};

// In the order of history.
std::span<const Version* const> all();
// Null when there is none of that id.
const Version* find(std::string_view id);

// The program of a KernelSuite under a version: sets up GUP for it, too, whenever it is built. `memory` is
// version.kernel with pages.
template <class S> class VersionProgram : public kernel::KernelProgram<S> {
public:
  VersionProgram(const Version& version, const kernel::KernelConfig& memory)
      : kernel::KernelProgram<S>(memory), gup_(version.gup) {}
  void build() override {
    gup::configure(gup_);
    kernel::KernelProgram<S>::build();
  }

private:
  gup::GupConfig gup_;
};

// One file each.
extern const Version cma_5_10;
extern const Version seed_v1;
extern const Version posting_v2;
extern const Version v2_both_tests;
extern const Version linux_5_13;
extern const Version linux_6_1_0;
extern const Version linux_6_1_13;
extern const Version commit_1aaf8c;
extern const Version commit_517f496;

} // namespace gupcheck::history
