// SPDX-License-Identifier: GPL-2.0-only
//
// Sleep sets: of the orders of transactions that commute not all are explored.
//
// They are Godefroid's (1996), but for two things. Who is asleep in a state follows from one way to reach
// it, whichever a search breadth first found first: nothing is to be noted when it is reached again. And who
// gives way to whom is no matter of names or of who came first: the transaction that begins in the class with
// the larger number does. Renaming changes no class, and a thread stays in its class until it moves.
//
// When a transaction c leads from state u to p, all transactions b of u that commute with it and give way to
// it are asleep in p. Every state is visited all the same, and none later: let q be a state whose shortest
// paths are the shortest of those that are not visited at their distance, and b from p the last transaction
// of one of them. The state p is visited, so b is asleep there, and p was reached from u by some c. But then
// c leads to q from the state after b in u, which is as near as p, so it is visited, too; and c is asleep
// there, or q would be visited. So c gives way to a third transaction in the same manner, and so on: each of
// them begins in a class with a smaller number, so this ends, at a state from which q is visited.
//
// What is asleep breaks no check and teaches nothing: only a transaction that was executed and remembered,
// that is without a finding and without a lesson, has a footprint to compare. (A state with a thread that has
// failed is not expanded, where c may not lead on from it; but then the search ends at this level.)
//
// With transactions they depend on each other through scheduling points and locks only (locations.hpp), else
// through every location.
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

void Expander::note_footprint(const LocalClass& local, unsigned thread, Mover mover, Run& run) const {
  if (mover == Mover::both && machine_->transactions) return;
  const Access& access = local.access;
  if (access.mask != 0) {
    const auto bytes = static_cast<std::uint32_t>(std::bit_width(access.mask) + 7) / 8;
    (writes(access.kind) ? run.footprint.writes : run.footprint.reads) |=
        Footprint::bits(8 * word_of(access, thread) + access.shift / 8U, bytes);
  }
  if (!local.checked) return;
  for (const DirectRead& read : reads_) run.footprint.reads |= Footprint::bits(read.offset, read.size);
}

unsigned Expander::asleep_after(const Candidate& candidate) const {
  const Contenders& contenders = contenders_[candidate.contenders];
  const ClassId from = RecordLayout::local(candidate.parent, candidate.thread);
  const Footprint& footprint = memo_.footprint(candidate.outcome);
  unsigned asleep = 0;
  for (unsigned i = 0; i < contenders.count; ++i) { // without branches: all of it is hard to predict
    const Contenders::Contender& other = contenders.each[i];
    const bool gives_way = (other.from > from) & !memo_.footprint(other.outcome).depends_on(footprint);
    asleep |= gives_way ? other.threads : 0;
  }
  return asleep;
}

} // namespace gupcheck::engine
