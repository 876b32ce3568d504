// SPDX-License-Identifier: GPL-2.0-only
//
// The discussion of December 2020 (and what became of it), claim by claim.
//
// A claim is what somebody said, put as predictions: with this scenario, kernel and size, this promise breaks
// (or holds). The predictions are all that is written down. Whether they come true is found out by exploring:
// a claim is confirmed when all of its predictions do and refuted when one does not.
#pragma once

#include "checks/scenarios/registry.hpp"
#include "model/engine/explore.hpp"
#include "traces/counterexample.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gupcheck::checks {

struct Prediction {
  std::string scenario;
  ScenarioParameters parameters;
  std::vector<std::string> promises;                // all others are left out of the run
  engine::Verdict verdict = engine::Verdict::holds; // holds or broken: what the claim says
  engine::Fairness fairness = engine::Fairness::strong;
  engine::Locks locks = engine::Locks::unfair;
};

struct Claim {
  std::string message; // its number in the thread
  std::string who;
  std::string words; // what it says, in ours
  std::vector<Prediction> predictions;
};

// What exploring a prediction gave.
struct Evidence {
  Prediction prediction;
  engine::Result result;
  std::optional<traces::Counterexample> trace; // when a promise broke
  // The verdict is as predicted, and if something broke it was what the prediction is about.
  bool came_true() const;
};

enum class ClaimVerdict : std::uint8_t { confirmed, refuted, incomplete };

struct Answer {
  Claim claim;
  ClaimVerdict verdict = ClaimVerdict::incomplete;
  std::vector<Evidence> evidence; // up to the prediction that decided
};

// In the order of the thread.
std::vector<Claim> claims();

// Explores. What several predictions ask, whatever they expect, is explored once.
class Explorations {
public:
  // Of `base` the limits, the interrupt flag and the progress callback count.
  explicit Explorations(engine::Options base) : base_(std::move(base)) {}
  Evidence explore(const Prediction& prediction);

private:
  engine::Options base_;
  std::map<std::string, Evidence> known_; // by all that the prediction asks
};

Answer answer(const Claim& claim, Explorations& explorations);

// Message 12 in full ("a ridiculously expensive spin lock?"): whether a version of the loop can go round for
// ever.
struct Spinning {
  std::string kernel;
  Evidence unfair;  // waits for another thread's isolation: a cycle if that thread is never scheduled
  Evidence weak;    // and under weak fairness with unfair locks
  Evidence strong;  // and under strong fairness
  Evidence fifo;    // and under weak fairness with locks that queue
  Evidence off_lru; // with a page that is never on the LRU
};
std::vector<std::string> spinning_kernels();
Spinning spinning(const std::string& kernel, Explorations& explorations);

} // namespace gupcheck::checks
