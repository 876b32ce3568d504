// SPDX-License-Identifier: GPL-2.0-only
//
// See search.hpp. What is learnt between rounds is in search_learning.cpp.
#include "model/engine/search.hpp"

#include "model/engine/search_worker.hpp"

#include <algorithm>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace gupcheck::engine {

namespace {

constexpr std::size_t batch_size = 16; // states
// How many records there are between two looks at the table's size and the limits.
constexpr std::uint64_t records_a_round = 65536;
// Levels with fewer are not worth waking other workers.
constexpr std::uint64_t worth_sharing = 512;

} // namespace

Search::Search(const Learnt& learnt, const Options& options, Limits& limits, const SearchMode& mode)
    : learnt_(learnt),
      options_(&options),
      limits_(&limits),
      mode_(mode),
      machine_{.automaton = learnt.automaton,
               .locations = learnt.locations,
               .symmetry = learnt.symmetry,
               .checks = StepChecks(learnt.program, options),
               .layout = RecordLayout(learnt.program.threads(), learnt.initial_world.size()),
               .threads = learnt.program.threads(),
               .initial_world = learnt.initial_world,
               .raw = options.executor == Executor::raw,
               .transactions = mode.transactions,
               .notes_between = mode.graph != nullptr},
      jobs_(mode.order == SearchOrder::dfs || machine_.raw ? 1 : options.jobs),
      visited_(jobs_, mode.numbered || mode.graph != nullptr),
      queue_({static_cast<std::uint32_t>(machine_.layout.words()), RecordLayout::raw_words}, jobs_,
             options.spill_directory) {
  for (unsigned i = 0; i < jobs_; ++i) workers_.push_back(std::make_unique<Worker>(i, machine_, queue_, batch_size));
  if (mode.numbered || mode.graph != nullptr) numbering_.emplace();
}

Search::~Search() = default;

void Search::make_initial(std::uint64_t* record) {
  const RecordLayout& layout = machine_.layout;
  std::fill_n(record, layout.words(), 0);
  std::copy(learnt_.initial_world.begin(), learnt_.initial_world.end(), layout.world(record));
  for (unsigned thread = 0; thread < machine_.threads; ++thread)
    RecordLayout::set_local(record, thread, learnt_.automaton.start(thread));
  RecordLayout::set_fingerprint(record, workers_[0]->expander.fingerprint(record));
}

Search::End Search::run() {
  std::vector<std::uint64_t> initial(machine_.layout.words());
  make_initial(initial.data());
  std::vector<ClassId> first;
  for (unsigned thread = 0; thread < machine_.threads; ++thread)
    first.push_back(RecordLayout::local(initial.data(), thread));
  learnt_.symmetry.start(first);
  meet_classes();
  RecordLayout::set_fingerprint(initial.data(), workers_[0]->expander.fingerprint(initial.data()));
  Worker& worker = *workers_[0];
  visited_.insert(0, RecordLayout::fingerprint(initial.data()), 0);
  if (numbering_) {
    numbering_->add_initial();
    visited_.set_number(visited_.find(RecordLayout::fingerprint(initial.data())).value(), 0);
  }
  if (mode_.graph != nullptr) mode_.graph->add_states(1);
  worker.states = 1;
  worker.transitions = 1;
  counts_ = counts();
  worker.expander.check_initial(initial.data());
  keep(worker, initial.data());
  const End end = mode_.order == SearchOrder::dfs ? run_depth_first() : run_breadth_first();
  stop_now(); // counts the peak
  if (end == End::stopped || end == End::restart) return end;
  if (learnt_.automaton.stopped()) return End::stopped;
  if (!learnt_.automaton.settle()) return learnt_.automaton.stopped() ? End::stopped : End::restart;
  return end;
}

Search::End Search::run_depth_first() {
  Worker& worker = *workers_[0];
  const std::size_t words = machine_.layout.words();
  std::vector<std::uint64_t> record(words);
  for (std::uint64_t batches = 0;; ++batches) {
    collect_findings();
    counts_ = counts();
    if (finding_) return End::found;
    if (batches % 64 == 0 || worker.states > options_->max_states) {
      if (stop_now()) return End::stopped;
      if (mode_.scout_states != 0 && counts_.states >= mode_.scout_states) return End::exhausted;
    }
    if (visited_.needs_growth(4096)) visited_.grow(4096);
    for (std::size_t i = 0; i < batch_size && !stack_.empty(); ++i) {
      std::copy(stack_.end() - static_cast<std::ptrdiff_t>(words), stack_.end(), record.begin());
      stack_.resize(stack_.size() - words);
      add_to_batch(worker, record.data(), Expander::every_thread);
    }
    if (worker.batch_used == 0) {
      finish_level(); // all there is
      return End::exhausted;
    }
    expand_batch(worker);
    for (;;) {
      if (!digest()) return ended_early();
      if (worker.deferred_threads.empty() && worker.refused.empty()) break;
      expand_again(worker);
    }
  }
}

Search::End Search::run_breadth_first() {
  workers_[0]->writer.finish();
  for (level_ = 0; queue_.advance(); ++level_) {
    if (!run_level()) return ended_early();
    finish_level();
    if (counts().states > options_->max_states && stop_now()) return End::stopped;
    counts_ = counts();
    if (finding_) return End::found;
  }
  return End::exhausted;
}

Search::End Search::ended_early() {
  if (limits_->reason() != "max-states") counts_ = counts();
  return limits_->reason().empty() && !learnt_.automaton.stopped() ? End::restart : End::stopped;
}

// False: stopped, or to be started again.
bool Search::run_level() {
  again_ = false;
  for (;;) {
    if (stop_now()) return false;
    const std::uint64_t expected = std::min<std::uint64_t>(queue_.current_records(), records_a_round) * 2;
    if (const std::size_t segments = visited_.segments_to_grow(expected); segments != 0)
      for (std::size_t i = 0; i < segments; ++i) visited_.grow_segment(i);
    run_round();
    if (!queue_.error().empty()) {
      limits_->stop(queue_.error());
      return false;
    }
    if (queue_.current_records() != 0) continue;
    if (!digest()) return false;
    again_ = std::any_of(workers_.begin(), workers_.end(), [](const auto& worker) {
      return !worker->deferred_threads.empty() || !worker->refused.empty();
    });
    if (!again_) return true;
  }
}

void Search::run_round() {
  // No more than leads to the limit, roughly.
  const std::uint64_t states = std::min(options_->max_states, counts().states);
  round_left_ = std::min(records_a_round, options_->max_states - states + 1);
  std::uint64_t records = queue_.current_records();
  for (const auto& worker : workers_) records += worker->deferred_threads.size();
  if (jobs_ == 1 || records < worth_sharing) {
    for (const auto& worker : workers_) work(*worker);
    return;
  }
  tbb::task_arena arena(static_cast<int>(jobs_));
  arena.execute([this] {
    tbb::parallel_for(std::size_t{0}, workers_.size(), [this](std::size_t i) { work(*workers_[i]); });
  });
}

void Search::work(Worker& worker) {
  if (again_) {
    expand_again(worker);
  } else {
    read_level(worker);
  }
}

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
      add_to_batch(worker, record.data(), Expander::every_thread);
      if (worker.batch_used == batch_size) expand_batch(worker);
    }
  }
  expand_batch(worker);
}

// States whose successors were not all known, and successors that the table had no room for.
void Search::expand_again(Worker& worker) {
  const std::size_t words = machine_.layout.words();
  const std::vector<std::uint64_t> refused = std::move(worker.refused);
  const std::vector<StateGraph::Edge> edges = std::move(worker.refused_edges);
  worker.refused.clear();
  worker.refused_edges.clear();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const std::uint64_t* record = &refused[i * words];
    arrive(worker, RecordLayout::fingerprint(record), edges[i],
           [&] { std::copy_n(record, words, worker.successor.begin()); });
  }
  const std::vector<std::uint64_t> deferred = std::move(worker.deferred);
  const std::vector<unsigned> threads = std::move(worker.deferred_threads);
  worker.deferred.clear();
  worker.deferred_threads.clear();
  for (std::size_t i = 0; i < threads.size(); ++i) {
    add_to_batch(worker, &deferred[i * words], threads[i]);
    if (worker.batch_used == batch_size) expand_batch(worker);
  }
  expand_batch(worker);
}

void Search::add_to_batch(Worker& worker, const std::uint64_t* record, unsigned threads) {
  const std::size_t words = machine_.layout.words();
  std::copy_n(record, words, &worker.batch[worker.batch_used * words]);
  worker.batch_threads[worker.batch_used++] = threads;
}

void Search::expand_batch(Worker& worker) {
  const std::size_t words = machine_.layout.words();
  std::vector<Candidate>& candidates = worker.expander.candidates();
  std::size_t prefetched = 0;
  for (std::size_t i = 0; i < worker.batch_used; ++i) {
    std::uint64_t* record = &worker.batch[i * words];
    const Expander::Outcome outcome =
        worker.expander.expand(record, RecordLayout::depth(record), worker.batch_threads[i]);
    for (; prefetched < candidates.size(); ++prefetched) visited_.prefetch(candidates[prefetched].fingerprint);
    if (outcome.deferred != 0) {
      worker.deferred.insert(worker.deferred.end(), record, record + words);
      worker.deferred_threads.push_back(outcome.deferred);
    }
    if (mode_.graph != nullptr)
      mode_.graph->note_state(RecordLayout::number(record), outcome.live, outcome.enabled);
  }
  for (const Candidate& candidate : candidates) commit(worker, candidate);
  worker.expander.clear();
  worker.batch_used = 0;
}

void Search::commit(Worker& worker, const Candidate& candidate) {
  ++worker.transitions;
  const StateGraph::Edge edge{.from = RecordLayout::number(candidate.parent),
                              .to = 0,
                              .thread = candidate.move.thread & 15U,
                              .choice = candidate.move.choice & 4095U,
                              .enabled_between = candidate.enabled_between,
                              .blocked_between = candidate.blocked_between};
  arrive(worker, candidate.fingerprint, edge, [&] {
    std::uint64_t* successor = worker.successor.data();
    worker.expander.build(candidate, successor);
    RecordLayout::set_number(successor, 0, RecordLayout::depth(candidate.parent) + 1);
  });
}

// A state is reached by `edge`; `build` makes its record in worker.successor, which only a few need.
template <class Build>
void Search::arrive(Worker& worker, const Fingerprint& fingerprint, StateGraph::Edge edge, Build build) {
  using Outcome = VisitedTable::Insertion::Outcome;
  const VisitedTable::Insertion inserted = visited_.insert(worker.number, fingerprint, 0);
  std::uint64_t* successor = worker.successor.data();
  if (inserted.outcome == Outcome::full) [[unlikely]] {
    build();
    worker.refused.insert(worker.refused.end(), worker.successor.begin(), worker.successor.end());
    worker.refused_edges.push_back(edge);
    return;
  }
  const bool is_new = inserted.outcome == Outcome::added;
  bool is_kept = is_new;
  std::uint32_t number = 0;
  if (numbering_) {
    const std::uint64_t origin = Numbering::pack(edge.from, edge.move());
    if (is_new) {
      number = mode_.order == SearchOrder::dfs ? numbering_->add_final(origin) : numbering_->add(origin);
      visited_.set_number(inserted.handle, number);
      if (mode_.graph != nullptr && mode_.order == SearchOrder::dfs) mode_.graph->add_states(number + 1);
    } else {
      number = visited_.number(inserted.handle);
      is_kept = numbering_->is_provisional(number) && numbering_->reached_again(number, origin);
    }
    edge.to = number;
    if (mode_.graph != nullptr) worker.edges.push_back(edge);
    if (is_kept) {
      build();
      RecordLayout::origin(successor) = origin;
      RecordLayout::set_number(successor, number, RecordLayout::depth(successor));
    }
  } else if (is_kept) {
    build();
  }
  if (is_new) {
    ++worker.states;
    worker.expander.check_new(successor, RecordLayout::depth(successor), number);
  }
  if (is_kept) keep(worker, successor);
}

void Search::keep(Worker& worker, const std::uint64_t* record) {
  if (mode_.order == SearchOrder::dfs) {
    stack_.insert(stack_.end(), record, record + machine_.layout.words());
  } else {
    worker.writer.append({record, machine_.layout.words()});
  }
  worker.depth = std::max<std::uint64_t>(worker.depth, RecordLayout::depth(record));
}

// --- between rounds --------------------------------------------------------------------------------------

void Search::finish_level() {
  for (const auto& worker : workers_) worker->writer.finish();
  StateGraph* graph = mode_.graph;
  if (numbering_) numbering_->finish_level();
  if (graph != nullptr) {
    graph->add_states(numbering_->size());
    for (const auto& worker : workers_) {
      for (StateGraph::Edge& edge : worker->edges) edge.to = numbering_->final(edge.to);
      graph->edges.insert(graph->edges.end(), worker->edges.begin(), worker->edges.end());
      worker->edges.clear();
    }
  }
  collect_findings();
}

void Search::collect_findings() {
  for (const auto& worker : workers_) {
    for (Finding& finding : worker->expander.findings()) {
      // Broken in a state that was new then: the number was provisional.
      if (numbering_ && !finding.last && finding.level > level_) finding.number = numbering_->final(static_cast<std::uint32_t>(finding.number));
      if (!finding_ || finding < *finding_) finding_ = std::move(finding);
    }
    worker->expander.findings().clear();
  }
}

Search::Counts Search::counts() const {
  Counts sum;
  for (const auto& worker : workers_) {
    sum.states += worker->states;
    sum.transitions += worker->transitions;
    sum.depth = std::max(sum.depth, worker->depth);
  }
  return sum;
}

bool Search::stop_now() {
  std::uint64_t memory = visited_.peak_memory_bytes_of_growth(2 * records_a_round) + queue_.memory_bytes() +
                         stack_.capacity() * sizeof(std::uint64_t) + learnt_.automaton.memory_bytes();
  if (numbering_) memory += numbering_->memory_bytes();
  if (mode_.graph != nullptr) memory += mode_.graph->memory_bytes();
  for (const auto& worker : workers_) memory += worker->memory_bytes();
  const std::uint64_t others = memory - queue_.memory_bytes();
  if (options_->max_memory_bytes != ~std::uint64_t{0})
    queue_.set_memory_budget(options_->max_memory_bytes > others ? options_->max_memory_bytes - others : 0);
  const Counts so_far = counts();
  learnt_.automaton.allow_work(so_far.transitions);
  return limits_->reached({.states = so_far.states,
                           .transitions = so_far.transitions,
                           .depth = so_far.depth,
                           .memory_bytes = memory,
                           .seconds = 0,
                           .phase = mode_.phase});
}

// --- schedules -------------------------------------------------------------------------------------------

std::vector<Move> Search::path_to(std::uint32_t state) const {
  std::vector<Move> transactions;
  for (; state != 0; state = numbering_->origin(state).from) transactions.push_back(numbering_->origin(state).move);
  std::reverse(transactions.begin(), transactions.end());
  return transactions;
}

std::vector<Move> Search::steps_of(const std::vector<Move>& transactions, std::uint32_t last_steps) {
  Expander& expander = workers_[0]->expander;
  std::vector<std::uint64_t>& record = workers_[0]->record;
  make_initial(record.data());
  std::vector<Move> steps;
  for (std::size_t i = 0; i < transactions.size(); ++i)
    expander.follow(record.data(), transactions[i],
                    i + 1 == transactions.size() ? last_steps : Expander::max_transaction, steps);
  return steps;
}

std::vector<Move> Search::schedule_of_finding() {
  std::vector<Move> transactions = path_to(static_cast<std::uint32_t>(finding_->number));
  if (finding_->last) transactions.push_back(*finding_->last);
  std::vector<Move> steps = steps_of(transactions, finding_->last ? finding_->steps : Expander::max_transaction);
  for (Move& step : steps) step.thread = finding_->renaming[step.thread];
  return steps;
}

} // namespace gupcheck::engine
