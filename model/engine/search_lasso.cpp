// SPDX-License-Identifier: GPL-2.0-only
//
// Cuts an endless run off at its first return that is one already. The graph knows transactions: a loop of
// one step shows as often as a transaction goes round it, and a way into a cycle may be in the cycle already.
// See search.hpp.
#include "model/engine/search_worker.hpp"

#include <set>
#include <span>

namespace gupcheck::engine {

namespace {

// Longer runs are left as they are: the time goes with the square.
constexpr std::size_t longest = 20'000;

// What matters of a state on the way.
struct Passed {
  Fingerprint state;
  unsigned live;
  unsigned enabled;
};

Passed look_at(const Machine& machine, const std::vector<std::uint64_t>& record) {
  Passed passed{.state = {}, .live = 0, .enabled = 0};
  const std::uint64_t* world = machine.layout.world(record.data());
  std::vector<std::uint64_t> content(world, world + machine.initial_world.size());
  for (unsigned thread = 0; thread < machine.threads; ++thread) {
    const ClassId local = RecordLayout::local(record.data(), thread);
    const Access& access = machine.automaton[local].access;
    content.push_back(local);
    if (access.kind != OperationKind::finished) passed.live |= 1U << thread;
    if (enabled(access, world, thread)) passed.enabled |= 1U << thread;
  }
  passed.state = fingerprint_of(std::as_bytes(std::span(content)));
  return passed;
}

// Whether a walk is an endless run of the same kind when it closes. `moving`: who takes steps in it;
// `enabled` and `blocked`: who could move, or could not, in some of its states.
bool is_endless(unsigned live, unsigned moving, unsigned enabled, unsigned blocked,
                std::optional<unsigned> starved, Fairness fairness) {
  const unsigned resting = live & ~moving;
  if (!starved) return resting == 0;
  if ((resting >> *starved & 1U) == 0) return false;
  switch (fairness) {
  case Fairness::none: return true;
  case Fairness::weak: return (resting & ~blocked) == 0;
  case Fairness::strong: return (resting & enabled) == 0;
  }
  return false;
}

} // namespace

void Search::shorten(std::vector<Move>& stem, std::vector<Move>& cycle, std::optional<unsigned> starved) {
  std::vector<Move> moves = stem;
  moves.insert(moves.end(), cycle.begin(), cycle.end());
  if (moves.size() > longest) return;
  Expander& expander = workers_[0]->expander;
  std::vector<std::uint64_t>& record = workers_[0]->record;
  make_initial(record.data());
  std::vector<Move> ignored;
  std::vector<Passed> passed;
  std::set<std::pair<std::uint64_t, std::uint64_t>> visited;
  for (std::size_t end = 0;; ++end) {
    passed.push_back(look_at(machine_, record));
    const Fingerprint& state = passed.back().state;
    const bool is_new = visited.emplace(state.low, state.high).second;
    unsigned moving = 0;
    unsigned could_move = 0;
    unsigned blocked = 0;
    for (std::size_t begin = end; !is_new && begin-- > 0;) {
      moving |= 1U << moves[begin].thread;
      could_move |= passed[begin].enabled;
      blocked |= passed[begin].live & ~passed[begin].enabled;
      if (!(passed[begin].state == state) ||
          !is_endless(passed[begin].live, moving, could_move, blocked, starved, options_->fairness))
        continue;
      const auto at = [&](std::size_t i) { return moves.begin() + static_cast<std::ptrdiff_t>(i); };
      stem.assign(moves.begin(), at(begin));
      cycle.assign(at(begin), at(end));
      return;
    }
    if (end == moves.size()) return;
    expander.follow(record.data(), moves[end], 1, ignored);
  }
}

} // namespace gupcheck::engine
