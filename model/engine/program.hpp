// SPDX-License-Identifier: GPL-2.0-only
//
// What the explorer explores: a program, i.e. an initial world and one function for each thread.
//
// The object lives outside the arena and must not change while it is explored. Users write a Suite
// (suite.hpp), which becomes a Program; the explorer knows only this interface.
#pragma once

#include "model/engine/names.hpp"
#include "model/engine/operation.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gupcheck::engine {

class Program {
public:
  virtual ~Program() = default;

  virtual unsigned threads() const = 0;
  // Makes the world in the (empty) arena and brings it to its initial state. Direct mode.
  virtual void build() = 0;
  // The body of one thread; runs on a fiber.
  virtual void thread(unsigned index) = 0;
  // Checks a state in which every thread has finished. Direct mode on a copy: it may also write.
  virtual void after() {}
  // Checks every state, if has_invariant(). Direct mode, reads only.
  virtual bool has_invariant() const { return false; }
  virtual void invariant() {}
  // A check on every operation on some locations; see Watch. Asked once for each class of local states in
  // each search.
  virtual const struct Watch* watch(const Operation&) const { return nullptr; }

  // For traces only: names for locations and values, the name of a thread, and the state of the things
  // that a reader follows (name, state in a few words). picture() runs in direct mode.
  virtual void describe(Names&) const {}
  virtual std::string thread_name(unsigned index) const { return "T" + std::to_string(index); }
  virtual std::vector<std::pair<std::string, std::string>> picture() const { return {}; }
};

// An executed step as a watch sees it: the operation, and the location's value before and after (pointers
// into blocks as the thread itself sees them; of a lock only whether it is held). Runs in direct mode, as
// that thread, right after the step. Which thread it is is not told: threads of the same function are
// interchangeable.
struct WatchedStep {
  const Operation& operation;
  std::uint64_t before;
  std::uint64_t after;
};

// Looks at a step after it was executed; returns null or what is wrong (a literal). Promises that concern
// single accesses (a reference count that falls below zero, a freed page that is touched) are watches: they
// cost nothing on other steps, and the model's text stays free of them.
struct Watch {
  const Check* check;
  const char* (*broken)(const WatchedStep&);
  const Watch* next = nullptr; // further watches of the same location
};

} // namespace gupcheck::engine
