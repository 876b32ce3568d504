// SPDX-License-Identifier: GPL-2.0-only
//
// See litmus.hpp. Puts the statements of the steps together and collects what their threads saw.
#include "traces/litmus.hpp"

#include "traces/litmus_code.hpp"
#include "traces/litmus_names.hpp"
#include "traces/litmus_steps.hpp"
#include "traces/litmus_text.hpp"
#include "traces/steps.hpp"
#include "traces/summary.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;

class Writer {
public:
  Writer(const Counterexample& trace, const std::vector<std::size_t>& chosen)
      : trace_(trace), steps_(trace), chosen_(chosen), names_(trace, chosen) {
    number_processes();
    for (const std::size_t i : chosen) write(i);
    write_the_end();
    for (const std::string& location : trace.looked_at) write_final(location);
    if (conditions_.empty())
      for (const LitmusVariable* variable : names_.all()) write_final(variable->original);
    if (conditions_.empty()) conditions_.emplace_back("true"); // nothing but locks
  }

  bool has_steps() const { return !processes_.empty(); }

  std::string text() const {
    std::string out =
        fmt::format("C {}\n\n(*\n * {}\n", litmus_title(trace_), litmus_comment(verdict_words(trace_)));
    if (!trace_.explanation.empty()) out += fmt::format(" * {}\n", litmus_comment(trace_.explanation));
    out += " *\n * Straight-line code: what each thread did in this schedule. The clause is what they saw.\n";
    for (const LitmusProcess& process : processes_)
      out += fmt::format(" * P{} is {}.\n", process.number, litmus_comment(trace_.threads[process.thread]));
    for (const LitmusVariable* variable : names_.all())
      if (variable->name != variable->original)
        out += fmt::format(" * {} is {}.\n", variable->name, litmus_comment(variable->original));
    for (const auto& [number, words] : names_.legend())
      out += fmt::format(" * {} stands for {}.\n", number, litmus_comment(words));
    out += " *)\n\n{\n";
    for (const LitmusVariable* variable : names_.all())
      if (variable->initial != "0") out += fmt::format("\t{} = {};\n", variable->name, variable->initial);
    out += "}\n";
    for (const LitmusProcess& process : processes_) out += litmus_text(process);
    out += "\nexists (";
    for (std::size_t i = 0; i < conditions_.size(); ++i) out += (i == 0 ? "" : " /\\\n\t") + conditions_[i];
    return out + ")\n";
  }

private:
  // Those that have a statement (herd takes no others), in the order of the threads.
  void number_processes() {
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      const bool moves = std::any_of(chosen_.begin(), chosen_.end(), [&](std::size_t i) {
        return steps_[i].move.thread == thread && can_be_written(steps_[i]);
      });
      if (moves || waits_at_the_end(thread))
        processes_.push_back({thread, static_cast<unsigned>(processes_.size()), 0, {}, {}});
    }
  }

  // Null if it has none.
  LitmusProcess* process_of(std::size_t thread) {
    const auto found = std::find_if(processes_.begin(), processes_.end(),
                                    [&](const LitmusProcess& one) { return one.thread == thread; });
    return found == processes_.end() ? nullptr : &*found;
  }

  bool can_be_written(const Step& step) const {
    const LitmusVariable* variable = names_.variable(step.action);
    return variable != nullptr && litmus_has(step, *variable);
  }

  bool waits_at_the_end(std::size_t thread) const {
    return thread < trace_.pending.size() && litmus_waits_at_the_end(trace_, trace_.pending[thread]) &&
           names_.variable(trace_.pending[thread].action) != nullptr;
  }

  // The statement of the step, and what its thread saw.
  void write(std::size_t i) {
    const Step& step = steps_[i];
    LitmusProcess* process = process_of(step.move.thread);
    if (process == nullptr) return;
    comment(*process, fmt::format("step {}: {}", i + 1, words(step)));
    if (step.action.kind == OperationKind::choose) return;
    if (!can_be_written(step)) {
      comment(*process, "left out: LKMM has nothing like it");
      return;
    }
    const LitmusVariable& variable = *names_.variable(step.action);
    write(*process, variable, litmus_code(step, variable, names_));
  }

  static void comment(LitmusProcess& process, const std::string& text) {
    process.body += fmt::format("\t// {}\n", litmus_comment(text));
  }

  void write(LitmusProcess& process, const LitmusVariable& variable, const LitmusCode& code) {
    if (!code.remark.empty()) comment(process, code.remark);
    if (code.fence) process.body += "\tsmp_mb();\n";
    process.body += '\t';
    if (code.returns) {
      const unsigned number = process.registers++;
      process.body += fmt::format("r{} = ", number);
      const std::string equal = fmt::format("{}:r{}={}", process.number, number, code.value);
      if (!code.value.empty()) conditions_.push_back(code.differs ? "~(" + equal + ')' : equal);
    }
    process.body += code.call + ";\n";
    if (std::find(process.uses.begin(), process.uses.end(), &variable) == process.uses.end())
      process.uses.push_back(&variable);
  }

  // In a deadlock: each thread finds the lock held that it wants.
  void write_the_end() {
    for (std::size_t thread = 0; thread < trace_.pending.size(); ++thread) {
      if (!waits_at_the_end(thread)) continue;
      const Pending& pending = trace_.pending[thread];
      LitmusProcess& process = *process_of(thread);
      const LitmusVariable& variable = *names_.variable(pending.action);
      comment(process, "at the end: " + words(pending));
      write(process, variable, litmus_code(pending, variable, names_));
    }
  }

  // What the location holds at last: after the steps that are in the test, as herd makes no others. Nothing
  // if one that is not in it changed what a later one adds to.
  void write_final(const std::string& location) {
    const LitmusVariable* variable = names_.variable(location);
    if (variable == nullptr || variable->type == LitmusType::spinlock) return;
    if (!final_.insert(variable).second) return;
    const Step* last = nullptr;
    bool reached = true;
    for (const std::size_t i : chosen_) {
      const Step& step = steps_[i];
      if (step.action.location != location || !litmus_has(step, *variable)) continue;
      if (step.action.kind == OperationKind::store) {
        reached = true;
      } else if (last != nullptr && last->after->raw != step.before->raw) {
        reached = false;
      }
      last = &step;
    }
    if (last == nullptr || !reached) return;
    conditions_.push_back(
        fmt::format("{}={}", variable->name, names_.value(*variable, *last->after, last->action.size)));
  }

  const Counterexample& trace_;
  Steps steps_;
  const std::vector<std::size_t>& chosen_;
  LitmusNames names_;
  std::vector<LitmusProcess> processes_;
  std::vector<std::string> conditions_;
  std::set<const LitmusVariable*> final_; // those with a condition for what they hold at last
};

} // namespace

std::string litmus(const Counterexample& trace, const LitmusOptions& options) {
  const std::vector<std::size_t> chosen = litmus_steps(trace, options.unfold);
  if (chosen.empty())
    throw std::runtime_error("a litmus test needs a step, and no step of this trace matters");
  if (chosen.size() > options.max_steps)
    throw std::runtime_error(fmt::format("a litmus test of it has {} steps, more than --max-steps {}",
                                         chosen.size(), options.max_steps));
  const Writer writer(trace, chosen);
  if (!writer.has_steps()) throw std::runtime_error("a litmus test needs a step that LKMM has a word for");
  return writer.text();
}

} // namespace gupcheck::traces
