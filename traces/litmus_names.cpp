// SPDX-License-Identifier: GPL-2.0-only
//
// See litmus_names.hpp.
#include "traces/litmus_names.hpp"

#include "traces/litmus_steps.hpp"
#include "traces/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;

constexpr std::size_t longest_name = 48;
constexpr std::size_t first_number = 101; // of a value that has a name: no small number looks like one

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c); }

// What the language has taken: C's and herd's words, the kernel's primitives, registers and processes; and
// what herd takes for the page table entry or the physical address of something.
bool is_reserved(const std::string& name) {
  static const std::set<std::string_view> words{
      "ATOMIC_INIT", "Attrs",     "C",          "Fault",      "NOP",    "Observed", "PA",       "PTE",
      "SCAS",        "TAG",       "TTD",        "WCAS",       "and",    "atomic",   "attrs",    "barrier",
      "char",        "const",     "do",         "else",       "exists", "extern",   "false",    "fault",
      "filter",      "final",     "for",        "forall",     "if",     "int",      "int64_t",  "intptr_t",
      "locations",   "lock",      "long",       "nop",        "not",    "oa",       "observed", "regions",
      "return",      "short",     "signed",     "spinlock_t", "static", "struct",   "tag",      "true",
      "uint64_t",    "uintptr_t", "unlock",     "unsigned",   "void",   "volatile", "while",    "with",
      "xchg",        "cmpxchg",   "srcu_struct"};
  if (words.contains(name)) return true;
  for (const std::string_view prefix :
       {"atomic_", "cmpxchg_", "memory_order_", "mtx_", "phy_", "pte_", "smp_", "spin_", "xchg_"})
    if (name.starts_with(prefix)) return true;
  return (name[0] == 'r' || name[0] == 'P') && name.size() > 1 &&
         std::all_of(name.begin() + 1, name.end(), is_digit);
}

} // namespace

LitmusNames::LitmusNames(const Counterexample& trace, const std::vector<std::size_t>& chosen) {
  const Steps steps(trace);
  classify(steps, chosen);
  for (const std::size_t i : chosen) add(steps[i]);
}

void LitmusNames::classify(const Steps& steps, const std::vector<std::size_t>& chosen) {
  for (const std::size_t i : chosen) {
    const Step& step = steps[i];
    if (!step.before || !step.after) continue;
    Use& use = uses_[step.action.location];
    const OperationKind kind = step.action.kind;
    use.bits = use.bits && litmus_on_single_bit(step.action);
    use.arithmetic = use.arithmetic || kind == OperationKind::fetch_add || kind == OperationKind::add_unless;
    use.lock = use.lock || is_lock(kind);
    // What is masked is a number, whatever it is called.
    if (kind == OperationKind::fetch_or || kind == OperationKind::fetch_and ||
        kind == OperationKind::lock_bits)
      use.arithmetic = use.arithmetic || !litmus_on_single_bit(step.action);
    use.names = use.names || !is_number(step.before->words) || !is_number(step.after->words);
  }
}

void LitmusNames::add(const Step& step) {
  const Action& action = step.action;
  if (!step.before || !step.after) return;
  const Use& use = uses_.at(action.location);
  const std::uint64_t bit = use.bits ? litmus_bits(action) : 0;
  const auto [found, is_new] = variables_.try_emplace({action.location, bit});
  if (!is_new) return;
  LitmusVariable& variable = found->second;
  variable.bit = bit;
  variable.original = action.location;
  if (use.bits)
    variable.original +=
        action.bits.empty() ? fmt::format(" bit {}", std::countr_zero(bit)) : ' ' + action.bits;
  variable.name = identifier(variable.original);
  // A lock comes first: what else is done to its word is left out.
  variable.type = use.lock ? LitmusType::spinlock : use.arithmetic ? LitmusType::atomic : LitmusType::integer;
  variable.symbolic = use.names && !use.arithmetic && !use.bits && !use.lock;
  if (!use.lock) variable.initial = value(variable, *step.before, action.size);
  order_.push_back(&variable);
}

const LitmusVariable* LitmusNames::variable(const Action& action) const {
  const auto use = uses_.find(action.location);
  if (action.size == 0 || use == uses_.end()) return nullptr;
  const auto found = variables_.find({action.location, use->second.bits ? litmus_bits(action) : 0});
  return found == variables_.end() ? nullptr : &found->second;
}

const LitmusVariable* LitmusNames::variable(const std::string& location) const {
  const auto found = variables_.find({location, 0});
  return found == variables_.end() ? nullptr : &found->second;
}

std::string LitmusNames::value(const LitmusVariable& variable, const Value& value, unsigned size) {
  if (variable.bit != 0) return (value.raw & variable.bit) != 0 ? "1" : "0";
  if (!variable.symbolic || value.raw == 0) return std::to_string(as_signed(value.raw, size));
  const auto [found, is_new] = numbers_.try_emplace(value.words);
  if (is_new) {
    found->second = std::to_string(first_number + legend_.size());
    legend_.emplace_back(found->second, value.words);
  }
  return found->second;
}

// Letters, digits and single underscores; not taken by the language nor by another variable.
std::string LitmusNames::identifier(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const char next = is_word(c) ? c : '_';
    if (next != '_' || (!name.empty() && name.back() != '_')) name += next;
  }
  if (name.size() > longest_name) name.resize(longest_name);
  while (name.ends_with('_')) name.pop_back();
  if (name.empty() || is_digit(name[0]) || is_reserved(name)) name = "v_" + name;
  std::string candidate = name;
  for (unsigned n = 2; !taken_.insert(candidate).second; ++n) candidate = fmt::format("{}_{}", name, n);
  return candidate;
}

} // namespace gupcheck::traces
