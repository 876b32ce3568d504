// SPDX-License-Identifier: GPL-2.0-only
//
// A program at the state that a schedule leads to, executed natively: one step on, one step back.
//
// Says what each thread is about to do there, and what breaks. A step is executed and checked as the search
// does it, so what breaks here breaks there. Going back undoes one step exactly and executes nothing.
// Costs: a native run for each step; with ReplayDetail::everything also the names of the stack's functions
// and a picture of the world.
#pragma once

#include "model/engine/explore.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gupcheck::engine {

// What Program::picture() gives: the state of the things that a reader follows.
using Picture = std::vector<std::pair<std::string, std::string>>;

struct ExecutedStep {
  Move move;
  Operation operation;      // address and operands resolved: never in the self window
  std::uint64_t before = 0; // the location's value; 0 where the operation touches none
  std::uint64_t after = 0;
  std::uint64_t result = 0;       // what the thread saw
  std::vector<std::string> stack; // function names, outermost first, without namespaces and parameters
  Picture picture;                // after the step
};

// What a thread is about to do or waits for.
struct PendingThread {
  bool finished = false;
  bool enabled = false;
  Operation operation; // resolved
  std::vector<std::string> stack;
  std::uint32_t choices = 1; // how many ways there are to take its step
};

struct BrokenCheck {
  const Check* check;
  std::string message;
  bool always;                    // counts even if the check is left out: nothing that follows means anything
  bool at_end;                    // nobody can move any more
  std::vector<Address> looked_at; // what the check itself read; each once, in their order
};

// Stacks and pictures are for people; whether a check breaks can be had for less.
enum class ReplayDetail { everything, verdict };

class Stepper {
public:
  // The program's world has been built (build_world()) and stays as it is. At most one Stepper or search
  // exists at a time.
  Stepper(Program& program, const Options& options, ReplayDetail detail);
  ~Stepper();
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  // Throws std::runtime_error naming the step when it cannot be taken (a thread that does not exist, has
  // finished or is blocked; a choice out of range); then nothing has changed.
  void step(const Move& move);
  // The same for each of them, as far as nothing breaks on the way.
  void follow(const std::vector<Move>& moves);
  // Undoes the last step; there must be one.
  void back();

  const Picture& initial_picture() const { return initial_picture_; }
  const std::vector<ExecutedStep>& steps() const { return steps_; }
  // What broke with the last step, or in the state that it led to; of several what a search reports.
  const std::optional<BrokenCheck>& broken() const { return broken_.back(); }
  std::vector<PendingThread> pending() const;

  // The state itself: the world, and what each thread posted.
  const std::vector<std::uint64_t>& world() const { return world_; }
  // A number for each thread's local state, the same for the same one as long as this stepper lives.
  const std::vector<std::uint32_t>& local_states() const { return local_; }
  std::vector<Operation> next_operations() const;

private:
  struct Parts; // what executes and checks
  struct Undo {
    std::uint32_t word;
    std::uint64_t value;
    std::uint32_t local;
    std::vector<std::string> stack;
  };

  void check_state(unsigned thread);
  void check_end();
  std::vector<std::string> stack_of_last_run();
  Picture picture();

  Program& program_;
  std::unique_ptr<Parts> parts_;
  std::vector<std::uint64_t> world_;
  std::vector<std::uint32_t> local_; // of each thread: the number of its local state
  std::vector<std::vector<std::string>> stacks_;
  Picture initial_picture_;
  std::vector<ExecutedStep> steps_;
  std::vector<Undo> undo_;                         // of each step
  std::vector<std::optional<BrokenCheck>> broken_; // at first, and after each step
};

} // namespace gupcheck::engine
