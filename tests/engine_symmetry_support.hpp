// SPDX-License-Identifier: GPL-2.0-only
//
// A search with symmetry held against the audit, which writes out every renaming of every state.
#pragma once

#include "tests/engine_reduction_support.hpp"
#include "tests/engine_symmetry_audit.hpp"

namespace gupcheck::engine::test {

struct Counts {
  std::uint64_t all;
  std::uint64_t with_symmetry;
};
template <class S> Counts count_both(bool quotient, const Options& base = {}, unsigned threads = S::threads) {
  Options options = nothing_left_out(base);
  options.quotient = quotient;
  const std::uint64_t all = count_states<S>(options, threads);
  options.symmetry = true;
  return {all, count_states<S>(options, threads)};
}

template <class S> void expect_orbits(Renamings covered, const Options& base = {}) {
  SuiteProgram<S> program;
  const Orbits audit = count_orbits(program, base);
  EXPECT_LT(audit.orbits, audit.states);
  Options options = nothing_left_out(base);
  options.quotient = false;
  options.symmetry = true;
  EXPECT_EQ(explore_suite<S>(options).statistics.renamings, covered);
  const Counts counts = count_both<S>(false, base);
  EXPECT_EQ(counts.all, audit.states);
  EXPECT_EQ(counts.with_symmetry, covered == Renamings::all ? audit.orbits : audit.rotated);
  const Counts merged = count_both<S>(true, base);
  EXPECT_LE(merged.with_symmetry, counts.with_symmetry);
  EXPECT_LE(merged.all, counts.all);
}

} // namespace gupcheck::engine::test
