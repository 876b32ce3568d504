// SPDX-License-Identifier: GPL-2.0-only
//
// What a search learns between two rounds: steps that no thread had made before, accesses that nobody had
// made before, and that symmetry cannot express something. One thread does it, in an order that does not
// depend on the workers, so the automata and all numbers are the same however many there are.
#include "model/engine/search_worker.hpp"

#include <algorithm>

namespace gupcheck::engine {

// False when the search is worthless now and has to start again, or has to stop.
bool Search::digest() {
  // Not at each round: how many there are is a matter of chance.
  learnt_.automaton.allow_work(counts().transitions);
  learn_steps();
  bool stands = !learnt_.automaton.restart_needed() && !learnt_.automaton.stopped();
  bool points_stand = true;
  std::string why_off;
  std::string why_rotate;
  const unsigned version = learnt_.symmetry.version();
  for (const auto& worker : workers_) {
    Lessons& lessons = worker->expander.lessons();
    points_stand = note_accesses(lessons) && points_stand;
    Lessons::note_reason(why_off, lessons.why_off);
    Lessons::note_reason(why_rotate, lessons.why_rotate);
    lessons.clear();
  }
  if (!why_off.empty()) learnt_.symmetry.switch_off(why_off);
  if (!why_rotate.empty()) learnt_.symmetry.only_rotate(why_rotate);
  if (!points_stand && mode_.scouts()) {
    // What it has seen, happens; that it has not seen everything does not matter yet.
    scouted_too_little_ = points_stand = true;
    for (ClassId id = 0; id < classes_known_; ++id) find_mover(learnt_.automaton[id]);
    for (const auto& worker : workers_) worker->expander.forget_transactions();
  }
  meet_classes();
  return stands && points_stand && version == learnt_.symmetry.version();
}

void Search::learn_steps() {
  std::vector<Lessons::Step> steps;
  for (const auto& worker : workers_) {
    const std::vector<Lessons::Step>& more = worker->expander.lessons().steps;
    steps.insert(steps.end(), more.begin(), more.end());
  }
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  for (const Lessons::Step& step : steps) {
    if (learnt_.automaton.restart_needed() || learnt_.automaton.stopped()) return;
    learnt_.automaton.learn(step.from, step.result);
  }
}

// Operations that can be executed from now on.
void Search::meet_classes() {
  constexpr Locations::Threads all = (1U << max_threads) - 1;
  for (; classes_known_ < learnt_.automaton.size(); ++classes_known_) {
    const auto id = static_cast<ClassId>(classes_known_);
    LocalClass& local = learnt_.automaton[id];
    learnt_.symmetry.learn(learnt_.automaton.representative(id));
    find_mover(local);
    if (!mode_.transactions) local.noted = all; // nobody asks
  }
}

void Search::find_mover(LocalClass& local) const {
  const auto threads = static_cast<Locations::Threads>((1U << machine_.threads) - 1);
  local.mover = learnt_.locations.mover(local.access, threads);
}

bool Search::note_accesses(const Lessons& lessons) {
  if (!mode_.transactions) return true;
  bool stands = true;
  for (const Lessons::Access& access : lessons.accesses) {
    LocalClass& local = learnt_.automaton[access.local];
    // What one thread does, those like it do, too, in states that look the same.
    const unsigned threads = learnt_.symmetry.like(access.thread) & ~unsigned{local.noted};
    for (unsigned thread = 0; thread < machine_.threads; ++thread)
      if ((threads >> thread & 1U) != 0)
        stands = !learnt_.locations.note(local.access, learnt_.automaton.held(local), thread) && stands;
    local.noted = static_cast<Locations::Threads>(local.noted | threads);
  }
  for (const Lessons::Read& read : lessons.reads) stands = note_read(read) && stands;
  return stands;
}

// What one thread's check looks at, those of the threads like it do, too: in their own block if that was its
// own, and else in any but their own.
bool Search::note_read(const Lessons::Read& lesson) {
  const Symmetry& symmetry = learnt_.symmetry;
  const bool observed = lesson.thread == Lessons::Read::observer;
  const std::uint32_t word = lesson.read.offset / 8;
  const bool in_block = symmetry.on() && symmetry.in_block(word);
  const auto first = static_cast<std::uint32_t>(arena().block(0) - Arena::base);
  const auto stride = static_cast<std::uint32_t>(arena().block_stride());
  const unsigned owner = in_block ? (lesson.read.offset - first) / stride : 0;
  const unsigned owners = in_block ? symmetry.like(owner) : 1;
  const unsigned readers = observed ? 1U << Lessons::Read::observer : symmetry.like(lesson.thread);
  bool stands = true;
  for (unsigned reader = 0; reader <= max_threads; ++reader) {
    if ((readers >> reader & 1U) == 0) continue;
    const std::uint64_t held =
        observed
            ? 0
            : learnt_.locations.number_locks(learnt_.automaton.held(learnt_.automaton[lesson.local]), reader);
    for (unsigned of = 0; of < max_threads; ++of) {
      if ((owners >> of & 1U) == 0) continue;
      const bool reads_own = lesson.thread == owner;
      if (in_block && !observed && (reader == of) != reads_own) continue;
      DirectRead read = lesson.read;
      if (in_block) read.offset = first + of * stride + (read.offset - first) % stride;
      stands = !learnt_.locations.note(read, static_cast<Locations::Threads>(1U << reader), held) && stands;
    }
  }
  return stands;
}

} // namespace gupcheck::engine
