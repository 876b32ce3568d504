// SPDX-License-Identifier: GPL-2.0-only
//
// See search.hpp. What is learnt between rounds is in search_learning.cpp.
#include "model/engine/search.hpp"

#include "model/engine/checkpointer.hpp"
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

// The mark of a state that waits to be expanded in a level.
std::uint32_t in_level(std::uint64_t level) { return 1U << (Marks::done_shift + (level & 1)); }

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
               .sleep_sets = mode.sleep_sets,
               .notes_between = mode.graph != nullptr},
      jobs_(mode.order == SearchOrder::dfs || machine_.raw ? 1 : options.jobs),
      visited_(jobs_, mode.numbered || mode.graph != nullptr),
      queue_({static_cast<std::uint32_t>(machine_.layout.words()), RecordLayout::raw_words}, jobs_,
             options.spill_directory) {
  for (unsigned i = 0; i < jobs_; ++i)
    workers_.push_back(std::make_unique<Worker>(i, machine_, queue_, batch_size));
  if (mode.numbered || mode.graph != nullptr) numbering_.emplace();
}

Search::~Search() = default;

void Search::make_initial(std::uint64_t* record) {
  const RecordLayout& layout = machine_.layout;
  std::fill_n(record, layout.words(), 0);
  std::copy(learnt_.initial_world.begin(), learnt_.initial_world.end(), layout.world(record));
  for (unsigned thread = 0; thread < machine_.threads; ++thread)
    RecordLayout::set_local(record, thread, learnt_.automaton.start(thread));
}

Search::End Search::run() {
  std::vector<std::uint64_t> initial(machine_.layout.words());
  make_initial(initial.data());
  std::vector<ClassId> first;
  for (unsigned thread = 0; thread < machine_.threads; ++thread)
    first.push_back(RecordLayout::local(initial.data(), thread));
  learnt_.symmetry.start(first);
  meet_classes();
  if (mode_.region != nullptr) {
    begin_in_region();
  } else {
    if (numbering_) numbering_->add_initial();
    if (mode_.graph != nullptr) mode_.graph->add_states(1);
    begin(initial.data());
    workers_[0]->expander.check_initial(initial.data());
  }
  workers_[0]->transitions = workers_[0]->states;
  counts_ = counts();
  workers_[0]->writer.finish();
  return settled(mode_.order == SearchOrder::dfs ? run_depth_first() : run_breadth_first());
}

// A state where the search begins; its record has its number.
void Search::begin(std::uint64_t* record) {
  RecordLayout::set_fingerprint(record, workers_[0]->expander.fingerprint(record));
  const VisitedTable::Insertion inserted =
      visited_.insert(0, RecordLayout::fingerprint(record), mode_.sleep_sets ? in_level(0) : 0);
  if (inserted.outcome != VisitedTable::Insertion::Outcome::added) return;
  if (numbering_) visited_.set_number(inserted.handle, RecordLayout::number(record));
  ++workers_[0]->states;
  keep(*workers_[0], record);
}

void Search::begin_in_region() {
  const auto roots = static_cast<std::uint32_t>(mode_.region->roots.size());
  numbering_->add_initial(roots);
  mode_.graph->add_states(roots);
  mode_.graph->roots = roots;
  std::vector<std::uint64_t>& record = workers_[0]->record;
  for (std::uint32_t i = 0; i < roots; ++i) {
    if (visited_.needs_growth(1)) visited_.grow(1);
    std::copy(mode_.region->roots[i].begin(), mode_.region->roots[i].end(), record.begin());
    RecordLayout::origin(record.data()) = 0;
    RecordLayout::set_number(record.data(), i, 0);
    begin(record.data());
  }
}

Search::End Search::go_on() { return settled(run_breadth_first()); }

// The end that the search came to, unless that was with classes that do not stand.
Search::End Search::settled(End end) {
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
      add_to_batch(worker, record.data(), Plan());
    }
    if (worker.batch_used == 0) {
      finish_level(); // all there is
      return End::exhausted;
    }
    expand_batch(worker);
    for (;;) {
      if (!digest()) return ended_early();
      if (worker.deferred_plans.empty() && worker.refused.empty()) break;
      expand_again(worker);
    }
  }
}

Search::End Search::run_breadth_first() {
  for (; in_level_ || queue_.advance(); ++level_) {
    in_level_ = false;
    if (!run_level()) return ended_early();
    finish_level();
    if (counts().states > options_->max_states && save_or_stop()) return End::stopped;
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
    if (save_or_stop()) return false;
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
      return !worker->deferred_plans.empty() || !worker->refused.empty();
    });
    if (!again_) return true;
  }
}

void Search::run_round() {
  // No more than leads to the limit, roughly.
  const std::uint64_t states = std::min(options_->max_states, counts().states);
  round_left_ = std::min(records_a_round, options_->max_states - states + 1);
  std::uint64_t records = queue_.current_records();
  for (const auto& worker : workers_) records += worker->deferred_plans.size();
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
      add_to_batch(worker, record.data(), Plan());
      if (worker.batch_used == batch_size) expand_batch(worker);
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
    if (worker.batch_used == batch_size) expand_batch(worker);
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

// --- between rounds --------------------------------------------------------------------------------------

void Search::finish_level() {
  wake();
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
      if (numbering_ && !finding.last && finding.level > level_)
        finding.number = numbering_->final(static_cast<std::uint32_t>(finding.number));
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

// Whether to stop; with a checkpoint before that, and whenever it is time for one.
bool Search::save_or_stop() {
  const bool stops = stop_now();
  return (mode_.checkpoints != nullptr && !mode_.checkpoints->look(*this, stops)) || stops;
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
  for (; state != 0; state = numbering_->origin(state).from)
    transactions.push_back(numbering_->origin(state).move);
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

std::vector<std::uint64_t> Search::record_of(const std::vector<Move>& transactions) {
  steps_of(transactions);
  return workers_[0]->record;
}

std::optional<std::uint32_t> Search::number_of_orbit(unsigned worker, const std::uint64_t* record) {
  const auto handle = visited_.find(workers_[worker]->expander.fingerprint(record));
  if (!handle) return std::nullopt;
  return numbering_->final(visited_.number(*handle));
}

std::vector<Move> Search::schedule_of_finding() {
  std::vector<Move> transactions = path_to(static_cast<std::uint32_t>(finding_->number));
  if (finding_->last) transactions.push_back(*finding_->last);
  std::vector<Move> steps =
      steps_of(transactions, finding_->last ? finding_->steps : Expander::max_transaction);
  for (Move& step : steps) step.thread = finding_->renaming[step.thread];
  return steps;
}

} // namespace gupcheck::engine
