// SPDX-License-Identifier: GPL-2.0-only
//
// See explain.hpp.
#include "traces/explain.hpp"

#include "traces/dependence.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;

constexpr std::size_t most_observations = 2; // of an endless run: more is no sentence

class Explainer {
public:
  Explainer(const Counterexample& trace, const engine::Names& names)
      : trace_(trace), names_(names), steps_(trace), dependences_(dependences(trace)) {}

  std::string sentence() const {
    if (steps_.size() == 0) return {};
    if (!trace_.cycle.empty()) return endless();
    if (std::string waiting = deadlocked(); !waiting.empty()) return waiting;
    return broken();
  }

private:
  const std::string& name(std::size_t step) const { return trace_.threads[steps_[step].move.thread]; }
  bool same_thread(std::size_t a, std::size_t b) const {
    return steps_[a].move.thread == steps_[b].move.thread;
  }

  std::string broken() const {
    const std::size_t culprit = breaking_thread();
    // The last thing that it saw of another thread.
    for (auto seen = dependences_.rbegin(); seen != dependences_.rend(); ++seen)
      if (is_of(*seen, culprit)) return observation(*seen);
    const std::size_t last = steps_.size() - 1;
    if (const auto before = change_by_another(culprit))
      return fmt::format("in step {} {} did `{}`; {} had done `{}` in step {}", last + 1, name(last),
                         words(steps_[last]), name(*before), words(steps_[*before]), *before + 1);
    const bool alone = std::all_of(dependences_.begin(), dependences_.end(), [&](const Dependence& one) {
      return one.to >= steps_.size() || same_thread(one.from, one.to);
    });
    return alone ? fmt::format("no other thread has a part in it: {} comes there by itself",
                               trace_.threads[culprit])
                 : std::string();
  }

  // Whether the thread sees in it what another one did.
  bool is_of(const Dependence& one, std::size_t thread) const {
    return one.relation == Relation::reads_from && one.to < steps_.size() && steps_[one.to].matters &&
           steps_[one.to].move.thread == thread && !same_thread(one.from, one.to);
  }

  // The one that fails, or else the one that moved last.
  std::size_t breaking_thread() const {
    if (const auto thread = failing_thread(trace_)) return *thread;
    return steps_[steps_.size() - 1].move.thread;
  }

  // The last change that another thread made to what the check looked at, or to what the last step touched.
  std::optional<std::size_t> change_by_another(std::size_t thread) const {
    const std::string& touched = steps_[steps_.size() - 1].action.location;
    for (std::size_t i = steps_.size(); i-- > 0;) {
      const Step& step = steps_[i];
      if (step.move.thread == thread || !step.before || step.before == step.after) continue;
      const auto& looked_at = trace_.looked_at;
      if (step.action.location == touched ||
          std::find(looked_at.begin(), looked_at.end(), step.action.location) != looked_at.end())
        return i;
    }
    return std::nullopt;
  }

  std::string observation(const Dependence& seen) const {
    const Step& reader = steps_[seen.to];
    const std::string& who = name(seen.to);
    const std::string& whose = name(seen.from);
    const engine::BitWords* bit = names_.bit_words(reader.action.bits);
    if (bit == nullptr || !reader.before)
      return fmt::format("in step {} {} did `{}`, after {} had done `{}` in step {}", seen.to + 1, who,
                         words(reader), whose, words(steps_[seen.from]), seen.from + 1);
    const bool set = is_set(reader, reader.before->raw);
    return fmt::format("in step {} {} found {} {}: {} {}, {}", seen.to + 1, who, object_of(reader.action),
                       set ? bit->set : bit->clear, whose, set ? bit->was_set : bit->was_cleared,
                       span(seen, set));
  }

  // How long what `from` did lasted.
  std::string span(const Dependence& seen, bool set) const {
    const Step& reader = steps_[seen.to];
    for (std::size_t i = seen.from + 1; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.action.location == reader.action.location && step.after &&
          is_set(reader, step.after->raw) != set)
        return fmt::format("between steps {} and {}", seen.from + 1, i + 1);
    }
    return fmt::format("from step {} on", seen.from + 1);
  }

  // Whether the bits that the reader looks at are, in this value of its location.
  static bool is_set(const Step& reader, std::uint64_t value) {
    const Action& action = reader.action;
    return (value & (action.kind == OperationKind::fetch_and ? ~action.operand.raw : action.operand.raw)) !=
           0;
  }

  // `page[0]` of `page[0].flags`.
  static std::string object_of(const Action& action) {
    return action.location.substr(0, action.location.rfind('.'));
  }

  std::string deadlocked() const {
    std::string sentence;
    if (!nobody_can_move(trace_)) return sentence;
    for (const Dependence& one : dependences_) {
      if (one.to < steps_.size()) continue;
      const std::size_t thread = one.to - steps_.size();
      sentence += fmt::format("{}{} waits: {}; {} did `{}` in step {}", sentence.empty() ? "" : ", and ",
                              trace_.threads[thread], words(trace_.pending[thread].action), name(one.from),
                              words(steps_[one.from]), one.from + 1);
    }
    return sentence;
  }

  std::string endless() const {
    const std::size_t first = trace_.stem.size();
    const std::string steps = trace_.cycle.size() == 1
                                  ? fmt::format("step {}", first + 1)
                                  : fmt::format("steps {} to {}", first + 1, steps_.size());
    std::string sentence;
    std::vector<bool> told(trace_.threads.size());
    std::size_t observations = 0;
    for (const Dependence& one : dependences_) {
      if (one.relation != Relation::reads_from || one.to < first || one.to >= steps_.size() ||
          same_thread(one.from, one.to) || told[steps_[one.to].move.thread] ||
          observations == most_observations)
        continue;
      sentence += (observations++ == 0 ? ": " : "; ") + observation(one);
      told[steps_[one.to].move.thread] = true;
    }
    const bool alone = std::all_of(trace_.cycle.begin(), trace_.cycle.end(), [&](const Step& step) {
      return step.move.thread == trace_.cycle.front().move.thread;
    });
    if (alone && sentence.empty()) return fmt::format("{} repeats {} for ever by itself", name(first), steps);
    return fmt::format("{} can repeat for ever{}", steps, sentence);
  }

  const Counterexample& trace_;
  const engine::Names& names_;
  Steps steps_;
  std::vector<Dependence> dependences_;
};

} // namespace

std::string explain(const Counterexample& trace, const engine::Names& names) {
  return Explainer(trace, names).sentence();
}

} // namespace gupcheck::traces
