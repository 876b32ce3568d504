// SPDX-License-Identifier: GPL-2.0-only
//
// Native execution of a schedule. See replay.hpp.
#include "model/engine/replay.hpp"

#include "model/engine/local_states.hpp"
#include "model/engine/step_checks.hpp"
#include "model/engine/symbols.hpp"

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

class Replay {
public:
  Replay(Program& program, const Options& options, ReplayDetail detail)
      : program_(program),
        detailed_(detail == ReplayDetail::everything),
        checks_(program, options),
        runner_(program, options),
        locals_(runner_, options.locks == Locks::fifo),
        world_(arena().world_size() / 8) {
    std::memcpy(world_.data(), arena().world().data(), arena().world_size());
    if (detailed_) symbols_.emplace();
    runner_.note_stacks(detailed_);
    for (unsigned thread = 0; thread < program.threads(); ++thread) {
      local_.push_back(locals_.start(thread));
      stacks_.push_back(stack_of_last_run());
    }
  }

  Execution run(const std::vector<Move>& stem, const std::vector<Move>& cycle) {
    execution_.stem_length = stem.size();
    execution_.initial_picture = picture();
    for (unsigned thread = 0; thread < local_.size() && execution_.check.empty(); ++thread)
      note(check_state(thread));
    follow(stem, 0);
    if (!cycle.empty() && execution_.check.empty()) {
      const std::vector<std::uint64_t> world_before = world_;
      const std::vector<Operation> next_before = next_operations();
      follow(cycle, stem.size());
      execution_.cycle_closes = world_ == world_before && same(next_before, next_operations());
    }
    if (execution_.check.empty()) note(check_end());
    for (unsigned thread = 0; thread < local_.size(); ++thread) {
      const LocalState& local = locals_[local_[thread]];
      execution_.pending.push_back({.finished = local.access.kind == OperationKind::finished,
                                    .enabled = enabled(local.access, world_.data(), thread),
                                    .operation = resolved(local.posted.operation, thread),
                                    .stack = stacks_[thread]});
    }
    return std::move(execution_);
  }

private:
  void follow(const std::vector<Move>& moves, std::size_t first_number) {
    for (std::size_t i = 0; i < moves.size() && execution_.check.empty(); ++i)
      make_move(moves[i], first_number + i + 1);
  }

  void make_move(const Move& move, std::size_t number) {
    const auto wrong = [&](const char* what) {
      throw std::runtime_error("step " + std::to_string(number) + ": thread " + std::to_string(move.thread) +
                               " " + what);
    };
    if (move.thread >= local_.size()) wrong("does not exist");
    const LocalState local = locals_[local_[move.thread]]; // a copy: running it may add another
    if (local.access.kind == OperationKind::finished) wrong("has finished");
    if (!enabled(local.access, world_.data(), move.thread)) wrong("is blocked");
    if (local.access.kind == OperationKind::choose ? move.choice >= local.access.a : move.choice != 0)
      wrong("has no such choice");

    const Effect effect = execute(local.access, world_.data(), move.thread, move.choice);
    const Watch* watch =
        local.posted.operation.form.size != 0 ? program_.watch(local.posted.operation) : nullptr;
    note(checks_.step(local.posted, local.access, watch, world_.data(), move.thread, effect, &reads_));
    world_[effect.word] = effect.after;
    ExecutedStep step{.move = move,
                      .operation = resolved(local.posted.operation, move.thread),
                      .before = value_in(local.access, effect.before),
                      .after = value_in(local.access, effect.after),
                      .result = effect.result,
                      .stack = stacks_[move.thread],
                      .picture = picture()};
    local_[move.thread] = locals_.step_natively(local_[move.thread], effect.result);
    stacks_[move.thread] = stack_of_last_run();
    execution_.steps.push_back(std::move(step));
    if (execution_.check.empty()) note(check_state(move.thread));
  }

  std::optional<Broken> check_state(unsigned thread) {
    auto broken = checks_.thread(locals_[local_[thread]].posted, thread);
    return broken ? broken : checks_.invariant(world_.data(), &reads_);
  }

  std::optional<Broken> check_end() {
    bool all_finished = true;
    for (unsigned thread = 0; thread < local_.size(); ++thread) {
      const Access& access = locals_[local_[thread]].access;
      if (enabled(access, world_.data(), thread)) return std::nullopt;
      all_finished = all_finished && access.kind == OperationKind::finished;
    }
    return checks_.end(all_finished, world_, &reads_);
  }

  // What a check said, and what it read for that.
  void note(const std::optional<Broken>& broken) {
    const StepChecks::Reads reads = std::exchange(reads_, {});
    if (!broken || !execution_.check.empty() || checks_.left_out(*broken)) return;
    execution_.check = broken->check->name;
    execution_.message = broken->message;
    std::set<Address> addresses;
    for (const DirectRead& read : reads) addresses.insert(Arena::base + read.offset);
    execution_.looked_at.assign(addresses.begin(), addresses.end());
  }

  std::vector<std::string> stack_of_last_run() {
    if (!symbols_) return {};
    return symbols_->function_names(runner_.stack());
  }

  std::vector<std::pair<std::string, std::string>> picture() {
    if (!detailed_) return {};
    DirectMode direct(world_.data(), false);
    try {
      return program_.picture();
    } catch (const DirectFailure& failure) { // a corrupted world cannot be drawn
      return {{"picture", failure.message}};
    }
  }

  std::vector<Operation> next_operations() const {
    std::vector<Operation> next;
    for (const LocalId local : local_) next.push_back(locals_[local].posted.operation);
    return next;
  }
  static bool same(const std::vector<Operation>& a, const std::vector<Operation>& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
      if (!(a[i].form == b[i].form) || a[i].address != b[i].address || a[i].operand != b[i].operand ||
          a[i].operand2 != b[i].operand2)
        return false;
    return true;
  }

  Program& program_;
  bool detailed_;
  StepChecks checks_;
  NativeRunner runner_;
  std::optional<Symbols> symbols_;
  LocalStates locals_;
  std::vector<std::uint64_t> world_;
  std::vector<LocalId> local_;
  std::vector<std::vector<std::string>> stacks_;
  StepChecks::Reads reads_; // of the check under way
  Execution execution_;
};

} // namespace

Execution replay(Program& program, const Options& options, const std::vector<Move>& stem,
                 const std::vector<Move>& cycle, ReplayDetail detail) {
  if (const auto failure = build_world(program, options)) {
    Execution execution;
    execution.check = failure->check->name;
    execution.message = failure->message;
    return execution;
  }
  return Replay(program, options, detail).run(stem, cycle);
}

} // namespace gupcheck::engine
