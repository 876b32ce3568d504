// SPDX-License-Identifier: GPL-2.0-only
//
// The words for each kind of operation, in one place.
#include "traces/wording.hpp"

#include <fmt/format.h>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;
using engine::ResultOf;

// As a signed number of the operation's size: what a kernel developer writes as sub is an add of it.
bool is_negative(const Action& action) {
  if (action.size == 0) return false;
  return ((action.operand.raw >> (8 * action.size - 1)) & 1) != 0;
}

std::string_view verb(const Action& action) {
  const bool bits = action.shows == ResultOf::old_bits;
  switch (action.kind) {
  case OperationKind::load: return bits ? "test" : "read";
  case OperationKind::store: return "write";
  case OperationKind::exchange: return "xchg";
  case OperationKind::fetch_add:
    if (action.shows == ResultOf::new_is_zero) return is_negative(action) ? "sub_and_test" : "add_and_test";
    return is_negative(action) ? "sub" : "add";
  case OperationKind::fetch_or: return bits ? "test_and_set" : "set";
  case OperationKind::fetch_and: return bits ? "test_and_clear" : "clear";
  case OperationKind::compare_exchange: return "cmpxchg";
  case OperationKind::add_unless: return "add_unless";
  case OperationKind::lock:
  case OperationKind::lock_bits: return "lock";
  case OperationKind::enqueue: return "queue for";
  case OperationKind::unlock: return "unlock";
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: return "wait until";
  case OperationKind::choose: return "choose";
  case OperationKind::finished: return "return";
  case OperationKind::failed: return "assert";
  case OperationKind::fault: return "crash";
  }
  return "?";
}

std::string target(const Action& action) {
  return action.bits.empty() ? action.location : action.location + ' ' + action.bits;
}

// The condition that a wait waits for.
std::string condition(const Action& action) {
  const bool equal = action.kind == OperationKind::wait_equal;
  if (!action.bits.empty())
    return fmt::format("{} is {}", target(action), equal == (action.operand2.raw == 0) ? "clear" : "set");
  return fmt::format("{} is {}{}", action.location, equal ? "" : "not ", action.operand2.words);
}

std::string change(const Step& step) {
  if (!step.before || !step.after) return {};
  if (*step.before == *step.after) return "stays " + step.after->words;
  return fmt::format("{} -> {}", step.before->words, step.after->words);
}

bool stored(const Step& step) {
  if (step.action.shows == ResultOf::success) return step.result && step.result->raw != 0;
  return step.before && step.before->raw == step.action.operand.raw;
}

// What came of it, after the colon; empty where the verb says it all.
std::string outcome(const Step& step) {
  const Action& action = step.action;
  switch (action.kind) {
  case OperationKind::load:
    if (action.shows == ResultOf::old_bits) return step.result && step.result->raw != 0 ? "set" : "clear";
    return step.before ? step.before->words : std::string();
  case OperationKind::fetch_or:
  case OperationKind::fetch_and:
    if (action.shows == ResultOf::old_bits)
      return step.result && step.result->raw != 0 ? "was set" : "was clear";
    return action.bits.empty() ? change(step) : std::string();
  case OperationKind::compare_exchange:
    if (stored(step)) return change(step);
    return fmt::format("fails, is {}, not {}", step.before ? step.before->words : "?", action.operand.words);
  case OperationKind::add_unless: return stored(step) ? change(step) : "fails, is " + action.operand2.words;
  case OperationKind::store:
  case OperationKind::exchange:
  case OperationKind::fetch_add: return change(step);
  default: return {};
  }
}

} // namespace

std::string words(const Action& action) {
  switch (action.kind) {
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: return fmt::format("{} {}", verb(action), condition(action));
  case OperationKind::choose: return fmt::format("{} one of {}", verb(action), action.operand.words);
  case OperationKind::finished:
  case OperationKind::failed:
  case OperationKind::fault: return std::string(verb(action));
  default: return fmt::format("{} {}", verb(action), target(action));
  }
}

std::string words(const Step& step) {
  if (step.action.kind == OperationKind::choose)
    return fmt::format("choose {} of 0..{}", step.move.choice, step.action.operand.raw - 1);
  if (step.action.kind == OperationKind::wait_equal || step.action.kind == OperationKind::wait_not_equal)
    return "waited until " + condition(step.action);
  const std::string end = outcome(step);
  return end.empty() ? words(step.action) : words(step.action) + ": " + end;
}

std::string words(const Pending& pending) {
  if (pending.finished) return "has finished";
  const OperationKind kind = pending.action.kind;
  if (kind == OperationKind::failed) return "stops, its assertion does not hold";
  if (kind == OperationKind::fault) return "crashes";
  std::string now;
  if (pending.last && !pending.enabled) now = fmt::format(" (now {})", pending.last->words);
  return fmt::format("{}{}{}", pending.enabled ? "next: " : "waits: ", words(pending.action), now);
}

std::string words(const Source& source) {
  if (source.file.empty()) return "an unknown place";
  return fmt::format("{}:{}", source.file, source.line);
}

std::string call_path(const std::vector<std::string>& stack) {
  std::string path;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    if (i == 0 && (stack[i] == "thread" || stack[i].ends_with("::thread"))) continue;
    path += (path.empty() ? "" : " > ") + stack[i];
  }
  return path;
}

} // namespace gupcheck::traces
