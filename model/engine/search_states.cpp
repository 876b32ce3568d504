// SPDX-License-Identifier: GPL-2.0-only
//
// What a worker does with the states of a level: expands them a batch at a time, and keeps the successors
// that are new. See search.hpp.
#include "model/engine/search_worker.hpp"

#include <algorithm>
#include <utility>

namespace gupcheck::engine {

void Search::read_level(Worker& worker) {
  while (round_left_.load(std::memory_order_relaxed) != 0) {
    auto chunk = queue_.take();
    if (!chunk) break;
    const std::uint64_t left = round_left_.load(std::memory_order_relaxed);
    round_left_.store(left > chunk->records ? left - chunk->records : 0, std::memory_order_relaxed);
    ChunkReader reader(std::move(*chunk));
    while (reader.next(worker.next_in_batch())) {
      std::uint64_t* record = worker.next_in_batch();
      if (numbering_) {
        const std::uint32_t number = numbering_->final(RecordLayout::number(record));
        if (numbering_->is_stale(number, RecordLayout::origin(record))) continue;
        RecordLayout::set_number(record, number, RecordLayout::depth(record));
      }
      add_to_batch(worker, Plan());
      if (worker.batch_used == Worker::batch_size) expand_batch(worker);
    }
  }
  expand_batch(worker);
}

// States whose successors were not all known, and successors that the table had no room for.
void Search::expand_again(Worker& worker) {
  const std::size_t words = machine_.layout.words();
  const std::vector<std::uint64_t> refused = std::move(worker.refused);
  const std::vector<Arrival> arrivals = std::move(worker.arrivals);
  worker.refused.clear();
  worker.arrivals.clear();
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const std::uint64_t* record = &refused[i * words];
    arrive<VisitedTable::Reach::whole>(
        worker, RecordLayout::fingerprint(record), arrivals[i].asleep, [&] { return arrivals[i].edge; },
        [&] { std::copy_n(record, words, worker.successor.begin()); });
  }
  const std::vector<std::uint64_t> deferred = std::move(worker.deferred);
  const std::vector<Plan> plans = std::move(worker.deferred_plans);
  worker.deferred.clear();
  worker.deferred_plans.clear();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    std::copy_n(&deferred[i * words], words, worker.next_in_batch());
    add_to_batch(worker, plans[i]);
    if (worker.batch_used == Worker::batch_size) expand_batch(worker);
  }
  expand_batch(worker);
}

// The record is there already.
void Search::add_to_batch(Worker& worker, const Plan& plan) {
  if (mode_.sleep_sets && !plan.again) visited_.prefetch(RecordLayout::fingerprint(worker.next_in_batch()));
  worker.plans[worker.batch_used++] = plan;
}

void Search::expand_batch(Worker& worker) {
  const std::size_t words = machine_.layout.words();
  std::vector<Candidate>& candidates = worker.expander.candidates();
  std::size_t looked_up = 0;
  for (std::size_t i = 0; i < worker.batch_used; ++i) {
    std::uint64_t* record = &worker.batch[i * words];
    Plan& plan = worker.plans[i];
    if (mode_.sleep_sets && !plan.again) plan = plan_for(record);
    const Expander::Expansion expansion = worker.expander.expand(record, RecordLayout::depth(record), plan);
    if (only_new_count_) leave_out_recent(worker, looked_up);
    for (; looked_up < candidates.size(); ++looked_up) visited_.prefetch(candidates[looked_up].fingerprint);
    if (expansion.deferred.explore != 0) {
      worker.deferred.insert(worker.deferred.end(), record, record + words);
      worker.deferred_plans.push_back(expansion.deferred);
    }
    if (mode_.graph != nullptr)
      mode_.graph->note_state(RecordLayout::number(record), expansion.live, expansion.enabled);
  }
  // Who is not found at once waits until the others have been.
  for (const Candidate& candidate : candidates)
    if (!commit<VisitedTable::Reach::near>(worker, candidate)) worker.far.push_back(&candidate);
  for (const Candidate* candidate : worker.far) commit<VisitedTable::Reach::whole>(worker, *candidate);
  worker.far.clear();
  worker.expander.clear();
  worker.batch_used = 0;
}

// Candidates that were reached a moment ago, from the `first` on. Without branches: half of them are.
void Search::leave_out_recent(Worker& worker, std::size_t first) {
  std::vector<Candidate>& candidates = worker.expander.candidates();
  std::size_t left = first;
  for (std::size_t i = first; i < candidates.size(); ++i) {
    const bool known = worker.recent.look_up(candidates[i].fingerprint);
    candidates[left] = candidates[i];
    left += static_cast<std::size_t>(!known);
  }
  worker.transitions += candidates.size() - left;
  candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(left), candidates.end());
}

// False if its place in the table is too far away.
template <VisitedTable::Reach reach> bool Search::commit(Worker& worker, const Candidate& candidate) {
  if (mode_.region != nullptr) {
    worker.expander.build(candidate, worker.successor.data());
    if (!mode_.region->contains(worker.number, worker.successor.data())) return true;
  }
  const auto edge = [&] {
    const Between between = mode_.graph != nullptr ? worker.expander.between(candidate) : Between();
    return StateGraph::Edge{.from = RecordLayout::number(candidate.parent),
                            .to = 0,
                            .thread = candidate.thread & 15U,
                            .choice = candidate.choice & 4095U,
                            .enabled_between = between.enabled,
                            .blocked_between = between.blocked};
  };
  const bool arrived = arrive<reach>(worker, candidate.fingerprint, candidate.asleep, edge, [&] {
    std::uint64_t* successor = worker.successor.data();
    worker.expander.build(candidate, successor);
    RecordLayout::set_number(successor, 0, RecordLayout::depth(candidate.parent) + 1);
    RecordLayout::origin(successor) = 0;
  });
  worker.transitions += arrived;
  return arrived;
}

// A state is reached. `edge` says how and `build` makes its record in worker.successor, which only a few
// need. False if its place in the table is too far away.
template <VisitedTable::Reach reach, class Edge, class Build>
[[gnu::always_inline]] inline bool Search::arrive(Worker& worker, const Fingerprint& fingerprint,
                                                  std::uint8_t asleep, const Edge& edge, const Build& build) {
  using Outcome = VisitedTable::Insertion::Outcome;
  const std::uint32_t marks = mode_.sleep_sets ? asleep | in_level(level_ + 1) : 0;
  const VisitedTable::Insertion inserted = visited_.insert<reach>(worker.number, fingerprint, marks);
  if (reach == VisitedTable::Reach::near && inserted.outcome == Outcome::far) return false;
  if (inserted.outcome != Outcome::present || !only_new_count_)
    take_in(worker, inserted, asleep, edge, build);
  return true;
}

// What there is to do when a state was reached that is new, or when more counts than that.
template <class Edge, class Build>
void Search::take_in(Worker& worker, const VisitedTable::Insertion& inserted, std::uint8_t asleep,
                     const Edge& edge, const Build& build) {
  using Outcome = VisitedTable::Insertion::Outcome;
  std::uint64_t* successor = worker.successor.data();
  if (inserted.outcome == Outcome::full) [[unlikely]] {
    build();
    worker.refused.insert(worker.refused.end(), worker.successor.begin(), worker.successor.end());
    worker.arrivals.push_back({edge(), asleep});
    return;
  }
  const bool is_new = inserted.outcome == Outcome::added;
  bool is_kept = is_new;
  std::uint32_t number = 0;
  if (numbering_) number = number_of(worker, edge(), inserted, is_kept);
  if (is_kept) build();
  if (numbering_ && is_kept) {
    RecordLayout::origin(successor) = Numbering::pack(edge().from, edge().move());
    RecordLayout::set_number(successor, number, RecordLayout::depth(successor));
  }
  if (is_new) {
    ++worker.states;
    worker.depth = std::max<std::uint64_t>(worker.depth, RecordLayout::depth(successor));
    worker.expander.check_new(successor, RecordLayout::depth(successor), number);
  } else if (mode_.sleep_sets && reach_again(inserted.handle, asleep)) {
    build();
    RecordLayout::origin(successor) = asleep;
    worker.woken.insert(worker.woken.end(), worker.successor.begin(), worker.successor.end());
  }
  if (is_kept) keep(worker, successor);
}

// The number of a state that was reached, and whether its record is to be kept.
std::uint32_t Search::number_of(Worker& worker, const StateGraph::Edge& edge,
                                const VisitedTable::Insertion& inserted, bool& is_kept) {
  const std::uint64_t origin = Numbering::pack(edge.from, edge.move());
  std::uint32_t number = 0;
  if (is_kept) {
    number = mode_.order == SearchOrder::dfs ? numbering_->add_final(origin) : numbering_->add(origin);
    visited_.set_number(inserted.handle, number);
    if (mode_.graph != nullptr && mode_.order == SearchOrder::dfs) mode_.graph->add_states(number + 1);
  } else {
    number = visited_.number(inserted.handle);
    is_kept = numbering_->is_provisional(number) && numbering_->reached_again(number, origin);
  }
  if (mode_.graph != nullptr) {
    worker.edges.push_back(edge);
    worker.edges.back().to = number;
  }
  return number;
}

void Search::keep(Worker& worker, const std::uint64_t* record) {
  if (mode_.order == SearchOrder::dfs) {
    stack_.insert(stack_.end(), record, record + machine_.layout.words());
  } else {
    worker.writer.append({record, machine_.layout.words()});
  }
}

// --- sleep sets ------------------------------------------------------------------------------------------

// What to expand of a state that is read: in it sleep the threads that slept whichever way it was reached in
// the level before; for one that was woken it is said in the record.
Plan Search::plan_for(const std::uint64_t* record) {
  if (const std::uint64_t again = record[RecordLayout::origin_at]; again != 0)
    return {.explore = static_cast<unsigned>(again >> 8 & 255),
            .asleep = static_cast<unsigned>(again & 255),
            .again = true,
            .canonical = true};
  const auto handle = visited_.find(RecordLayout::fingerprint(record));
  const std::uint32_t marks = visited_.fetch_and_marks(handle.value(), ~in_level(level_));
  return {.explore = Plan::every_thread, .asleep = marks & Marks::sleep, .again = false, .canonical = true};
}

// A state that is there is reached with these threads asleep. True if some of them sleep that did not, and
// it is too late to say so. What is known of the states of this level and of earlier ones stays as it is
// until the level ends, so it does not matter who is expanded first.
bool Search::reach_again(VisitedTable::Handle handle, unsigned asleep) {
  const std::uint32_t marks = visited_.marks(handle);
  const std::uint32_t awake = marks & Marks::sleep & ~asleep;
  if (awake == 0) return false;
  if ((marks & in_level(level_ + 1)) == 0) return true;
  visited_.fetch_and_marks(handle, ~awake);
  return false;
}

// States in which more threads have to be explored than were.
void Search::wake() {
  const std::size_t words = machine_.layout.words();
  std::vector<const std::uint64_t*> records;
  for (const auto& worker : workers_)
    for (std::size_t at = 0; at < worker->woken.size(); at += words) records.push_back(&worker->woken[at]);
  const auto by_fingerprint = [](const std::uint64_t* a, const std::uint64_t* b) {
    return std::make_pair(a[0], a[1]) < std::make_pair(b[0], b[1]);
  };
  std::sort(records.begin(), records.end(), by_fingerprint);
  for (std::size_t i = 0; i < records.size();) {
    const Fingerprint fingerprint = RecordLayout::fingerprint(records[i]);
    std::uint32_t asleep = Marks::sleep;
    std::vector<std::uint64_t>& record = workers_[0]->record;
    std::copy_n(records[i], words, record.begin());
    for (; i < records.size() && RecordLayout::fingerprint(records[i]) == fingerprint; ++i)
      asleep &= static_cast<std::uint32_t>(records[i][RecordLayout::origin_at]);
    const VisitedTable::Handle handle = visited_.find(fingerprint).value();
    const std::uint32_t before = visited_.fetch_and_marks(handle, ~Marks::sleep | asleep) & Marks::sleep;
    RecordLayout::origin(record.data()) =
        std::uint64_t{1} << 16 | (before & ~asleep) << 8 | (before & asleep);
    keep(*workers_[0], record.data());
  }
  for (const auto& worker : workers_) worker->woken.clear();
}

} // namespace gupcheck::engine
