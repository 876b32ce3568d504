// SPDX-License-Identifier: GPL-2.0-only
//
// Sleep sets: of the orders of transactions that commute not all are explored.
//
// They are Godefroid's (1996), but for two things. What is asleep in a state follows from one way to reach
// it, whichever a search breadth first found first: nothing is to be noted when it is reached again. And who
// gives way to whom is no matter of names or of who came first: the transaction that begins in the class with
// the larger number does.
//
// When a transaction c leads from state u to p, all transactions b of u that commute with it and give way to
// it are asleep in p. Where b would lead from p, c leads from the state after b. That one is no farther from
// the initial state than p, so it is visited, too; and there c is explored unless it is asleep itself,
// because it gives way to a third transaction of the state after b, and so on: each of these begins in a
// class with a smaller number, so at last one is explored. Hence every state is visited, and none later than
// without this. A check of a step that would break in p broke in u, which is nearer.
//
// Transactions depend on each other through scheduling points and locks only (locations.hpp).
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

void Expander::note_footprint(const LocalClass& local, unsigned thread, Mover mover, Run& run) const {
  if (local.access.mask == 0 || (mover == Mover::both && machine_->transactions)) return;
  const Access& access = local.access;
  const auto bytes = static_cast<std::uint32_t>(std::bit_width(access.mask) + 7) / 8;
  (writes(access.kind) ? run.footprint.writes : run.footprint.reads) |=
      Footprint::bits(8 * word_of(access, thread) + access.shift / 8, bytes);
  for (const DirectRead& read : reads_)
    if (local.checked) run.footprint.reads |= Footprint::bits(read.offset, read.size);
}

unsigned Expander::asleep_after(const Candidate& candidate) const {
  const Movers& movers = movers_[candidate.movers];
  const ClassId from = RecordLayout::local(candidate.parent, candidate.thread);
  const Footprint& footprint = memo_.footprint(candidate.outcome);
  unsigned asleep = 0;
  for (unsigned i = 0; i < movers.count; ++i) { // without branches: all of it is hard to predict
    const Movers::Mover& mover = movers.each[i];
    const bool gives_way = (mover.from > from) & !memo_.footprint(mover.outcome).depends_on(footprint);
    asleep |= gives_way ? mover.threads : 0;
  }
  return asleep;
}

} // namespace gupcheck::engine
