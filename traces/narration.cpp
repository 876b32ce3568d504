// SPDX-License-Identifier: GPL-2.0-only
//
// See narration.hpp.
#include "traces/narration.hpp"

#include "traces/call_context.hpp"
#include "traces/steps.hpp"
#include "traces/summary.hpp"
#include "traces/wording.hpp"

namespace gupcheck::traces {

namespace {

class Narrator {
public:
  Narrator(const Counterexample& trace, bool unfold)
      : trace_(trace), unfold_(unfold), steps_(trace), last_(trace.threads.size()) {
    place_contexts();
  }

  std::vector<Row> tell() {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < steps_.size(); i = rows.back().last + 1)
      rows.push_back(unfold_ || steps_[i].matters ? row_of(i) : fold(i));
    return rows;
  }

private:
  struct Place {
    const Step* step = nullptr;
    std::size_t depth = 0;
  };

  void place_contexts() {
    contexts_.resize(steps_.size());
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      std::vector<std::size_t> own;
      std::vector<const std::vector<std::string>*> stacks;
      for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (steps_[i].move.thread != thread) continue;
        own.push_back(i);
        stacks.push_back(&steps_[i].action.stack);
      }
      const std::vector<CallContext> contexts = call_contexts(stacks);
      for (std::size_t k = 0; k < own.size(); ++k) contexts_[own[k]] = contexts[k];
    }
  }

  // This step and those of the same thread after it that do not matter either.
  Row fold(std::size_t i) const {
    const std::uint8_t thread = steps_[i].move.thread;
    std::size_t end = i + 1;
    while (end < steps_.size() && end != trace_.stem.size() && !steps_[end].matters &&
           steps_[end].move.thread == thread)
      ++end;
    return {.first = i,
            .last = end - 1,
            .folded = true,
            .entered = {},
            .line = counted(end - i, "step", "steps")};
  }

  Row row_of(std::size_t i) {
    const Step& step = steps_[i];
    const CallContext& context = contexts_[i];
    Place& last = last_.at(step.move.thread);
    static const std::vector<std::string> nowhere;
    Row row{.first = i,
            .last = i,
            .folded = false,
            .entered = announce(last.step != nullptr ? last.step->action.stack : nowhere, last.depth,
                                step.action.stack, context.depth),
            .line = words(step)};
    last = {.step = &step, .depth = context.depth};
    if (!context.label.empty() && call_path({context.label}) == context.label)
      row.line = context.label + ": " + row.line;
    return row;
  }

  const Counterexample& trace_;
  bool unfold_;
  Steps steps_;
  std::vector<CallContext> contexts_;
  std::vector<Place> last_; // of each thread
};

} // namespace

std::vector<Row> narrate(const Counterexample& trace, bool unfold) { return Narrator(trace, unfold).tell(); }

} // namespace gupcheck::traces
