// SPDX-License-Identifier: GPL-2.0-only
//
// Learning the automata again from the log of how they were learnt, and whether they are the same then. See
// learning_log.hpp.
#include "model/engine/automaton.hpp"

#include <stdexcept>
#include <string>

namespace gupcheck::engine {

void Automaton::replay(std::span<const LearningLog::Entry> entries) {
  const auto refuse = [&](const LearningLog::Entry& entry, const char* reason) {
    throw std::runtime_error("entry " + std::to_string(&entry - entries.data() + 1) + " of " +
                             std::to_string(entries.size()) + " of what was learnt " + reason);
  };
  for (const LearningLog::Entry& entry : entries) {
    if (stopped_) return;
    if (stop_now()) return;
    switch (entry.act) {
    case LearningLog::Act::restart:
      if (entry.from > static_cast<std::uint32_t>(Merge::nothing))
        refuse(entry, "merges in a way that there is not");
      restart(static_cast<Merge>(entry.from));
      break;
    case LearningLog::Act::start:
      if (entry.from >= threads_) refuse(entry, "starts a thread that there is not");
      start(entry.from);
      break;
    case LearningLog::Act::learn:
      if (entry.from >= classes_.size()) refuse(entry, "is about a class that there is not");
      if (find(entry.from, entry.value) != unknown) refuse(entry, "was known before");
      learn(entry.from, entry.value);
      break;
    case LearningLog::Act::settle: settle(); break;
    case LearningLog::Act::allow_work: allow_work(entry.value); break;
    default: refuse(entry, "is none");
    }
  }
}

Fingerprint Automaton::fingerprint_of_classes() const {
  Fingerprint sum = fingerprint_of(classes_.size(), locals_.size());
  std::uint64_t place = 0;
  const auto add = [&](std::uint64_t value) { sum = sum + fingerprint_of(++place, value); };
  for (const LocalClass& local : classes_) {
    const Access& access = local.access;
    add(local.representative);
    add(static_cast<std::uint64_t>(access.kind));
    for (const std::uint64_t value : {std::uint64_t{access.word}, std::uint64_t{access.stride},
                                      std::uint64_t{access.shift}, access.mask, access.a, access.b})
      add(value);
    for (const Address lock : held(local)) add(lock);
    add(local.step_count);
    for (std::uint32_t i = 0; i < local.step_count; ++i) {
      const LocalClass::Step& step =
          i < local.steps.size() ? local.steps[i] : local.more_steps[i - local.steps.size()];
      add(step.result);
      add(step.next);
    }
  }
  return sum;
}

} // namespace gupcheck::engine
