// SPDX-License-Identifier: GPL-2.0-only
//
// Turn by turn, with looks ahead that are taken back. See guide.hpp.
#include "traces/guide.hpp"

#include "model/engine/native.hpp"
#include "model/engine/replay.hpp"
#include "model/engine/stepper.hpp"
#include "traces/align.hpp"
#include "traces/compare.hpp"
#include "traces/record.hpp"
#include "traces/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace gupcheck::traces {

namespace {

// How far to look for a place where both are together again, in steps of one thread.
constexpr std::size_t look_ahead = 256;
// So many steps more than twice those of the trace are enough to see how it ends.
constexpr std::size_t enough = 10'000;

bool is_same(const std::vector<engine::PendingThread>& a, const std::vector<engine::PendingThread>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& in_a, const auto& in_b) {
    const engine::Operation& x = in_a.operation;
    const engine::Operation& y = in_b.operation;
    return x.form == y.form && x.address == y.address && x.operand == y.operand && x.operand2 == y.operand2;
  });
}

class Guide {
public:
  Guide(engine::Program& program, const engine::Options& options, const Counterexample& along)
      : program_(program),
        along_(along),
        stepper_(program, options, engine::ReplayDetail::everything),
        turns_(along.threads.size()) {
    program.describe(names_);
    for (const std::vector<Step>* part : {&along.stem, &along.cycle})
      for (const Step& step : *part) {
        Turns& turns = turns_[step.move.thread];
        turns.keys.push_back(operation_key(step.action));
        turns.choices.push_back(step.move.choice);
        schedule_.push_back(step.move.thread);
      }
  }

  Guided run() {
    follow(0, along_.stem.size());
    const std::size_t stem = stepper_.steps().size();
    const std::vector<std::uint64_t> world_before = stepper_.world();
    const std::vector<engine::PendingThread> next_before = stepper_.pending();
    follow(along_.stem.size(), schedule_.size());
    Guided guided;
    guided.guided = stepper_.steps().size();
    // As replay() sees it: every location and every next operation is as before.
    const bool closes = !along_.cycle.empty() && guided.guided > stem && !is_over() &&
                        stepper_.world() == world_before && is_same(next_before, stepper_.pending());
    guided.ending = closes ? Ending::broken : go_on();
    engine::Execution execution = engine::execution_of(stepper_);
    if (closes) execution.stem_length = stem;
    guided.trace = describe(program_, names_, execution);
    guided.trace.subject = along_.subject;
    guided.trace.semantics = along_.semantics;
    guided.trace.check = closes ? along_.check : execution.check;
    guided.trace.message = closes ? along_.message : execution.message;
    return guided;
  }

private:
  // A thread's steps in the trace.
  struct Turns {
    std::vector<std::string> keys;
    std::vector<std::uint32_t> choices;
    std::size_t given = 0; // steps of the turns that it had so far
    std::size_t done = 0;  // that it has made or left out
  };

  bool is_over() const {
    return stepper_.broken().has_value() ||
           stepper_.steps().size() >= 2 * schedule_.size() + enough + look_ahead;
  }
  bool can_move(unsigned thread) const { return !is_over() && stepper_.pending()[thread].enabled; }

  std::string key(unsigned thread) const {
    return operation_key(describe(names_, stepper_.pending()[thread].operation));
  }

  void step(unsigned thread, std::uint32_t choice = 0) {
    const bool is_there = choice < stepper_.pending()[thread].choices;
    stepper_.step({.thread = static_cast<std::uint8_t>(thread), .choice = is_there ? choice : 0});
  }

  // The trace's steps from `begin` to `end`, turn by turn.
  void follow(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const unsigned thread = schedule_[i];
      ++turns_[thread].given;
      if (i + 1 == end || schedule_[i + 1] != thread) take_turn(thread);
    }
  }

  void take_turn(unsigned thread) {
    Turns& turns = turns_[thread];
    while (turns.done < turns.given && can_move(thread)) {
      if (key(thread) == turns.keys[turns.done]) {
        step(thread, turns.choices[turns.done++]);
        continue;
      }
      const auto [left_out, of_its_own] = way_back(thread);
      if (left_out == 0 && of_its_own == 0) {
        for (; turns.done < turns.given && can_move(thread); ++turns.done) step(thread);
      } else {
        turns.done += left_out;
        for (std::size_t i = 0; i < of_its_own && can_move(thread); ++i) step(thread);
      }
    }
  }

  // How many of the trace's steps the thread has to leave out and how many of its own to make to come to
  // where both are together again; none if there is no such place.
  std::pair<std::size_t, std::size_t> way_back(unsigned thread) {
    const Turns& turns = turns_[thread];
    const std::size_t rest = std::min(look_ahead, turns.keys.size() - turns.done);
    const std::size_t here = stepper_.steps().size();
    std::vector<std::string> own;
    while (own.size() < look_ahead && can_move(thread)) {
      own.push_back(key(thread));
      step(thread);
    }
    while (stepper_.steps().size() > here) stepper_.back();
    const CommonElements common = align({turns.keys.data() + turns.done, rest}, own);
    return common.empty() ? std::pair<std::size_t, std::size_t>() : common.front();
  }

  // After the last turn.
  Ending go_on() {
    const std::size_t end = stepper_.steps().size() + enough;
    const unsigned first = schedule_.empty() ? 0 : schedule_.back();
    const auto threads = static_cast<unsigned>(turns_.size());
    std::set<std::string> seen;
    while (!is_over() && stepper_.steps().size() < end) {
      if (!seen.insert(state()).second) return Ending::endless;
      const std::size_t before = stepper_.steps().size();
      for (unsigned i = 0; i < threads; ++i) run_alone((first + i) % threads, end);
      if (stepper_.steps().size() != before || is_over()) continue;
      const auto pending = stepper_.pending();
      return std::all_of(pending.begin(), pending.end(), [](const auto& thread) { return thread.finished; })
                 ? Ending::finished
                 : Ending::stuck;
    }
    return stepper_.broken() ? Ending::broken : Ending::stopped;
  }

  void run_alone(unsigned thread, std::size_t end) {
    std::set<std::string> seen;
    while (can_move(thread) && stepper_.steps().size() < end && seen.insert(state()).second) step(thread);
  }

  // The world and where each thread is, as bytes that are the same for the same state only.
  std::string state() const {
    const std::vector<std::uint64_t>& world = stepper_.world();
    const std::vector<std::uint32_t>& local = stepper_.local_states();
    std::string bytes(reinterpret_cast<const char*>(world.data()), world.size() * sizeof(world[0]));
    return bytes.append(reinterpret_cast<const char*>(local.data()), local.size() * sizeof(local[0]));
  }

  engine::Program& program_;
  const Counterexample& along_;
  engine::Stepper stepper_;
  engine::Names names_;
  std::vector<unsigned> schedule_; // the thread of each step of the trace
  std::vector<Turns> turns_;
};

} // namespace

Guided guide(engine::Program& program, const Counterexample& along) {
  const engine::Options options = replay_options(along);
  if (program.threads() != along.threads.size())
    throw Divergence(
        fmt::format("the trace has {} threads, the program has {}", along.threads.size(), program.threads()));
  if (const auto failure = engine::build_world(program, options)) {
    Guided guided{.trace = {}, .guided = 0, .ending = Ending::broken};
    guided.trace.threads = along.threads;
    guided.trace.check = failure->check->name;
    guided.trace.message = failure->message;
    return guided;
  }
  return Guide(program, options, along).run();
}

} // namespace gupcheck::traces
