// SPDX-License-Identifier: GPL-2.0-only
//
// See litmus_code.hpp. Arguments are in the order that linux-kernel.def gives them, the amount of an
// atomic_add() before its variable.
#include "traces/litmus_code.hpp"

#include "traces/litmus_steps.hpp"

#include <fmt/format.h>

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
bool releases(MemoryOrder order) { return order == MemoryOrder::release || order == MemoryOrder::acq_rel; }
bool fully_ordered(MemoryOrder order) {
  return order == MemoryOrder::seq_cst || order == MemoryOrder::acq_rel;
}

constexpr const char* with_fence = "sequentially consistent, so with a full barrier before it";
constexpr const char* with_fence_and_acquire =
    "sequentially consistent, so with a full barrier before it and as an acquire";

class Statement {
public:
  Statement(const Action& action, const LitmusVariable& variable, LitmusNames& names)
      : action_(action), variable_(variable), names_(names) {}

  LitmusCode of(const Step& step) {
    before_ = value(*step.before);
    after_ = value(*step.after);
    switch (action_.kind) {
    case OperationKind::lock: code_.call = fmt::format("spin_lock({})", name()); break;
    case OperationKind::unlock: code_.call = fmt::format("spin_unlock({})", name()); break;
    case OperationKind::load: load(); break;
    case OperationKind::store: write(action_.order, action_.plain, after_); break;
    case OperationKind::exchange: exchange(after_, action_.shows != ResultOf::nothing); break;
    case OperationKind::fetch_add: add(step.after->raw == 0); break;
    case OperationKind::fetch_or:
    case OperationKind::fetch_and:
    case OperationKind::lock_bits: bits(); break;
    case OperationKind::compare_exchange: compare_exchange(); break;
    case OperationKind::add_unless: add_unless(); break;
    default: // wait_equal, wait_not_equal: litmus_has() has no other
      code_.remark = "a wait: the read that ends it";
      returns(read_call(), before_);
    }
    return code_;
  }

  LitmusCode of(const Pending& pending) {
    if (variable_.type == LitmusType::spinlock) {
      code_.remark = "as spin_trylock(), which fails";
      returns(fmt::format("spin_trylock({})", name()), "0");
    } else {
      code_.remark = "as the read that it cannot get past";
      returns(read_call(), value(*pending.last));
    }
    return code_;
  }

private:
  const std::string& name() const { return variable_.name; }
  bool atomic() const { return variable_.type == LitmusType::atomic; }
  std::string value(const Value& value) { return names_.value(variable_, value, action_.size); }

  // The thread depends on it only if the step shows it something.
  void returns(std::string call, const std::string& value, bool differs = false) {
    code_.call = std::move(call);
    code_.returns = true;
    code_.value = value;
    code_.differs = differs;
  }
  std::string if_seen(const std::string& value) const {
    return action_.shows == ResultOf::nothing ? "" : value;
  }

  std::string read_call() const {
    if (action_.plain && !atomic()) return '*' + name();
    // What is sequentially consistent keeps later accesses behind it, too.
    if (acquires(action_.order) || (action_.order == MemoryOrder::seq_cst && !action_.plain))
      return fmt::format("{}({})", atomic() ? "atomic_read_acquire" : "smp_load_acquire", name());
    return atomic() ? fmt::format("atomic_read({})", name()) : fmt::format("READ_ONCE(*{})", name());
  }

  void load() {
    if (action_.shows == ResultOf::old_bits && variable_.bit == 0)
      code_.remark = "a test of some bits, as a read of all";
    code_.fence = action_.order == MemoryOrder::seq_cst && !action_.plain;
    if (code_.fence) code_.remark += (code_.remark.empty() ? "" : "; ") + std::string(with_fence_and_acquire);
    returns(read_call(), if_seen(before_));
  }

  void write(MemoryOrder order, bool plain, const std::string& what) {
    if (plain && !atomic()) {
      code_.call = fmt::format("*{} = {}", name(), what);
    } else if (releases(order)) {
      code_.call =
          fmt::format("{}({}, {})", atomic() ? "atomic_set_release" : "smp_store_release", name(), what);
    } else {
      code_.fence = order == MemoryOrder::seq_cst && !plain;
      if (code_.fence) code_.remark = with_fence;
      code_.call = atomic() ? fmt::format("atomic_set({}, {})", name(), what)
                            : fmt::format("WRITE_ONCE(*{}, {})", name(), what);
    }
  }

  void exchange(const std::string& what, bool seen) {
    returns(fmt::format("{}xchg{}({}, {})", atomic() ? "atomic_" : "", suffix(action_.order), name(), what),
            seen ? before_ : "");
  }

  void add(bool becomes_zero) {
    std::string amount = value(action_.operand);
    const bool negative = amount.starts_with('-');
    if (negative) amount.erase(0, 1);
    const char* verb = negative ? "sub" : "add";
    if (action_.shows == ResultOf::nothing && action_.order == MemoryOrder::relaxed) {
      code_.call = fmt::format("atomic_{}({}, {})", verb, amount, name());
    } else if (action_.shows != ResultOf::new_is_zero) {
      if (action_.shows == ResultOf::nothing) code_.remark = "ordered, so in the form that returns something";
      returns(fmt::format("atomic_fetch_{}{}({}, {})", verb, suffix(action_.order), amount, name()),
              if_seen(before_));
    } else if (negative && fully_ordered(action_.order)) {
      returns(fmt::format("atomic_sub_and_test({}, {})", amount, name()), becomes_zero ? "1" : "0");
    } else {
      returns(fmt::format("atomic_{}_return{}({}, {})", verb, suffix(action_.order), amount, name()), "0",
              !becomes_zero);
    }
  }

  void bits() {
    const bool locks = action_.kind == OperationKind::lock_bits;
    const std::string made = action_.kind == OperationKind::fetch_and ? "0" : "1";
    if (variable_.bit == 0) {
      code_.remark = "on bits, as an xchg: the same where the old value is the one of the clause";
      exchange(after_, true);
    } else if (locks || action_.shows != ResultOf::nothing) {
      if (locks) code_.remark = "a bit lock: the xchg that takes it";
      exchange(made, true);
    } else {
      write(action_.order == MemoryOrder::release ? action_.order : MemoryOrder::relaxed, false, made);
      code_.remark = "an atomic write of one bit, as a write of its variable";
    }
  }

  void compare_exchange() {
    const std::string expected = value(action_.operand);
    const std::string call = fmt::format("{}cmpxchg{}({}, {}, {})", atomic() ? "atomic_" : "",
                                         suffix(action_.order), name(), expected, value(action_.operand2));
    if (action_.shows == ResultOf::success) {
      returns(call, expected, before_ != expected);
    } else {
      returns(call, if_seen(before_));
    }
  }

  void add_unless() {
    const std::string unless = value(action_.operand2);
    if (before_ == unless) {
      code_.remark = "atomic_add_unless() that does not add, as the read that it is";
      returns(fmt::format("atomic_read({})", name()), before_);
    } else {
      code_.remark = "atomic_add_unless() that adds, as an add of what the clause says is something else";
      returns(
          fmt::format("atomic_fetch_add{}({}, {})", suffix(action_.order), value(action_.operand), name()),
          unless, true);
    }
  }

  const Action& action_;
  const LitmusVariable& variable_;
  LitmusNames& names_;
  LitmusCode code_;
  std::string before_;
  std::string after_;
};

} // namespace

bool litmus_has(const Step& step, const LitmusVariable& variable) {
  if (!step.before || !step.after) return false;
  if (variable.type == LitmusType::spinlock) return is_lock(step.action.kind);
  switch (step.action.kind) {
  case OperationKind::load:
  case OperationKind::store:
  case OperationKind::exchange:
  case OperationKind::fetch_add:
  case OperationKind::fetch_or:
  case OperationKind::fetch_and:
  case OperationKind::lock_bits:
  case OperationKind::compare_exchange:
  case OperationKind::add_unless:
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: return true;
  default: return false;
  }
}

LitmusCode litmus_code(const Step& step, const LitmusVariable& variable, LitmusNames& names) {
  return Statement(step.action, variable, names).of(step);
}

LitmusCode litmus_code(const Pending& pending, const LitmusVariable& variable, LitmusNames& names) {
  return Statement(pending.action, variable, names).of(pending);
}

} // namespace gupcheck::traces
