// SPDX-License-Identifier: GPL-2.0-only
//
// Native execution, step by step. See stepper.hpp.
#include "model/engine/stepper.hpp"

#include "model/engine/local_states.hpp"
#include "model/engine/step_checks.hpp"
#include "model/engine/symbols.hpp"

#include <cstring>
#include <set>
#include <stdexcept>
#include <utility>

namespace gupcheck::engine {

namespace {

Operation resolved(Operation operation, unsigned thread) {
  operation.address = pointer_to_world(operation.address, thread);
  if (operation.form.pointer) {
    operation.operand = pointer_to_world(operation.operand, thread);
    operation.operand2 = pointer_to_world(operation.operand2, thread);
  }
  return operation;
}

std::uint32_t choices_of(const Access& access) {
  return access.kind == OperationKind::choose ? static_cast<std::uint32_t>(access.a) : 1;
}

} // namespace

struct Stepper::Parts {
  Parts(Program& program, Options given)
      : options(std::move(given)),
        checks(program, options),
        runner(program, options),
        locals(runner, options.locks == Locks::fifo) {}

  // Keeps what is the first to break with a step.
  void note(std::optional<BrokenCheck>& known, std::optional<Broken> broken, bool at_end = false) {
    const StepChecks::Reads looked_at = std::exchange(reads, {});
    if (!broken || known || checks.left_out(*broken)) return;
    std::set<Address> addresses;
    for (const DirectRead& read : looked_at) addresses.insert(Arena::base + read.offset);
    known = BrokenCheck{broken->check,
                        std::move(broken->message),
                        broken->always,
                        at_end,
                        {addresses.begin(), addresses.end()}};
  }

  Options options; // a copy: the checks ask it
  StepChecks checks;
  NativeRunner runner;
  LocalStates locals;
  StepChecks::Reads reads;        // of the check under way
  std::optional<Symbols> symbols; // if there is to be every detail
};

Stepper::Stepper(Program& program, const Options& options, ReplayDetail detail)
    : program_(program), parts_(std::make_unique<Parts>(program, options)), world_(arena().world_size() / 8) {
  std::memcpy(world_.data(), arena().world().data(), arena().world_size());
  if (detail == ReplayDetail::everything) parts_->symbols.emplace();
  parts_->runner.note_stacks(parts_->symbols.has_value());
  for (unsigned thread = 0; thread < program.threads(); ++thread) {
    local_.push_back(parts_->locals.start(thread));
    stacks_.push_back(stack_of_last_run());
  }
  initial_picture_ = picture();
  broken_.emplace_back();
  for (unsigned thread = 0; thread < local_.size(); ++thread) check_state(thread);
  check_end();
}

Stepper::~Stepper() = default;

void Stepper::step(const Move& move) {
  const auto wrong = [&](const char* what) {
    throw std::runtime_error("step " + std::to_string(steps_.size() + 1) + ": thread " +
                             std::to_string(move.thread) + " " + what);
  };
  const unsigned thread = move.thread;
  if (thread >= local_.size()) wrong("does not exist");
  const LocalId from = local_[thread];
  const LocalState local = parts_->locals[from]; // a copy: running it may add another
  if (local.access.kind == OperationKind::finished) wrong("has finished");
  if (!enabled(local.access, world_.data(), thread)) wrong("is blocked");
  if (move.choice >= choices_of(local.access)) wrong("has no such choice");

  const Effect effect = execute(local.access, world_.data(), thread, move.choice);
  const Watch* watch =
      local.posted.operation.form.size != 0 ? program_.watch(local.posted.operation) : nullptr;
  broken_.emplace_back();
  parts_->note(broken_.back(), parts_->checks.step(local.posted, local.access, watch, world_.data(), thread,
                                                   effect, &parts_->reads));
  world_[effect.word] = effect.after;
  steps_.push_back({.move = move,
                    .operation = resolved(local.posted.operation, thread),
                    .before = value_in(local.access, effect.before),
                    .after = value_in(local.access, effect.after),
                    .result = effect.result,
                    .stack = stacks_[thread],
                    .picture = picture()});
  undo_.push_back({effect.word, effect.before, from, std::move(stacks_[thread])});
  local_[thread] = parts_->locals.step_natively(from, effect.result);
  stacks_[thread] = stack_of_last_run();
  if (broken()) return;
  check_state(thread);
  check_end();
}

void Stepper::follow(const std::vector<Move>& moves) {
  // At the end there is no step that could be taken, which the next one complains about.
  for (std::size_t i = 0; i < moves.size() && (!broken() || broken()->at_end); ++i) step(moves[i]);
}

void Stepper::back() {
  Undo& undo = undo_.back();
  const unsigned thread = steps_.back().move.thread;
  world_[undo.word] = undo.value;
  local_[thread] = undo.local;
  stacks_[thread] = std::move(undo.stack);
  undo_.pop_back();
  steps_.pop_back();
  broken_.pop_back();
}

std::vector<PendingThread> Stepper::pending() const {
  std::vector<PendingThread> pending;
  for (unsigned thread = 0; thread < local_.size(); ++thread) {
    const LocalState& local = parts_->locals[local_[thread]];
    pending.push_back({.finished = local.access.kind == OperationKind::finished,
                       .enabled = enabled(local.access, world_.data(), thread),
                       .operation = resolved(local.posted.operation, thread),
                       .stack = stacks_[thread],
                       .choices = choices_of(local.access)});
  }
  return pending;
}

std::vector<Operation> Stepper::next_operations() const {
  std::vector<Operation> next;
  for (const LocalId local : local_) next.push_back(parts_->locals[local].posted.operation);
  return next;
}

void Stepper::check_state(unsigned thread) {
  parts_->note(broken_.back(), parts_->checks.thread(parts_->locals[local_[thread]].posted, thread));
  if (!broken()) parts_->note(broken_.back(), parts_->checks.invariant(world_.data(), &parts_->reads));
}

// In a state where nobody can move.
void Stepper::check_end() {
  bool all_finished = true;
  for (unsigned thread = 0; thread < local_.size(); ++thread) {
    const Access& access = parts_->locals[local_[thread]].access;
    // Nobody waits for one that has failed: what comes after that means nothing.
    if (enabled(access, world_.data(), thread) || access.kind == OperationKind::failed ||
        access.kind == OperationKind::fault)
      return;
    all_finished = all_finished && access.kind == OperationKind::finished;
  }
  parts_->note(broken_.back(), parts_->checks.end(all_finished, world_, &parts_->reads), true);
}

std::vector<std::string> Stepper::stack_of_last_run() {
  if (!parts_->symbols) return {};
  return parts_->symbols->function_names(parts_->runner.stack());
}

Picture Stepper::picture() {
  if (!parts_->symbols) return {};
  DirectMode direct(world_.data(), false);
  try {
    return program_.picture();
  } catch (const DirectFailure& failure) { // a corrupted world cannot be drawn
    return {{"picture", failure.message}};
  }
}

} // namespace gupcheck::engine
