// SPDX-License-Identifier: GPL-2.0-only
//
// A main() for programs that check suites of their own:
//
//     int main(int argc, char** argv) { return gupcheck::check_main<Peterson, PetersonBroken>(argc, argv); }
//
// It explores the suites named in the arguments, all of them by default, and prints for each its verdict and
// the counterexample if there is one. Exit status: 0 all hold, 1 one is broken, 2 wrong usage, or a suite
// that cannot be explored, 3 stopped before the end.
#pragma once

#include "model/engine/suite.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace gupcheck::traces {

// A suite by the name of its type.
struct NamedSuite {
  std::string_view name;
  std::unique_ptr<engine::Program> (*make)();
};

int check_suites(std::span<const NamedSuite> suites, int argc, char** argv);

// `Peterson` of what __PRETTY_FUNCTION__ says in a template on Peterson: without namespaces, but with the
// template arguments, which tell variants of one suite apart.
std::string_view suite_name(std::string_view pretty_function);

template <class S> NamedSuite named_suite() {
  return {suite_name(__PRETTY_FUNCTION__),
          []() -> std::unique_ptr<engine::Program> { return std::make_unique<engine::SuiteProgram<S>>(); }};
}

} // namespace gupcheck::traces

namespace gupcheck {

template <class... Suites> int check_main(int argc, char** argv) {
  const traces::NamedSuite suites[] = {traces::named_suite<Suites>()...};
  return traces::check_suites(suites, argc, argv);
}

} // namespace gupcheck
