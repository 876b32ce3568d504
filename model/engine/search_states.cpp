// SPDX-License-Identifier: GPL-2.0-only
//
// What a worker does with the states of a level: expands them a batch at a time, and keeps the successors
// that are new. See search.hpp.
#include "model/engine/search_worker.hpp"

#include <algorithm>
#include <utility>

namespace gupcheck::engine {

void Search::read_level(Worker& worker) {
  std::vector<std::uint64_t>& record = worker.record;
  while (round_left_.load(std::memory_order_relaxed) != 0) {
    auto chunk = queue_.take();
    if (!chunk) break;
    const std::uint64_t left = round_left_.load(std::memory_order_relaxed);
    round_left_.store(left > chunk->records ? left - chunk->records : 0, std::memory_order_relaxed);
    ChunkReader reader(std::move(*chunk));
    while (reader.next(record.data())) {
      if (numbering_) {
        const std::uint32_t number = numbering_->final(RecordLayout::number(record.data()));
        if (numbering_->is_stale(number, RecordLayout::origin(record.data()))) continue;
        RecordLayout::set_number(record.data(), number, RecordLayout::depth(record.data()));
      }
      add_to_batch(worker, record.data(), Plan());
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
    arrive(worker, RecordLayout::fingerprint(record), arrivals[i],
           [&] { std::copy_n(record, words, worker.successor.begin()); });
  }
  const std::vector<std::uint64_t> deferred = std::move(worker.deferred);
  const std::vector<Plan> plans = std::move(worker.deferred_plans);
  worker.deferred.clear();
  worker.deferred_plans.clear();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    add_to_batch(worker, &deferred[i * words], plans[i]);
    if (worker.batch_used == Worker::batch_size) expand_batch(worker);
  }
  expand_batch(worker);
}

void Search::add_to_batch(Worker& worker, const std::uint64_t* record, const Plan& plan) {
  const std::size_t words = machine_.layout.words();
  std::copy_n(record, words, &worker.batch[worker.batch_used * words]);
  worker.plans[worker.batch_used++] = plan;
  if (mode_.sleep_sets && !plan.again) visited_.prefetch(RecordLayout::fingerprint(record));
}

void Search::expand_batch(Worker& worker) {
  const std::size_t words = machine_.layout.words();
  std::vector<Candidate>& candidates = worker.expander.candidates();
  std::size_t prefetched = 0;
  for (std::size_t i = 0; i < worker.batch_used; ++i) {
    std::uint64_t* record = &worker.batch[i * words];
    Plan& plan = worker.plans[i];
    if (mode_.sleep_sets && !plan.again) plan = plan_for(record);
    const Expander::Outcome outcome = worker.expander.expand(record, RecordLayout::depth(record), plan);
    for (; prefetched < candidates.size(); ++prefetched)
      visited_.prefetch(candidates[prefetched].fingerprint);
    if (outcome.deferred.explore != 0) {
      worker.deferred.insert(worker.deferred.end(), record, record + words);
      worker.deferred_plans.push_back(outcome.deferred);
    }
    if (mode_.graph != nullptr)
      mode_.graph->note_state(RecordLayout::number(record), outcome.live, outcome.enabled);
  }
  for (const Candidate& candidate : candidates) commit(worker, candidate);
  worker.expander.clear();
  worker.batch_used = 0;
}

void Search::commit(Worker& worker, const Candidate& candidate) {
  if (mode_.region != nullptr) {
    worker.expander.build(candidate, worker.successor.data());
    if (!mode_.region->contains(worker.number, worker.successor.data())) return;
  }
  ++worker.transitions;
  const StateGraph::Edge edge{.from = RecordLayout::number(candidate.parent),
                              .to = 0,
                              .thread = candidate.move.thread & 15U,
                              .choice = candidate.move.choice & 4095U,
                              .enabled_between = candidate.enabled_between,
                              .blocked_between = candidate.blocked_between};
  arrive(worker, candidate.fingerprint, {edge, candidate.asleep}, [&] {
    std::uint64_t* successor = worker.successor.data();
    worker.expander.build(candidate, successor);
    RecordLayout::set_number(successor, 0, RecordLayout::depth(candidate.parent) + 1);
    RecordLayout::origin(successor) = 0;
  });
}

// A state is reached; `build` makes its record in worker.successor, which only a few need.
template <class Build>
void Search::arrive(Worker& worker, const Fingerprint& fingerprint, Arrival arrival, Build build) {
  using Outcome = VisitedTable::Insertion::Outcome;
  const std::uint32_t marks = mode_.sleep_sets ? arrival.asleep | in_level(level_ + 1) : 0;
  const VisitedTable::Insertion inserted = visited_.insert(worker.number, fingerprint, marks);
  std::uint64_t* successor = worker.successor.data();
  if (inserted.outcome == Outcome::full) [[unlikely]] {
    build();
    worker.refused.insert(worker.refused.end(), worker.successor.begin(), worker.successor.end());
    worker.arrivals.push_back(arrival);
    return;
  }
  const bool is_new = inserted.outcome == Outcome::added;
  bool is_kept = is_new;
  std::uint32_t number = 0;
  if (numbering_) number = number_of(worker, arrival, inserted, is_kept);
  if (is_kept) build();
  if (numbering_ && is_kept) {
    RecordLayout::origin(successor) = Numbering::pack(arrival.edge.from, arrival.edge.move());
    RecordLayout::set_number(successor, number, RecordLayout::depth(successor));
  }
  if (is_new) {
    ++worker.states;
    worker.depth = std::max<std::uint64_t>(worker.depth, RecordLayout::depth(successor));
    worker.expander.check_new(successor, RecordLayout::depth(successor), number);
  } else if (mode_.sleep_sets && reach_again(inserted.handle, arrival.asleep)) {
    build();
    RecordLayout::origin(successor) = arrival.asleep;
    worker.woken.insert(worker.woken.end(), worker.successor.begin(), worker.successor.end());
  }
  if (is_kept) keep(worker, successor);
}

// The number of a state that was reached, and whether its record is to be kept.
std::uint32_t Search::number_of(Worker& worker, const Arrival& arrival,
                                const VisitedTable::Insertion& inserted, bool& is_kept) {
  const std::uint64_t origin = Numbering::pack(arrival.edge.from, arrival.edge.move());
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
    worker.edges.push_back(arrival.edge);
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
