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
  const std::vector<StateGraph::Edge> arrivals = std::move(worker.arrivals);
  worker.refused.clear();
  worker.arrivals.clear();
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const std::uint64_t* record = &refused[i * words];
    arrive<VisitedTable::Reach::whole>(
        worker, RecordLayout::fingerprint(record), [&] { return arrivals[i]; },
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
void Search::add_to_batch(Worker& worker, const Plan& plan) { worker.plans[worker.batch_used++] = plan; }

void Search::expand_batch(Worker& worker) {
  const std::size_t words = machine_.layout.words();
  std::vector<Candidate>& candidates = worker.expander.candidates();
  std::size_t looked_up = 0;
  for (std::size_t i = 0; i < worker.batch_used; ++i) {
    std::uint64_t* record = &worker.batch[i * words];
    const Expander::Expansion expansion =
        worker.expander.expand(record, RecordLayout::depth(record), worker.plans[i]);
    worker.asleep += expansion.left_out;
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
  const bool arrived = arrive<reach>(worker, candidate.fingerprint, edge, [&] {
    std::uint64_t* successor = worker.successor.data();
    worker.expander.build(candidate, successor);
    RecordLayout::set_number(successor, 0, RecordLayout::depth(candidate.parent) + 1);
    RecordLayout::set_asleep(successor, mode_.sleep_sets ? worker.expander.asleep_after(candidate) : 0);
  });
  worker.transitions += arrived;
  return arrived;
}

// A state is reached. `edge` says how and `build` makes its record in worker.successor, which only a few
// need. False if its place in the table is too far away.
template <VisitedTable::Reach reach, class Edge, class Build>
[[gnu::always_inline]] inline bool Search::arrive(Worker& worker, const Fingerprint& fingerprint,
                                                  const Edge& edge, const Build& build) {
  using Outcome = VisitedTable::Insertion::Outcome;
  const VisitedTable::Insertion inserted = visited_.insert<reach>(worker.number, fingerprint);
  if (reach == VisitedTable::Reach::near && inserted.outcome == Outcome::far) return false;
  if (inserted.outcome != Outcome::present || !only_new_count_) take_in(worker, inserted, edge, build);
  return true;
}

// What there is to do when a state was reached that is new, or when more counts than that.
template <class Edge, class Build>
void Search::take_in(Worker& worker, const VisitedTable::Insertion& inserted, const Edge& edge,
                     const Build& build) {
  using Outcome = VisitedTable::Insertion::Outcome;
  std::uint64_t* successor = worker.successor.data();
  if (inserted.outcome == Outcome::full) [[unlikely]] {
    build();
    worker.refused.insert(worker.refused.end(), worker.successor.begin(), worker.successor.end());
    worker.arrivals.push_back(edge());
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

} // namespace gupcheck::engine
