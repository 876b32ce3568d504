// SPDX-License-Identifier: GPL-2.0-only
//
// See explore_session.hpp.
#include "tools/gupcheck/explore_session.hpp"

#include "checks/claims/subject.hpp"
#include "model/engine/native.hpp"
#include "model/engine/replay.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"
#include "tools/gupcheck/suggest.hpp"
#include "traces/json.hpp"
#include "traces/record.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::tools {

namespace {

using engine::Move;
using engine::OperationKind;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool means_the_end(const std::string& check) {
  return check == engine::fault.name || check == engine::model_error.name;
}

} // namespace

ExploreSession::ExploreSession(RunRequest request)
    : request_(std::move(request)), program_(request_.scenario->make(request_.parameters)) {
  rebuild();
  describe();
}

ExploreSession::ExploreSession(RunRequest request, const traces::Counterexample& trace)
    : ExploreSession(std::move(request)) {
  for (const auto* steps : {&trace.stem, &trace.cycle})
    for (const traces::Step& step : *steps) moves_.push_back(step.move);
  if (!moves_.empty() && !trace.check.empty() && trace.cycle.empty())
    found_ = Found{trace.check, moves_.size(), trace.shortest, trace.fewest_switches};
  describe();
}

void ExploreSession::set_progress(std::function<void(const engine::Progress&)> progress) {
  request_.options.progress = std::move(progress);
}

engine::Options ExploreSession::options_here() const {
  engine::Options options = request_.options;
  for (const Passed& passed : passed_) options.without.push_back(passed.check);
  return options;
}

// Executes the schedule up to here once more.
void ExploreSession::rebuild() {
  stepper_.reset(); // there can be one only
  const engine::Options options = options_here();
  if (const auto failure = engine::build_world(*program_, options))
    throw UsageError(fmt::format("{}: {} breaks before the threads start: {}", words(request_),
                                 failure->check->name, failure->message));
  stepper_ = std::make_unique<engine::Stepper>(*program_, options, engine::ReplayDetail::everything);
  for (std::size_t i = 0; i < position_; ++i) stepper_->step(moves_[i]);
}

void ExploreSession::describe() {
  engine::Names names;
  program_->describe(names);
  const engine::Execution execution = engine::execution_of(*stepper_);
  now_ = traces::describe(*program_, names, execution);
  const engine::Options options = options_here();
  now_.subject = checks::subject_of(request_.scenario->name, request_.parameters);
  now_.semantics = {
      .memory = "sc", .fairness = options.fairness, .locks = options.locks, .without = options.without};
  now_.check = execution.check;
  now_.message = execution.message;
  const bool is_found = found_ && found_->check == now_.check && found_->length == position_;
  now_.shortest = is_found && found_->shortest;
  now_.fewest_switches = is_found && found_->fewest_switches;
  picture_.clear();
  for (const auto& [name, state] :
       execution.steps.empty() ? execution.initial_picture : execution.steps.back().picture)
    picture_.push_back({name, state});
  choices_.clear();
  for (const engine::PendingThread& pending : execution.pending) choices_.push_back(pending.choices);
  look_ahead(names);
}

// By going there and back.
void ExploreSession::look_ahead(const engine::Names& names) {
  constexpr std::size_t farthest = 100;
  ahead_.clear();
  const std::size_t count = std::min(farthest, moves_.size() - position_);
  if (count == 0) return;
  try {
    for (std::size_t i = 0; i < count; ++i) stepper_->step(moves_[position_ + i]);
  } catch (const std::runtime_error&) {
    // A trace that is no longer followed, or one that goes on past a failed thread: no further then.
  }
  const traces::Counterexample there = traces::describe(*program_, names, engine::execution_of(*stepper_));
  for (std::size_t i = position_; i < there.stem.size(); ++i) ahead_.push_back(traces::words(there.stem[i]));
  while (stepper_->steps().size() > position_) stepper_->back();
}

std::optional<LastChange> ExploreSession::last_change(std::size_t thread) const {
  const traces::Action& waits = now_.pending.at(thread).action;
  if (waits.location.empty()) return std::nullopt;
  const bool bits = waits.kind == OperationKind::lock_bits || waits.kind == OperationKind::wait_equal ||
                    waits.kind == OperationKind::wait_not_equal;
  const std::uint64_t mask = bits ? waits.operand.raw : ~std::uint64_t{0};
  for (std::size_t i = now_.stem.size(); i-- > 0;) {
    const traces::Step& step = now_.stem[i];
    if (step.action.location == waits.location && step.before && step.after &&
        ((step.before->raw ^ step.after->raw) & mask) != 0)
      return LastChange{i + 1, step.move.thread, step.after->words};
  }
  return std::nullopt;
}

std::string ExploreSession::passed_at(std::size_t step) const {
  for (const Passed& passed : passed_)
    if (passed.at == step) return passed.check;
  return {};
}

void ExploreSession::require_enabled(unsigned thread, std::uint32_t choice) const {
  const std::string& name = now_.threads[thread];
  const engine::PendingThread pending = stepper_->pending().at(thread);
  if (pending.finished) throw UsageError(fmt::format("{} has finished", name));
  if (!pending.enabled)
    throw UsageError(
        pending.operation.form.kind == OperationKind::failed ||
                pending.operation.form.kind == OperationKind::fault
            ? fmt::format("{} has failed and cannot go on", name)
            : fmt::format("{} is blocked: {}", name, traces::words(now_.pending[thread].action)));
  if (choice >= pending.choices)
    throw UsageError(pending.choices == 1
                         ? fmt::format("{} has nothing to choose here", name)
                         : fmt::format("{} chooses one of 0 to {}", name, pending.choices - 1));
}

// Leaves out what is broken here, so that one can go on.
void ExploreSession::go_past() {
  while (stepper_->broken()) {
    const engine::BrokenCheck& broken = *stepper_->broken();
    if (broken.always)
      throw UsageError(
          fmt::format("{} broke: what follows means nothing, one can only go back", broken.check->name));
    passed_.push_back({broken.check->name, position_});
    rebuild();
  }
}

void ExploreSession::make_step(const Move& move) {
  if (move.thread >= now_.threads.size()) throw UsageError(fmt::format("there is no thread {}", move.thread));
  const std::size_t passed_before = passed_.size();
  try {
    go_past();
    require_enabled(move.thread, move.choice);
  } catch (const UsageError&) {
    if (passed_.size() != passed_before) {
      passed_.resize(passed_before);
      rebuild();
    }
    throw;
  }
  stepper_->step(move);
  if (position_ == moves_.size() || !(moves_[position_] == move)) {
    moves_.resize(position_);
    moves_.push_back(move);
    if (found_ && found_->length > position_) found_.reset();
  }
  ++position_;
}

void ExploreSession::step(unsigned thread, std::uint32_t choice) {
  make_step({static_cast<std::uint8_t>(thread), choice});
  describe();
}

void ExploreSession::back(std::size_t steps) {
  if (position_ == 0) throw UsageError("nothing to go back to: this is the beginning");
  if (steps > position_) throw UsageError(fmt::format("only {} made so far", plural(position_, "step")));
  position_ -= steps;
  const bool was_passed = !passed_.empty() && passed_.back().at >= position_;
  std::erase_if(passed_, [this](const Passed& passed) { return passed.at >= position_; });
  if (was_passed) {
    rebuild();
  } else {
    for (std::size_t i = 0; i < steps; ++i) stepper_->back();
  }
  describe();
}

void ExploreSession::redo(std::size_t steps) {
  if (position_ == moves_.size()) throw UsageError("nothing lies ahead");
  if (steps > moves_.size() - position_)
    throw UsageError(fmt::format("only {} ahead", plural(moves_.size() - position_, "step")));
  try {
    for (std::size_t i = 0; i < steps; ++i) make_step(moves_[position_]);
  } catch (const UsageError& error) {
    describe(); // as far as it went
    throw UsageError(fmt::format("step {} cannot be taken: {}", position_ + 1, error.what()));
  }
  describe();
}

void ExploreSession::go_to(std::size_t step) {
  if (step > moves_.size())
    throw UsageError(fmt::format("there is no step {}: the last is {}", step, moves_.size()));
  if (step < position_) back(position_ - step);
  if (step > position_) redo(step - position_);
}

FinishResult ExploreSession::finish(const std::string& check) {
  engine::Options options = options_here();
  if (!check.empty()) {
    require_known("check", check, checks::check_names());
    if (check == engine::livelock.name || check == engine::starvation.name)
      throw UsageError(fmt::format("{} is about endless runs; `gupcheck check` looks for them", check));
    for (const Passed& passed : passed_)
      if (passed.check == check)
        throw UsageError(fmt::format("{} broke with step {} already: go back before that", check, passed.at));
    if (contains(options.without, check)) throw UsageError(fmt::format("{} is left out (--without)", check));
    for (const std::string& other : checks::check_names())
      if (other != check && !means_the_end(other) && !contains(options.without, other))
        options.without.push_back(other);
  }
  for (const engine::Check* endless : {&engine::livelock, &engine::starvation})
    if (!options.leaves_out(*endless)) options.without.emplace_back(endless->name);
  options.prefix.assign(moves_.begin(), moves_.begin() + static_cast<std::ptrdiff_t>(position_));

  stepper_.reset(); // the search runs threads of its own
  engine::Result result;
  try {
    result = engine::explore(*program_, options);
  } catch (...) {
    rebuild();
    throw;
  }
  rebuild();

  FinishResult finish{.verdict = result.verdict,
                      .only = check,
                      .check = {},
                      .message = {},
                      .steps = 0,
                      .shortest = false,
                      .states = result.statistics.states,
                      .stopped_by = result.stopped_by};
  if (result.violation) {
    const engine::Violation& violation = *result.violation;
    finish.check = violation.check;
    finish.message = violation.message;
    finish.shortest = violation.shortest;
    finish.steps = violation.stem.size() - position_;
    moves_ = violation.stem;
    found_ = Found{violation.check, moves_.size(), violation.shortest && position_ == 0,
                   violation.fewest_switches && position_ == 0};
  }
  describe();
  return finish;
}

std::optional<FinishResult> ExploreSession::jump(const std::string& check) {
  std::optional<FinishResult> searched;
  if (!found_ || found_->length < position_ || (!check.empty() && check != found_->check)) {
    searched = finish(check);
    if (searched->verdict != engine::Verdict::broken) return searched;
  }
  go_to(found_->length);
  return searched;
}

void ExploreSession::save(const std::string& file) const {
  if (file == "-") throw UsageError("-: a trace is saved to a file");
  write_output(file, traces::to_json(now_));
}

} // namespace gupcheck::tools
