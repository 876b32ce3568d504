// SPDX-License-Identifier: GPL-2.0-only
//
// See litmus_steps.hpp.
#include "traces/litmus_steps.hpp"

#include "traces/steps.hpp"
#include "traces/values.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <string>

namespace gupcheck::traces {

namespace {

using engine::OperationKind;
using engine::ResultOf;

class Selection {
public:
  Selection(const Counterexample& trace, bool all) : trace_(trace), steps_(trace), chosen_(steps_.size()) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      chosen_[i] = all || steps_[i].matters;
      if (!litmus_on_single_bit(steps_[i].action)) on_values_.insert(steps_[i].action.location);
    }
  }

  std::vector<std::size_t> find() {
    add_sources();
    add_locks();
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < steps_.size(); ++i)
      if (chosen_[i]) found.push_back(i);
    return found;
  }

private:
  // The bits of its location that decide what is written for the action: all if it becomes one variable. That
  // is known only of a location where no step is on more than a bit, as others may still be chosen.
  std::uint64_t bits_of(const Action& action) const {
    return on_values_.contains(action.location) ? ~std::uint64_t{0} : litmus_bits(action);
  }

  // From the last step to the first, so that what is added has its sources added, too.
  void add_sources() {
    std::map<std::string, std::uint64_t> needed; // of each location: the bits that a later step finds
    for (const std::string& location : trace_.looked_at) needed[location] = ~std::uint64_t{0};
    for (const Pending& pending : trace_.pending)
      if (litmus_waits_at_the_end(trace_, pending) && !is_lock(pending.action.kind))
        needed[pending.action.location] |= bits_of(pending.action);
    for (std::size_t i = steps_.size(); i-- > 0;) {
      const Step& step = steps_[i];
      if (!step.before || !step.after || is_lock(step.action.kind)) continue;
      std::uint64_t& bits = needed[step.action.location];
      if (((step.before->raw ^ step.after->raw) & bits) != 0) chosen_[i] = true;
      if (chosen_[i] && litmus_observes(step.action)) bits |= bits_of(step.action);
    }
  }

  void add_locks() {
    struct Held {
      std::size_t since;
      std::size_t before; // so many of the thread's steps were chosen before
    };
    std::vector<std::map<std::string, Held>> held(trace_.threads.size());
    std::vector<std::size_t> chosen(trace_.threads.size());
    const auto needed = [&](const Held& lock, std::size_t thread) {
      return chosen_[lock.since] || chosen[thread] > lock.before;
    };
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Action& action = steps_[i].action;
      const std::size_t thread = steps_[i].move.thread;
      auto& own = held[thread];
      if (action.kind == OperationKind::lock) {
        own[action.location] = {i, chosen[thread]};
      } else if (action.kind == OperationKind::unlock) {
        const auto lock = own.find(action.location);
        // A lock that was held before the first step is not given back here either.
        chosen_[i] = lock != own.end() && (chosen_[i] || needed(lock->second, thread));
        if (chosen_[i]) chosen_[lock->second.since] = true;
        if (lock != own.end()) own.erase(lock);
      } else {
        chosen[thread] += chosen_[i];
      }
    }
    for (std::size_t thread = 0; thread < held.size(); ++thread)
      for (const auto& [location, lock] : held[thread])
        if (needed(lock, thread)) chosen_[lock.since] = true;
  }

  const Counterexample& trace_;
  Steps steps_;
  std::vector<bool> chosen_;
  std::set<std::string> on_values_; // locations with a step on more than one bit
};

} // namespace

std::uint64_t litmus_bits(const Action& action) {
  const std::uint64_t all = all_bits(action.size);
  switch (action.kind) {
  case OperationKind::load: return action.shows == ResultOf::old_bits ? action.operand.raw & all : all;
  case OperationKind::fetch_or:
  case OperationKind::lock_bits:
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: return action.operand.raw & all;
  case OperationKind::fetch_and: return ~action.operand.raw & all;
  default: return all;
  }
}

bool litmus_on_single_bit(const Action& action) {
  switch (action.kind) {
  case OperationKind::load:
    if (action.shows != ResultOf::old_bits) return false;
    break;
  case OperationKind::fetch_or:
  case OperationKind::fetch_and:
    if (action.shows != ResultOf::old_bits && action.shows != ResultOf::nothing) return false;
    break;
  case OperationKind::lock_bits:
  case OperationKind::wait_equal:
  case OperationKind::wait_not_equal: break;
  default: return false;
  }
  return action.size != 0 && std::popcount(litmus_bits(action)) == 1;
}

bool litmus_observes(const Action& action) {
  switch (action.kind) {
  case OperationKind::store:
  case OperationKind::fetch_add: return action.shows != ResultOf::nothing;
  case OperationKind::choose: return false;
  default: return true;
  }
}

bool litmus_waits_at_the_end(const Counterexample& trace, const Pending& pending) {
  return nobody_can_move(trace) && !pending.finished && pending.last.has_value();
}

std::vector<std::size_t> litmus_steps(const Counterexample& trace, bool all) {
  return Selection(trace, all).find();
}

} // namespace gupcheck::traces
