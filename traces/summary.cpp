// SPDX-License-Identifier: GPL-2.0-only
//
// See summary.hpp.
#include "traces/summary.hpp"

#include "traces/enum_names.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

constexpr std::size_t few_frames = 3;
constexpr std::size_t all_frames = ~std::size_t{0};

// With the innermost `frames` functions.
std::string place_words(const Action& action, std::size_t frames) {
  std::string place = "at " + words(action.where);
  const auto skipped =
      static_cast<std::ptrdiff_t>(action.stack.size() - std::min(frames, action.stack.size()));
  const std::string path = call_path({action.stack.begin() + skipped, action.stack.end()});
  if (!path.empty()) {
    place += " in " + path;
  } else if (!action.where.function.empty()) {
    place += " in " + action.where.function;
  }
  return place;
}

} // namespace

std::string counted(std::size_t count, std::string_view thing, std::string_view things) {
  return fmt::format("{} {}", count, count == 1 ? thing : things);
}

std::string verdict_words(const Counterexample& trace) {
  return trace.check.empty() ? "nothing breaks" : fmt::format("{}: {}", trace.check, trace.message);
}

std::string subject_words(const Counterexample& trace) {
  std::string words = trace.subject.scenario;
  if (!trace.subject.kernel.empty()) words += ", kernel " + trace.subject.kernel;
  for (const auto& [name, value] : trace.subject.parameters) words += fmt::format(", {} {}", name, value);
  words += fmt::format(", memory {}, fairness {}, locks {}", trace.semantics.memory,
                       name_of(trace.semantics.fairness), name_of(trace.semantics.locks));
  if (!trace.semantics.without.empty())
    words += trace.semantics.without.size() > 3
                 ? fmt::format(", without {} other checks", trace.semantics.without.size())
                 : fmt::format(", without {}", fmt::join(trace.semantics.without, ", "));
  return words;
}

std::string length_words(const Counterexample& trace) {
  const auto steps = [](std::size_t count) { return counted(count, "step", "steps"); };
  if (!trace.cycle.empty())
    return fmt::format("{}, then {} that can repeat for ever", steps(trace.stem.size()),
                       steps(trace.cycle.size()));
  std::string length = steps(trace.stem.size());
  const std::size_t switches = context_switches(trace);
  if (switches != 0)
    length += fmt::format(" with {}", counted(switches, "context switch", "context switches"));
  if (trace.shortest) length += "; no schedule is shorter";
  if (trace.fewest_switches && switches != 0) length += ", none as short has fewer switches";
  return length;
}

std::string pending_words(const Pending& pending) {
  if (pending.finished) return words(pending);
  return words(pending) + ", " + place_words(pending.action, few_frames);
}

std::string where_it_broke(const Counterexample& trace) {
  if (const auto thread = failing_thread(trace))
    return fmt::format("by {}, {}", trace.threads[*thread],
                       place_words(trace.pending[*thread].action, all_frames));
  if (trace.stem.empty()) return trace.cycle.empty() ? "before the first step" : "";
  if (!trace.cycle.empty()) return "";
  const Step& last = trace.stem.back();
  return fmt::format("with step {} of {}, {}", trace.stem.size(), trace.threads[last.move.thread],
                     place_words(last.action, all_frames));
}

void require_at_most(const Counterexample& trace, std::size_t most, std::string_view form) {
  if (const std::size_t steps = Steps(trace).size(); steps > most)
    throw std::runtime_error(fmt::format(
        "the trace has {} steps, and {} shows {} at most; --format text shows it", steps, form, most));
}

} // namespace gupcheck::traces
