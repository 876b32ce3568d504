// SPDX-License-Identifier: GPL-2.0-only
//
// Lays a counterexample out: what was run, the picture at first, the steps in their lanes, what broke.
#include "traces/text.hpp"

#include "traces/call_context.hpp"
#include "traces/enum_names.hpp"
#include "traces/lanes.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;

// `label` in a column of its own, then `text` wrapped beside it.
std::string block(std::string_view label, std::string_view body, const TextOptions& options,
                  Style style = Style::plain) {
  constexpr std::size_t column = 10;
  std::string out;
  bool first = true;
  const std::size_t hang = std::max(column, label.size() + 2);
  for (const std::string& line : wrap(body, options.columns - hang)) {
    out += styled(fmt::format("{:<{}}", first ? label : std::string_view(), hang), Style::strong,
                  options.colour);
    out += styled(line, style, options.colour) + '\n';
    first = false;
  }
  return out;
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

std::string counted(std::size_t count, std::string_view thing, std::string_view things) {
  return fmt::format("{} {}", count, count == 1 ? thing : things);
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

// Draws the steps, with what each thread enters on the way.
class Narrator {
public:
  Narrator(const Counterexample& trace, const TextOptions& options)
      : trace_(trace),
        unfold_(options.unfold),
        sheet_(trace.threads, options.columns, options.colour),
        steps_(trace),
        last_(trace.threads.size()) {
    place_contexts();
  }

  std::string tell() {
    sheet_.head();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (i == trace_.stem.size()) sheet_.across("for ever:");
      if (unfold_ || steps_[i].matters) {
        show(i);
      } else {
        i = fold(i);
      }
    }
    if (!trace_.cycle.empty()) sheet_.across(fmt::format("and again from step {}", trace_.stem.size() + 1));
    return sheet_.take();
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

  // One line for this step and those of the same thread after it that do not matter either; the last of them.
  std::size_t fold(std::size_t i) {
    const std::uint8_t thread = steps_[i].move.thread;
    std::size_t end = i + 1;
    while (end < steps_.size() && end != trace_.stem.size() && !steps_[end].matters &&
           steps_[end].move.thread == thread)
      ++end;
    sheet_.row(thread, "..", 2, counted(end - i, "step", "steps"), Style::faint);
    return end - 1;
  }

  void show(std::size_t i) {
    const Step& step = steps_[i];
    const CallContext& context = contexts_[i];
    Place& last = last_.at(step.move.thread);
    static const std::vector<std::string> nowhere;
    const std::string entered = announce(last.step != nullptr ? last.step->action.stack : nowhere, last.depth,
                                         step.action.stack, context.depth);
    if (!entered.empty()) sheet_.row(step.move.thread, "", 0, entered, Style::strong);
    last = {.step = &step, .depth = context.depth};

    std::string line = words(step);
    if (!context.label.empty() && call_path({context.label}) == context.label)
      line = context.label + ": " + line;
    sheet_.row(step.move.thread, std::to_string(i + 1), 2, line, Style::plain);
    for (const PictureLine& changed : step.changed)
      sheet_.row(step.move.thread, "", 6,
                 fmt::format("=> {}: {}", changed.name, changed.state.empty() ? "gone" : changed.state),
                 Style::faint);
  }

  const Counterexample& trace_;
  bool unfold_;
  Lanes sheet_;
  Steps steps_;
  std::vector<CallContext> contexts_;
  std::vector<Place> last_; // of each thread
};

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

std::string pending_words(const Pending& pending) {
  if (pending.finished) return words(pending);
  return words(pending) + ", " + place_words(pending.action, few_frames);
}

// Where it broke: a thread that failed on its own says so itself, otherwise it is the last step.
std::string where_it_broke(const Counterexample& trace) {
  for (std::size_t thread = 0; thread < trace.pending.size(); ++thread) {
    const Pending& pending = trace.pending[thread];
    const OperationKind kind = pending.action.kind;
    if (!pending.finished && (kind == OperationKind::failed || kind == OperationKind::fault))
      return fmt::format("by {}, {}", trace.threads[thread], place_words(pending.action, all_frames));
  }
  if (trace.stem.empty()) return trace.cycle.empty() ? "before the first step" : "";
  if (!trace.cycle.empty()) return "";
  const Step& last = trace.stem.back();
  return fmt::format("with step {} of {}, {}", trace.stem.size(), trace.threads[last.move.thread],
                     place_words(last.action, all_frames));
}

} // namespace

std::string text(const Counterexample& trace, const TextOptions& options) {
  const bool breaks = !trace.check.empty();
  const std::string broken = fmt::format("{}: {}", trace.check, trace.message);
  std::string out = block("broken", breaks ? broken : "nothing", options, Style::strong);
  out += block("in", subject_words(trace), options);
  if (!trace.explanation.empty()) out += block("how", trace.explanation, options);
  out += block("by", length_words(trace), options);
  if (const std::size_t folded = options.unfold ? 0 : steps_that_do_not_matter(trace); folded != 0)
    out += block("",
                 fmt::format("(.. {} without influence on it: --unfold shows them)",
                             counted(folded, "step is", "steps are")),
                 options);
  out += '\n';

  for (std::size_t i = 0; i < trace.initial.size(); ++i)
    out += block(i == 0 ? "at first" : "",
                 fmt::format("{}: {}", trace.initial[i].name, trace.initial[i].state), options);
  if (!trace.initial.empty()) out += '\n';

  if (!trace.stem.empty() || !trace.cycle.empty()) out += Narrator(trace, options).tell() + '\n';

  if (breaks) out += block("BROKEN", broken, options, Style::strong);
  if (const std::string where = where_it_broke(trace); breaks && !where.empty())
    out += block("", where, options);
  for (std::size_t thread = 0; thread < trace.pending.size(); ++thread)
    out += block(clipped(trace.threads[thread], 24), pending_words(trace.pending[thread]), options);
  return out;
}

} // namespace gupcheck::traces
