// SPDX-License-Identifier: GPL-2.0-only
//
// See litmus.hpp. Writes each step as the kernel primitive that LKMM knows and collects what its thread saw.
#include "traces/litmus.hpp"

#include "traces/litmus_names.hpp"
#include "traces/litmus_steps.hpp"
#include "traces/litmus_text.hpp"
#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

using engine::MemoryOrder;
using engine::OperationKind;
using engine::ResultOf;

// Of a read-modify-write; the kernel's plain names are fully ordered.
const char* suffix(MemoryOrder order) {
  switch (order) {
  case MemoryOrder::relaxed: return "_relaxed";
  case MemoryOrder::consume:
  case MemoryOrder::acquire: return "_acquire";
  case MemoryOrder::release: return "_release";
  default: return "";
  }
}

bool acquires(MemoryOrder order) { return order == MemoryOrder::acquire || order == MemoryOrder::consume; }

class Writer {
public:
  Writer(const Counterexample& trace, const std::vector<std::size_t>& chosen)
      : trace_(trace), steps_(trace), names_(trace, chosen) {
    number_processes(chosen);
    for (const std::size_t i : chosen) write(i);
    write_the_end();
    for (const std::string& location : trace.looked_at) write_final(location);
    if (conditions_.empty())
      for (const LitmusVariable* variable : names_.all()) write_final(variable->original);
  }

  bool has_steps() const { return !processes_.empty(); }

  std::string text() const {
    std::string out = fmt::format("C {}\n\n(*\n * {}\n", litmus_title(trace_),
                                  litmus_comment(trace_.check + ": " + trace_.message));
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
  void number_processes(const std::vector<std::size_t>& chosen) {
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      const bool moves = std::any_of(chosen.begin(), chosen.end(), [&](std::size_t i) {
        return steps_[i].move.thread == thread && can_be_written(steps_[i].action);
      });
      if (moves || (is_deadlock() && waits_at_the_end(thread)))
        processes_.push_back({thread, static_cast<unsigned>(processes_.size()), 0, {}, {}});
    }
  }

  // Null if it has none.
  LitmusProcess* process_of(std::size_t thread) {
    const auto found = std::find_if(processes_.begin(), processes_.end(),
                                    [&](const LitmusProcess& one) { return one.thread == thread; });
    return found == processes_.end() ? nullptr : &*found;
  }

  bool can_be_written(const Action& action) const {
    const LitmusVariable* variable = names_.variable(action);
    return variable != nullptr && (variable->type != LitmusType::spinlock || is_lock(action.kind));
  }

  bool is_deadlock() const {
    return trace_.cycle.empty() &&
           std::none_of(trace_.pending.begin(), trace_.pending.end(), [](const Pending& it) {
             return !it.finished && (it.enabled || engine::ends_thread(it.action.kind));
           });
  }
  bool waits_at_the_end(std::size_t thread) const {
    return thread < trace_.pending.size() && !trace_.pending[thread].finished &&
           trace_.pending[thread].last && names_.variable(trace_.pending[thread].action) != nullptr;
  }

  // The statement of the step, and what its thread saw.
  void write(std::size_t i) {
    const Step& step = steps_[i];
    process_ = process_of(step.move.thread);
    if (process_ == nullptr) return;
    variable_ = names_.variable(step.action);
    remark_.clear();
    comment(fmt::format("step {}: {}", i + 1, words(step)));
    if (step.action.kind == OperationKind::choose) return;
    if (!can_be_written(step.action)) {
      comment("left out: LKMM has nothing like it");
      return;
    }
    const std::string code = statement(step);
    if (!remark_.empty()) comment(remark_);
    if (!code.empty()) say(code);
  }

  void comment(const std::string& text) { process_->body += fmt::format("\t// {}\n", litmus_comment(text)); }
  void say(const std::string& code) {
    process_->body += fmt::format("\t{};\n", code);
    if (std::find(process_->uses.begin(), process_->uses.end(), variable_) == process_->uses.end())
      process_->uses.push_back(variable_);
  }

  static bool is_lock(OperationKind kind) {
    return kind == OperationKind::lock || kind == OperationKind::unlock;
  }
  const std::string& name() const { return variable_->name; }
  bool atomic() const { return variable_->type == LitmusType::atomic; }
  std::string value(const Step& step, const Value& value) {
    return names_.value(*variable_, value, step.action.size);
  }

  // `r2 = CALL`, with what it must be; empty where nothing depends on it.
  std::string into_register(const std::string& call, const std::string& is, bool differs = false) {
    const unsigned number = process_->registers++;
    const std::string equal = fmt::format("{}:r{}={}", process_->number, number, is);
    if (!is.empty()) conditions_.push_back(differs ? "~(" + equal + ')' : equal);
    return fmt::format("r{} = {}", number, call);
  }

  std::string read_call(const Action& action) const {
    if (action.plain && !atomic()) return '*' + name();
    if (acquires(action.order))
      return fmt::format("{}({})", atomic() ? "atomic_read_acquire" : "smp_load_acquire", name());
    return atomic() ? fmt::format("atomic_read({})", name()) : fmt::format("READ_ONCE(*{})", name());
  }

  std::string write_call(MemoryOrder order, bool plain, const std::string& what) {
    if (plain && !atomic()) return fmt::format("*{} = {}", name(), what);
    if (order == MemoryOrder::release || order == MemoryOrder::acq_rel)
      return fmt::format("{}({}, {})", atomic() ? "atomic_set_release" : "smp_store_release", name(), what);
    if (order == MemoryOrder::seq_cst && !plain) say("smp_mb()");
    return atomic() ? fmt::format("atomic_set({}, {})", name(), what)
                    : fmt::format("WRITE_ONCE(*{}, {})", name(), what);
  }

  std::string exchange_call(MemoryOrder order, const std::string& what) const {
    return fmt::format("{}xchg{}({}, {})", atomic() ? "atomic_" : "", suffix(order), name(), what);
  }

  std::string statement(const Step& step) {
    const Action& action = step.action;
    const std::string before = value(step, *step.before);
    const std::string after = value(step, *step.after);
    switch (action.kind) {
    case OperationKind::lock: return fmt::format("spin_lock({})", name());
    case OperationKind::unlock: return fmt::format("spin_unlock({})", name());
    case OperationKind::load: return load(action, before);
    case OperationKind::store: return write_call(action.order, action.plain, after);
    case OperationKind::exchange:
      return into_register(exchange_call(action.order, after),
                           action.shows == ResultOf::nothing ? "" : before);
    case OperationKind::fetch_add: return add(step, before);
    case OperationKind::fetch_or:
    case OperationKind::fetch_and:
    case OperationKind::lock_bits: return bits(step, before, after);
    case OperationKind::compare_exchange: return compare_exchange(step, before);
    case OperationKind::add_unless: return add_unless(step, before);
    case OperationKind::wait_equal:
    case OperationKind::wait_not_equal:
      remark_ = "a wait: the read that ends it";
      return into_register(read_call(action), before);
    default: return {};
    }
  }

  std::string load(const Action& action, const std::string& before) {
    if (action.order == MemoryOrder::seq_cst && !action.plain) say("smp_mb()");
    if (action.shows == ResultOf::old_bits && variable_->bit == 0)
      remark_ = "a test of some bits, as a read of all";
    return into_register(read_call(action), action.shows == ResultOf::nothing ? "" : before);
  }

  std::string add(const Step& step, const std::string& before) {
    const Action& action = step.action;
    Value addend = action.operand;
    std::string amount = value(step, addend);
    const bool negative = amount.starts_with('-');
    if (negative) amount.erase(0, 1);
    const char* verb = negative ? "sub" : "add";
    if (action.shows == ResultOf::nothing && action.order == MemoryOrder::relaxed)
      return fmt::format("atomic_{}({}, {})", verb, amount, name());
    if (action.shows == ResultOf::new_is_zero) {
      const bool zero = step.after->raw == 0;
      if (action.order == MemoryOrder::seq_cst || action.order == MemoryOrder::acq_rel)
        return negative ? into_register(fmt::format("atomic_sub_and_test({}, {})", amount, name()),
                                        zero ? "1" : "0")
                        : into_register(fmt::format("atomic_add_return({}, {})", amount, name()), "0", !zero);
      return into_register(
          fmt::format("atomic_{}_return{}({}, {})", verb, suffix(action.order), amount, name()), "0", !zero);
    }
    if (action.shows == ResultOf::nothing) remark_ = "ordered, so in the form that returns something";
    return into_register(fmt::format("atomic_fetch_{}{}({}, {})", verb, suffix(action.order), amount, name()),
                         action.shows == ResultOf::nothing ? "" : before);
  }

  std::string bits(const Step& step, const std::string& before, const std::string& after) {
    const Action& action = step.action;
    const bool result = action.shows != ResultOf::nothing || action.kind == OperationKind::lock_bits;
    if (variable_->bit == 0) {
      remark_ = "on bits, as an xchg: the same where the old value is the one of the clause";
      return into_register(exchange_call(action.order, after), before);
    }
    const std::string made = action.kind == OperationKind::fetch_and ? "0" : "1";
    if (result) {
      if (action.kind == OperationKind::lock_bits) remark_ = "a bit lock: the xchg that takes it";
      return into_register(exchange_call(action.order, made), before);
    }
    remark_ = "an atomic write of one bit, as a write of its variable";
    return write_call(action.order == MemoryOrder::release ? action.order : MemoryOrder::relaxed, false,
                      made);
  }

  std::string compare_exchange(const Step& step, const std::string& before) {
    const Action& action = step.action;
    const std::string expected = value(step, action.operand);
    const std::string call =
        fmt::format("{}cmpxchg{}({}, {}, {})", atomic() ? "atomic_" : "", suffix(action.order), name(),
                    expected, value(step, action.operand2));
    if (action.shows != ResultOf::success)
      return into_register(call, action.shows == ResultOf::nothing ? "" : before);
    return into_register(call, expected, before != expected);
  }

  std::string add_unless(const Step& step, const std::string& before) {
    const Action& action = step.action;
    const std::string unless = value(step, action.operand2);
    if (before == unless) {
      remark_ = "atomic_add_unless() that does not add, as the read that it is";
      return into_register(fmt::format("atomic_read({})", name()), before);
    }
    remark_ = "atomic_add_unless() that adds, as an add of what the clause says is something else";
    return into_register(
        fmt::format("atomic_fetch_add{}({}, {})", suffix(action.order), value(step, action.operand), name()),
        unless, true);
  }

  // In a deadlock: each thread finds the lock held that it wants.
  void write_the_end() {
    for (std::size_t thread = 0; is_deadlock() && thread < trace_.pending.size(); ++thread) {
      if (!waits_at_the_end(thread)) continue;
      const Pending& pending = trace_.pending[thread];
      process_ = process_of(thread);
      variable_ = names_.variable(pending.action);
      comment("at the end: " + words(pending));
      if (variable_->type == LitmusType::spinlock) {
        comment("as spin_trylock(), which fails");
        say(into_register(fmt::format("spin_trylock({})", name()), "0"));
      } else {
        comment("as the read that it cannot get past");
        say(into_register(read_call(pending.action),
                          names_.value(*variable_, *pending.last, pending.action.size)));
      }
    }
  }

  // What the location holds at last.
  void write_final(const std::string& location) {
    const LitmusVariable* variable = names_.variable(location);
    if (variable == nullptr || variable->type == LitmusType::spinlock) return;
    for (std::size_t i = steps_.size(); i-- > 0;) {
      const Step& step = steps_[i];
      if (step.action.location != location || !step.after) continue;
      conditions_.push_back(
          fmt::format("{}={}", variable->name, names_.value(*variable, *step.after, step.action.size)));
      return;
    }
  }

  const Counterexample& trace_;
  Steps steps_;
  LitmusNames names_;
  std::vector<LitmusProcess> processes_;
  std::vector<std::string> conditions_;
  LitmusProcess* process_ = nullptr;         // of the step that is being written
  const LitmusVariable* variable_ = nullptr; // that it is on
  std::string remark_;                       // how it is written
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
