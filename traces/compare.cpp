// SPDX-License-Identifier: GPL-2.0-only
//
// See compare.hpp.
#include "traces/compare.hpp"

#include "traces/enum_names.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

namespace gupcheck::traces {

namespace {

std::string words_of(const std::optional<Value>& value) { return value ? value->words : "nothing"; }

bool same(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() == b.has_value() && (!a || a->words == b->words);
}

} // namespace

std::string operation_key(const Action& action) {
  return fmt::format("{} {} {}: {}", name_of(action.kind), name_of(action.shows), action.location,
                     words(action));
}

std::string words(StepPart part) {
  switch (part) {
  case StepPart::nothing: break;
  case StepPart::operation: return "operation";
  case StepPart::value: return "value";
  case StepPart::result: return "result";
  case StepPart::new_value: return "new value";
  }
  return "nothing";
}

StepDifference difference(const Step& a, const Step& b) {
  if (operation_key(a.action) != operation_key(b.action))
    return {StepPart::operation, words(a.action), words(b.action)};
  if (!same(a.before, b.before)) return {StepPart::value, words_of(a.before), words_of(b.before)};
  if (!same(a.result, b.result)) return {StepPart::result, words_of(a.result), words_of(b.result)};
  if (!same(a.after, b.after)) return {StepPart::new_value, words_of(a.after), words_of(b.after)};
  return {};
}

} // namespace gupcheck::traces
