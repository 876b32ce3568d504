// SPDX-License-Identifier: GPL-2.0-only
//
// Going through a scenario by hand: where one is, what each thread is about to do, a step on, steps back, and
// the shortest way from here to a state that breaks a promise.
//
// The schedule may go on after the present step: what was undone, what a search has found, or the rest of a
// stored trace lies ahead, until another step is taken. Going on past a broken promise leaves its check out,
// as `check --all` does, until one goes back before it. What cannot be done is a UsageError of one line, and
// nothing has changed then.
#pragma once

#include "model/engine/stepper.hpp"
#include "tools/gupcheck/run.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gupcheck::tools {

// What `finish` came to.
struct FinishResult {
  engine::Verdict verdict = engine::Verdict::incomplete; // holds: no promise can be broken from here
  std::string only;                                      // the check that was asked for; empty: any
  std::string check;                                     // when broken
  std::string message;
  std::size_t steps = 0; // from here; they lie ahead now
  bool shortest = false; // there are no fewer
  std::uint64_t states = 0;
  std::string stopped_by; // when incomplete
};

// When a location changed last.
struct LastChange {
  std::size_t step; // 1 is the first
  std::size_t thread;
  std::string value; // in words
};

class ExploreSession {
public:
  explicit ExploreSession(RunRequest request);
  // Starts with the steps of a trace ahead.
  ExploreSession(RunRequest request, const traces::Counterexample& trace);

  const RunRequest& request() const { return request_; }
  // The schedule up to here, as a trace; its `pending` is what each thread is about to do, `check` what is
  // broken with the last step.
  const traces::Counterexample& now() const { return now_; }
  // All of the picture as it is now.
  const std::vector<traces::PictureLine>& picture() const { return picture_; }
  std::size_t position() const { return position_; }
  std::size_t length() const { return moves_.size(); }
  const std::vector<engine::Move>& moves() const { return moves_; }
  // What the next of the steps that lie ahead will do, in words; as many as can be taken, and not too many.
  const std::vector<std::string>& ahead() const { return ahead_; }
  unsigned choices(std::size_t thread) const { return choices_.at(thread); }
  // What the thread waits for was made so; nothing if no step changed it.
  std::optional<LastChange> last_change(std::size_t thread) const;
  // The check that was broken with this step and gone past, or empty.
  std::string passed_at(std::size_t step) const;

  void step(unsigned thread, std::uint32_t choice);
  void back(std::size_t steps);
  void redo(std::size_t steps);
  void go_to(std::size_t step);
  // For a state that breaks this check, or any if it is empty. Endless runs are not looked for.
  FinishResult finish(const std::string& check);
  // To the end of what was found, or of the stored trace; looks for something if nothing was. The result is
  // of that search, if there was one.
  std::optional<FinishResult> jump(const std::string& check);
  void save(const std::string& file) const;

  // For the searches, which are stopped by what request().options has.
  void set_progress(std::function<void(const engine::Progress&)> progress);

private:
  struct Passed {
    std::string check;
    std::size_t at; // the step that broke it
  };
  // What lies ahead leads to this.
  struct Found {
    std::string check;
    std::size_t length;
    bool shortest; // from the first step
    bool fewest_switches;
  };

  engine::Options options_here() const;
  void rebuild();
  void make_step(const engine::Move& move);
  void go_past();
  void describe();
  void look_ahead(const engine::Names& names);
  void require_enabled(unsigned thread, std::uint32_t choice) const;

  RunRequest request_;
  std::unique_ptr<engine::Program> program_;
  std::unique_ptr<engine::Stepper> stepper_; // none while a search runs
  std::vector<engine::Move> moves_;
  std::size_t position_ = 0;
  std::vector<Passed> passed_;
  std::optional<Found> found_;
  traces::Counterexample now_;
  std::vector<traces::PictureLine> picture_;
  std::vector<unsigned> choices_;
  std::vector<std::string> ahead_;
};

} // namespace gupcheck::tools
