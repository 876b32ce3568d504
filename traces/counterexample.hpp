// SPDX-License-Identifier: GPL-2.0-only
//
// A counterexample: one schedule that breaks a promise, as a value.
//
// It holds everything that a reader or a later run needs and refers to nothing: it outlives the program, the
// arena and the process that made it. Locations and values are in the model's words (`page[0].flags`), so it
// stays true when a rebuilt model lays its world out differently. record.hpp makes one, text.hpp shows it,
// json.hpp stores it, replay.hpp executes it again.
#pragma once

#include "model/engine/explore.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gupcheck::traces {

// What was explored; parameters are the scenario's own (`threads`, `pages`).
struct Subject {
  std::string scenario;
  std::string kernel;
  std::map<std::string, std::string> parameters;
  bool operator==(const Subject&) const = default;
};

// The options that change what a schedule means. How it was searched for does not.
struct Semantics {
  std::string memory = "sc";
  engine::Fairness fairness = engine::Fairness::strong;
  engine::Locks locks = engine::Locks::unfair;
  std::vector<std::string> without;
  bool operator==(const Semantics&) const = default;
};

struct Value {
  std::uint64_t raw = 0;
  std::string words;
  bool operator==(const Value&) const = default;
};

struct Source {
  std::string file; // from the root of the source tree, if it is in there
  std::uint32_t line = 0;
  std::string function;
  bool operator==(const Source&) const = default;
};

// One operation as the model posted it, with its location named.
struct Action {
  engine::OperationKind kind{};
  engine::ResultOf shows = engine::ResultOf::nothing;
  engine::MemoryOrder order = engine::MemoryOrder::seq_cst;
  bool plain = false;
  std::uint8_t size = 0; // bytes; 0 where no memory is touched
  std::string location;  // `page[0].flags`; empty where no memory is touched
  std::string bits;      // `PG_lru`, where it touches only bits that have names
  Value operand;
  Value operand2;
  Source where;
  std::vector<std::string> stack; // functions, outermost first
  bool operator==(const Action&) const = default;
};

// One line of the picture of the things that a reader follows.
struct PictureLine {
  std::string name;
  std::string state;
  bool operator==(const PictureLine&) const = default;
};

struct Step {
  engine::Move move;
  Action action;
  std::optional<Value> before; // absent where no memory is touched
  std::optional<Value> after;
  std::optional<Value> result; // absent where the thread sees nothing
  std::vector<PictureLine> changed;
  bool matters = true; // what breaks depends on it (dependence.hpp); the others may be folded away
  bool operator==(const Step&) const = default;
};

// What a thread is about to do when the trace ends.
struct Pending {
  bool finished = false;
  bool enabled = false;      // false and not finished: it waits
  Action action;             // meaningless when finished
  std::optional<Value> last; // the location's value, if a step of the trace touched it
  bool operator==(const Pending&) const = default;
};

struct Counterexample {
  Subject subject;
  Semantics semantics;
  std::string check;
  std::string message;
  std::string explanation; // one sentence: how it came about (explain.hpp); empty if nothing can be said
  bool shortest = false;
  bool fewest_switches = false;       // of the shortest schedules none switches between threads less often
  std::vector<std::string> looked_at; // locations that the check itself read when it broke
  std::vector<std::string> threads;   // their names
  std::vector<PictureLine> initial;   // the whole picture before the first step
  std::vector<Step> stem;
  std::vector<Step> cycle; // repeats for ever after the stem; empty where the stem itself breaks the check
  std::vector<Pending> pending; // one for each thread
  bool operator==(const Counterexample&) const = default;
};

} // namespace gupcheck::traces
