// SPDX-License-Identifier: GPL-2.0-only
//
// How a prediction is put to the test. See claims.hpp.
#include "checks/claims/claims.hpp"
#include "checks/claims/subject.hpp"
#include "traces/record.hpp"

#include <algorithm>
#include <stdexcept>

namespace gupcheck::checks {

namespace {

// What goes wrong with the model itself is never left out: a verdict would mean nothing.
bool always_on(const std::string& check) {
  return check == engine::fault.name || check == engine::model_error.name || check == engine::assertion.name;
}

std::string question(const Prediction& asked) {
  std::string question = asked.scenario + ' ' + asked.parameters.kernel;
  for (const unsigned number :
       {asked.parameters.threads, asked.parameters.pages, static_cast<unsigned>(asked.parameters.mutant),
        static_cast<unsigned>(asked.fairness), static_cast<unsigned>(asked.locks)})
    question += ' ' + std::to_string(number);
  for (const std::string& promise : asked.promises) question += ' ' + promise;
  return question;
}

Evidence explore_now(const Prediction& prediction, const engine::Options& base) {
  const ScenarioInfo* scenario = find_scenario(prediction.scenario);
  if (scenario == nullptr) throw std::logic_error("a claim names no scenario: " + prediction.scenario);
  engine::Options options = base;
  options.fairness = prediction.fairness;
  options.locks = prediction.locks;
  options.without.clear();
  for (const std::string& check : check_names())
    if (!always_on(check) &&
        std::find(prediction.promises.begin(), prediction.promises.end(), check) == prediction.promises.end())
      options.without.push_back(check);
  const std::unique_ptr<engine::Program> program = scenario->make(prediction.parameters);
  Evidence evidence{.prediction = prediction, .result = engine::explore(*program, options), .trace = {}};
  if (evidence.result.violation)
    evidence.trace = traces::record(*program, options, subject_of(prediction.scenario, prediction.parameters),
                                    *evidence.result.violation);
  return evidence;
}

} // namespace

Evidence Explorations::explore(const Prediction& prediction) {
  const auto [known, is_new] = known_.try_emplace(question(prediction));
  if (is_new) known->second = explore_now(prediction, base_);
  Evidence evidence = known->second;
  evidence.prediction = prediction; // it may expect something else
  return evidence;
}

bool Evidence::came_true() const {
  if (result.verdict != prediction.verdict) return false;
  if (result.verdict != engine::Verdict::broken) return true;
  const std::string& broke = result.violation.value().check;
  return std::find(prediction.promises.begin(), prediction.promises.end(), broke) !=
         prediction.promises.end();
}

Answer answer(const Claim& claim, Explorations& explorations) {
  Answer answer{.claim = claim, .verdict = ClaimVerdict::confirmed, .evidence = {}};
  for (const Prediction& prediction : claim.predictions) {
    answer.evidence.push_back(explorations.explore(prediction));
    const Evidence& evidence = answer.evidence.back();
    if (evidence.result.verdict == engine::Verdict::incomplete) {
      answer.verdict = ClaimVerdict::incomplete; // unless a later prediction refutes the claim
    } else if (!evidence.came_true()) {
      answer.verdict = ClaimVerdict::refuted;
      break;
    }
  }
  return answer;
}

} // namespace gupcheck::checks
