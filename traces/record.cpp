// SPDX-License-Identifier: GPL-2.0-only
//
// Turns an execution, which speaks of addresses and words, into a counterexample, which speaks of pages.
#include "traces/record.hpp"

#include "model/engine/function_name.hpp"
#include "traces/dependence.hpp"
#include "traces/explain.hpp"
#include "traces/values.hpp"

#include <stdexcept>
#include <string_view>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;
using engine::ResultOf;

// Files are named from the root of the source tree, which is where this file's own name says it is.
std::string relative_file(std::string_view file) {
  constexpr std::string_view own = "traces/record.cpp";
  constexpr std::string_view here = __FILE__;
  static_assert(here.ends_with(own));
  constexpr std::string_view root = here.substr(0, here.size() - own.size());
  if (file.starts_with(root)) file.remove_prefix(root.size());
  return std::string(file);
}

bool touches_memory(const engine::Operation& operation) {
  return operation.form.size != 0 && !engine::ends_thread(operation.form.kind);
}

// The bits that an operation touches, if it is one on single bits; 0 otherwise.
std::uint64_t touched_bits(const engine::Operation& operation) {
  const std::uint64_t all = all_bits(operation.form.size);
  switch (operation.form.kind) {
  case OperationKind::load: return operation.form.result == ResultOf::old_bits ? operation.operand & all : 0;
  case OperationKind::fetch_or:
  case OperationKind::lock_bits: return operation.operand & all;
  case OperationKind::fetch_and: return ~operation.operand & all;
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: return (operation.operand & all) == all ? 0 : operation.operand & all;
  default: return 0;
  }
}

bool is_spinlock(OperationKind kind) {
  return kind == OperationKind::lock || kind == OperationKind::enqueue || kind == OperationKind::unlock;
}

// Operands that are values of the location, and so are written as the location's values are.
bool operand_is_value(OperationKind kind) {
  return kind == OperationKind::store || kind == OperationKind::exchange ||
         kind == OperationKind::compare_exchange;
}
bool operand2_is_value(OperationKind kind) {
  return kind == OperationKind::compare_exchange || kind == OperationKind::add_unless ||
         kind == OperationKind::wait_equal || kind == OperationKind::wait_not_equal;
}

class Writer {
public:
  Writer(const engine::Names& names, const std::vector<std::string>& threads)
      : names_(names), threads_(threads) {}

  Action action(const engine::Operation& operation, const std::vector<std::string>& stack) const {
    const OperationKind kind = operation.form.kind;
    Action action{.kind = kind,
                  .shows = operation.form.result,
                  .order = operation.form.order,
                  .plain = operation.form.plain,
                  .size = operation.form.size,
                  .location = {},
                  .bits = {},
                  .operand = {},
                  .operand2 = {},
                  .where = {.file = relative_file(operation.where.file_name()),
                            .line = operation.where.line(),
                            .function = engine::short_function_name(operation.where.function_name())},
                  .stack = stack};
    // The operands of these are addresses of the checker itself; the check and its message say what they
    // mean.
    if (kind == OperationKind::failed || kind == OperationKind::finished) return action;
    if (touches_memory(operation)) {
      action.location = names_.location(operation.address);
      const std::uint64_t bits = touched_bits(operation);
      if (bits != 0) action.bits = names_.bits(operation.address, bits);
    }
    action.operand = operand_is_value(kind) ? value(operation, operation.operand) : number(operation.operand);
    action.operand2 =
        operand2_is_value(kind) ? value(operation, operation.operand2) : number(operation.operand2);
    return action;
  }

  Value value(const engine::Operation& operation, std::uint64_t raw) const {
    if (is_spinlock(operation.form.kind)) return {.raw = raw, .words = holders(raw)};
    return {.raw = raw, .words = names_.value(operation.address, raw, operation.form.pointer)};
  }

  static Value number(std::uint64_t raw) { return {.raw = raw, .words = std::to_string(raw)}; }

  std::optional<Value> result(const engine::ExecutedStep& step) const {
    switch (step.operation.form.result) {
    case ResultOf::nothing: return std::nullopt;
    case ResultOf::old_value:
      return touches_memory(step.operation) ? value(step.operation, step.result) : number(step.result);
    default: return Value{.raw = step.result, .words = step.result != 0 ? "true" : "false"};
    }
  }

private:
  // A lock's word: who has it and who queues for it (engine::lock_granted).
  std::string holders(std::uint64_t word) const {
    const bool granted = (word & engine::lock_granted) != 0;
    std::string words = granted ? "" : "free";
    for (word &= ~engine::lock_granted; word != 0; word >>= 4) {
      const std::uint64_t number = word & 15;
      if (number == 0 || number > threads_.size()) return "no lock's word";
      words += (words.empty() ? "" : ", then ") + threads_[number - 1];
    }
    return words;
  }

  const engine::Names& names_;
  const std::vector<std::string>& threads_;
};

using Picture = std::vector<std::pair<std::string, std::string>>;

const std::string* state_of(const Picture& picture, const std::string& name) {
  for (const auto& [line, state] : picture)
    if (line == name) return &state;
  return nullptr;
}

// Lines that are new or say something else; a line that is gone has an empty state.
std::vector<PictureLine> changes(const Picture& before, const Picture& after) {
  std::vector<PictureLine> changed;
  for (const auto& [name, state] : after) {
    const std::string* old = state_of(before, name);
    if (old == nullptr || *old != state) changed.push_back({.name = name, .state = state});
  }
  for (const auto& line : before)
    if (state_of(after, line.first) == nullptr) changed.push_back({.name = line.first, .state = {}});
  return changed;
}

std::optional<Value> last_value(const Writer& writer, const engine::Execution& execution,
                                const engine::Operation& operation) {
  if (!touches_memory(operation)) return std::nullopt;
  for (auto step = execution.steps.rbegin(); step != execution.steps.rend(); ++step)
    if (touches_memory(step->operation) && step->operation.address == operation.address)
      return writer.value(step->operation, step->after);
  return std::nullopt;
}

} // namespace

Counterexample describe(const engine::Program& program, const engine::Names& names,
                        const engine::Execution& execution) {
  Counterexample trace;
  for (unsigned thread = 0; thread < program.threads(); ++thread)
    trace.threads.push_back(program.thread_name(thread));
  const Writer writer(names, trace.threads);
  for (const auto& [name, state] : execution.initial_picture) trace.initial.push_back({name, state});

  const Picture* picture = &execution.initial_picture;
  for (std::size_t i = 0; i < execution.steps.size(); ++i) {
    const engine::ExecutedStep& executed = execution.steps[i];
    Step step{.move = executed.move,
              .action = writer.action(executed.operation, executed.stack),
              .before = {},
              .after = {},
              .result = writer.result(executed),
              .changed = changes(*picture, executed.picture)};
    if (touches_memory(executed.operation)) {
      step.before = writer.value(executed.operation, executed.before);
      step.after = writer.value(executed.operation, executed.after);
    }
    picture = &executed.picture;
    (i < execution.stem_length ? trace.stem : trace.cycle).push_back(std::move(step));
  }

  for (const engine::Execution::Pending& left : execution.pending) {
    Pending pending{.finished = left.finished, .enabled = left.enabled, .action = {}, .last = {}};
    if (!left.finished) {
      pending.action = writer.action(left.operation, left.stack);
      pending.last = last_value(writer, execution, left.operation);
    }
    trace.pending.push_back(std::move(pending));
  }
  for (const engine::Address address : execution.looked_at) {
    std::string location = names.location(address);
    if (trace.looked_at.empty() || trace.looked_at.back() != location)
      trace.looked_at.push_back(std::move(location));
  }
  // Where nothing breaks, no step is without influence on it, and there is nothing to explain.
  if (execution.check.empty() && trace.cycle.empty()) return trace;
  const std::vector<bool> matters = what_matters(trace);
  for (std::size_t i = 0; i < matters.size(); ++i)
    (i < trace.stem.size() ? trace.stem[i] : trace.cycle[i - trace.stem.size()]).matters = matters[i];
  trace.explanation = explain(trace, names);
  return trace;
}

Action describe(const engine::Names& names, const engine::Operation& operation) {
  return Writer(names, {}).action(operation, {});
}

Counterexample record(engine::Program& program, const engine::Options& options, const Subject& subject,
                      const engine::Violation& violation) {
  const engine::Execution execution = engine::replay(program, options, violation.stem, violation.cycle);
  if (violation.cycle.empty() ? execution.check != violation.check : !execution.cycle_closes)
    throw std::runtime_error("the schedule that breaks " + violation.check +
                             " does not break it when it is executed again");
  engine::Names names;
  program.describe(names);
  Counterexample trace = describe(program, names, execution);
  trace.subject = subject;
  trace.semantics = {
      .memory = "sc", .fairness = options.fairness, .locks = options.locks, .without = options.without};
  trace.check = violation.check;
  trace.message = violation.message;
  trace.shortest = violation.shortest;
  trace.fewest_switches = violation.fewest_switches;
  return trace;
}

} // namespace gupcheck::traces
