// SPDX-License-Identifier: GPL-2.0-only
//
// Fingerprints where symmetry rotates: a sum over all rotations, since none of them is better than the
// others. See symmetry.hpp.
#include "model/engine/expander.hpp"

#include <bit>

namespace gupcheck::engine {

// The fingerprint of what each rotation makes of it.
void Expander::turn(const std::uint64_t* record, Symmetry::Turned& turned) const {
  const Machine& machine = *machine_;
  machine.symmetry.turned(machine.layout.world(record), turned);
  for (unsigned by = 0; by < machine.threads; ++by)
    for (unsigned thread = 0; thread < machine.threads; ++thread)
      turned[by] = turned[by] + turned_fingerprint(RecordLayout::local(record, thread), thread, by);
}

Fingerprint Expander::turned_sum(const Symmetry::Turned& turned) const {
  Fingerprint sum;
  for (unsigned by = 0; by < machine_->threads; ++by)
    sum = sum + fingerprint_of(turned[by].low, turned[by].high);
  return sum;
}

Fingerprint Expander::turned_candidate(const std::uint64_t* record, unsigned thread,
                                       const Outcome& outcome) const {
  Symmetry::Turned turned;
  const ClassId local = RecordLayout::local(record, thread);
  for (unsigned by = 0; by < machine_->threads; ++by) {
    turned[by] = turned_[by] + outcome.change - turned_fingerprint(local, thread, by) +
                 turned_fingerprint(outcome.local, thread, by);
    if (outcome.touched != 0) turned[by] = turned[by] + memo_.owned(outcome)[by];
  }
  return turned_sum(turned);
}

// A rotation that leaves the state as it is makes one of the others of it.
void Expander::find_turned_alike() {
  const unsigned threads = machine_->threads;
  for (unsigned thread = 0; thread < threads; ++thread) {
    unsigned alike = 0;
    for (unsigned by = 0; by < threads; ++by)
      if (turned_[by] == turned_[0]) alike |= 1U << (thread + threads - by) % threads;
    alike_[thread] = alike;
  }
}

} // namespace gupcheck::engine
