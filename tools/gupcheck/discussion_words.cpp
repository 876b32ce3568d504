// SPDX-License-Identifier: GPL-2.0-only
//
// See discussion_words.hpp.
#include "tools/gupcheck/discussion_words.hpp"

#include "checks/pin_placement.hpp"
#include "model/kernel/mutant_names.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "traces/enum_names.hpp"

#include <fmt/format.h>

#include <vector>

namespace gupcheck::tools {

using checks::ClaimVerdict;
using checks::Evidence;
using engine::Verdict;

std::string_view word(ClaimVerdict verdict) {
  switch (verdict) {
  case ClaimVerdict::confirmed: return "CONFIRMED";
  case ClaimVerdict::refuted: return "REFUTED";
  case ClaimVerdict::incomplete: break;
  }
  return "incomplete";
}

std::string words(const Evidence& evidence) {
  const auto& [scenario, parameters, promises, predicted, fairness, locks] = evidence.prediction;
  const engine::Result& result = evidence.result;
  std::string text;
  if (result.verdict == Verdict::broken) {
    const engine::Violation& violation = result.violation.value();
    text = violation.cycle.empty()
               ? fmt::format("{} breaks after {}{}", violation.check, plural(violation.stem.size(), "step"),
                             violation.shortest ? " (no schedule is shorter)" : "")
               : fmt::format("{}: {} lead to a cycle of {}", violation.check,
                             plural(violation.stem.size(), "step"), violation.cycle.size());
  } else if (result.verdict == Verdict::holds) {
    std::vector<std::string> kept;
    kept.reserve(promises.size());
    for (const std::string& promise : promises) kept.push_back(kept_words(promise));
    const bool names_the_promise = kept.front() == promises.front();
    text = fmt::format("{}{} in all {} (exhaustive)", fmt::join(kept, " and "),
                       names_the_promise ? " is kept" : "", plural(result.statistics.states, "state"));
  } else {
    text = fmt::format("{} has no verdict: {} after {}", fmt::join(promises, " and "), result.stopped_by,
                       plural(result.statistics.states, "state"));
  }
  text += fmt::format(": {}, kernel {}, {}, {}", scenario, parameters.kernel,
                      plural(parameters.threads, "thread"), plural(parameters.pages, "page"));
  if (fairness == engine::Fairness::none) text += ", any scheduler";
  if (locks == engine::Locks::fifo) text += ", locks that queue";
  if (parameters.mutant != kernel::Mutant::none)
    text += fmt::format(", mutant {}", kernel::name_of(parameters.mutant));
  return text;
}

std::string cell(const Evidence& evidence) {
  if (evidence.result.verdict == Verdict::incomplete) return "?";
  if (evidence.result.verdict == Verdict::holds) return "ends";
  const std::string& check = evidence.result.violation->check;
  if (check == engine::starvation.name) return "starves";
  if (check == engine::livelock.name || check == engine::deadlock.name) return check;
  return check == checks::pin_placement.name ? "pins it" : "corrupts";
}

bool goes_round(const Evidence& evidence) {
  return cell(evidence) == "starves" || cell(evidence) == "livelock";
}

bool decides(const checks::Answer& answer, const Evidence& evidence) {
  return answer.verdict != ClaimVerdict::refuted || !evidence.came_true();
}

std::string trace_name(const traces::Counterexample& trace) {
  const auto& [scenario, kernel, parameters] = trace.subject;
  std::string name = fmt::format("{}-{}-{}x{}-{}", scenario, kernel, parameters.at("threads"),
                                 parameters.at("pages"), trace.check);
  if (parameters.contains("mutant")) name += "-" + parameters.at("mutant");
  if (trace.semantics.fairness != engine::Fairness::strong)
    name += fmt::format("-fairness-{}", traces::name_of(trace.semantics.fairness));
  if (trace.semantics.locks != engine::Locks::unfair)
    name += fmt::format("-locks-{}", traces::name_of(trace.semantics.locks));
  return name;
}

} // namespace gupcheck::tools
