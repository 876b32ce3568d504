// SPDX-License-Identifier: GPL-2.0-only
//
// What is asked about whole states: their checks, and their fingerprints from scratch. See expander.hpp.
#include "model/engine/expander.hpp"

#include <algorithm>
#include <tuple>

namespace gupcheck::engine {

void Lessons::clear() {
  steps.clear();
  accesses.clear();
  reads.clear();
  why_off.clear();
  why_rotate.clear();
}

void Lessons::note_reason(std::string& reason, std::string_view another) {
  if (!another.empty() && (reason.empty() || another < reason)) reason = another;
}

bool Finding::operator<(const Finding& other) const {
  const auto key = [](const Finding& finding) {
    // A state at this level is reached by steps that break nothing, unless these are found, too.
    return std::make_tuple(finding.level, !finding.last.has_value(), finding.number,
                           finding.last ? finding.last->thread : 0, finding.last ? finding.last->choice : 0,
                           finding.steps, finding.stage, std::string_view(finding.check->name),
                           std::string_view(finding.message));
  };
  return key(*this) < key(other);
}

Expander::Expander(Machine& machine)
    : machine_(&machine), scratch_(machine.initial_world.size() + 2 * std::size_t{max_threads}) {
  for (unsigned thread = 0; thread < max_threads; ++thread) alike_[thread] = 1U << thread;
}

Fingerprint Expander::fingerprint(const std::uint64_t* record) {
  const Machine& machine = *machine_;
  if (machine.raw) return fingerprint_bytes(record, 0, RecordLayout::local(record, 0), {});
  if (machine.symmetry.rotates()) {
    Symmetry::Turned turned;
    turn(record, turned);
    return turned_sum(turned);
  }
  Symmetry::Owned owned{};
  Fingerprint sum = machine.symmetry.sum(machine.layout.world(record), owned);
  for (unsigned thread = 0; thread < machine.threads; ++thread)
    sum = sum + share(thread, RecordLayout::local(record, thread), owned[thread]);
  return sum;
}

// The raw executor's: all bytes of the successor, nothing incremental, nothing learnt.
Fingerprint Expander::fingerprint_bytes(const std::uint64_t* record, unsigned thread, ClassId local,
                                        std::span<const WordChange> changes) {
  const Machine& machine = *machine_;
  auto next = std::copy_n(machine.layout.world(record), machine.initial_world.size(), scratch_.begin());
  for (const WordChange& change : changes) scratch_[change.word] = change.after;
  for (unsigned other = 0; other < machine.threads; ++other) {
    const Fingerprint& content =
        machine.automaton.content(other == thread ? local : RecordLayout::local(record, other));
    *next++ = content.low;
    *next++ = content.high;
  }
  return fingerprint_of(std::as_bytes(std::span(scratch_.begin(), next)));
}

void Expander::report(std::optional<Broken> broken, Finding finding) {
  if (!broken || machine_->checks.left_out(*broken)) [[likely]]
    return;
  finding.check = broken->check;
  finding.message = std::move(broken->message);
  findings_.push_back(std::move(finding));
}

// With symmetry a state stands for all that renaming makes of it. What a check says of one it says of all if
// it looks at nothing that names threads; else it is asked about each.
template <class Evaluate>
void Expander::report_in_every_order(const std::uint64_t* world, Finding finding, Evaluate evaluate) {
  const Symmetry& symmetry = machine_->symmetry;
  reads_.clear();
  auto broken = evaluate(world);
  if (broken || !symmetry.on()) {
    report(std::move(broken), std::move(finding));
    return;
  }
  const bool depends_on_names = std::any_of(reads_.begin(), reads_.end(), [&](const DirectRead& read) {
    const std::uint32_t word = read.offset / 8;
    return symmetry.in_block(word) || (symmetry.concerns(word) && symmetry.names_thread(word, world[word]));
  });
  if (!depends_on_names) return;
  constexpr std::size_t most_orders = 120;
  if (symmetry.orders().size() > most_orders) {
    Lessons::note_reason(lessons_.why_off,
                         "a check of whole states looks at the threads' own data, in too many orders");
    return;
  }
  std::vector<std::uint64_t> renamed(machine_->initial_world.size());
  for (std::size_t i = 1; i < symmetry.orders().size(); ++i) {
    symmetry.rename(world, symmetry.orders()[i], renamed.data());
    broken = evaluate(renamed.data());
    if (!broken) continue;
    finding.renaming = symmetry.orders()[i];
    report(std::move(broken), std::move(finding));
    return;
  }
}

void Expander::check_end(std::uint64_t* record, bool all_finished, std::uint64_t level) {
  const Machine& machine = *machine_;
  report_in_every_order(
      machine.layout.world(record),
      {.level = level, .number = RecordLayout::number(record), .stage = Finding::Stage::end},
      [&](const std::uint64_t* world) {
        return machine.checks.end(all_finished, {world, machine.initial_world.size()},
                                  machine.symmetry.on() ? &reads_ : nullptr);
      });
}

void Expander::check_new(std::uint64_t* record, std::uint64_t level, std::uint64_t number) {
  if (machine_->checks.has_invariant()) check_invariant(record, level, number);
}

void Expander::check_initial(std::uint64_t* record) {
  for (unsigned thread = 0; thread < machine_->threads; ++thread)
    report(machine_->checks.thread(machine_->automaton.posted(RecordLayout::local(record, thread)), thread),
           {.stage = Finding::Stage::thread});
  check_new(record, 0, 0);
}

void Expander::check_invariant(std::uint64_t* record, std::uint64_t level, std::uint64_t number) {
  const Machine& machine = *machine_;
  std::vector<std::uint64_t>& world = scratch_; // checks may not write, but they are given what they could
  report_in_every_order(machine.layout.world(record), {.level = level, .number = number},
                        [&](const std::uint64_t* looked_at) {
                          std::copy_n(looked_at, machine.initial_world.size(), world.begin());
                          return machine.checks.invariant(world.data(), &reads_);
                        });
  for (const DirectRead& read : reads_)
    if (!machine.locations.knows(read, Locations::observer, 0))
      lessons_.reads.push_back({read, Lessons::Read::observer, Automaton::unknown});
}

} // namespace gupcheck::engine
