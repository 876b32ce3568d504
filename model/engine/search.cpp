// SPDX-License-Identifier: GPL-2.0-only
//
// Levels and rounds. See search.hpp; what is learnt between rounds is in search_learning.cpp, what workers do
// with states in search_states.cpp.
#include "model/engine/search.hpp"

#include "model/engine/checkpointer.hpp"
#include "model/engine/search_worker.hpp"

#include <algorithm>
#include <exception>
#include <thread>

namespace gupcheck::engine {

namespace {

// How many records there are between two looks at the table's size and the limits.
constexpr std::uint64_t records_a_round = 65536;
// Levels with fewer are not worth waking other workers.
constexpr std::uint64_t worth_sharing = 2048;

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
               .layout = RecordLayout(learnt.program.threads(), learnt.beginning.world.size()),
               .threads = learnt.program.threads(),
               .initial_world = learnt.beginning.world,
               .raw = options.executor == Executor::raw,
               .transactions = mode.transactions,
               .sleep_sets = mode.sleep_sets,
               .notes_between = mode.graph != nullptr},
      jobs_(mode.order == SearchOrder::dfs || machine_.raw ? 1 : options.jobs),
      only_new_count_(!mode.numbered && mode.graph == nullptr),
      visited_(jobs_, mode.numbered || mode.graph != nullptr),
      queue_({static_cast<std::uint32_t>(machine_.layout.words()), RecordLayout::raw_words}, jobs_,
             options.spill_directory) {
  for (unsigned i = 0; i < jobs_; ++i) workers_.push_back(std::make_unique<Worker>(i, machine_, queue_));
  if (mode.numbered || mode.graph != nullptr) numbering_.emplace();
}

Search::~Search() = default;

// False when learning how threads come there showed that the search has to start again, or to stop.
bool Search::make_initial(std::uint64_t* record) {
  Automaton& automaton = learnt_.automaton;
  const RecordLayout& layout = machine_.layout;
  std::fill_n(record, layout.words(), 0);
  std::copy(learnt_.beginning.world.begin(), learnt_.beginning.world.end(), layout.world(record));
  for (unsigned thread = 0; thread < machine_.threads; ++thread) {
    ClassId local = automaton.start(thread);
    for (const std::uint64_t result : learnt_.beginning.seen[thread]) {
      local = automaton.learn(local, result);
      if (automaton.restart_needed() || automaton.stopped()) return false;
    }
    RecordLayout::set_local(record, thread, local);
  }
  return true;
}

Search::End Search::run() {
  std::vector<std::uint64_t> initial(machine_.layout.words());
  if (!make_initial(initial.data())) return learnt_.automaton.stopped() ? End::stopped : End::restart;
  std::vector<ClassId> first;
  for (unsigned thread = 0; thread < machine_.threads; ++thread)
    first.push_back(RecordLayout::local(initial.data(), thread));
  meet_classes();
  learnt_.symmetry.start(first, mode_.scouts());
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
  const VisitedTable::Insertion inserted = visited_.insert(0, RecordLayout::fingerprint(record));
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
    visited_.grow(1);
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
  for (std::uint64_t batches = 0;; ++batches) {
    collect_findings();
    counts_ = counts();
    if (finding_) return scouted_too_little_ ? End::restart : End::found;
    if (batches % 64 == 0 || worker.states > options_->max_states) {
      if (mode_.scouts() && scouted_enough()) break;
      if (stop_now()) return End::stopped;
    }
    visited_.grow(4096);
    for (std::size_t i = 0; i < Worker::batch_size && !stack_.empty(); ++i) {
      std::copy(stack_.end() - static_cast<std::ptrdiff_t>(words), stack_.end(), worker.next_in_batch());
      stack_.resize(stack_.size() - words);
      add_to_batch(worker, Plan());
    }
    if (worker.batch_used == 0) {
      finish_level(); // all there is
      break;
    }
    const std::size_t below = stack_.size();
    expand_batch(worker);
    if (mode_.backwards) turn_stack_round(below);
    for (;;) {
      if (!digest()) return ended_early();
      if (worker.deferred_plans.empty() && worker.refused.empty()) break;
      expand_again(worker);
    }
  }
  return scouted_too_little_ ? End::restart : End::exhausted;
}

// The records from this word of it on.
void Search::turn_stack_round(std::size_t from) {
  const auto words = static_cast<std::ptrdiff_t>(machine_.layout.words());
  auto first = stack_.begin() + static_cast<std::ptrdiff_t>(from);
  for (auto last = stack_.end(); last - first >= 2 * words; first += words, last -= words)
    std::swap_ranges(first, first + words, last - words);
}

Search::End Search::run_breadth_first() {
  for (; in_level_ || queue_.advance(); ++level_) {
    if (!std::exchange(in_level_, false)) forecast_.begin_level(queue_.current_records(), visited_.size());
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
  const auto some_have = [this](auto list) {
    return std::any_of(workers_.begin(), workers_.end(),
                       [list](const auto& worker) { return !((*worker).*list).empty(); });
  };
  again_ = false;
  for (;;) {
    expect_growth();
    if (save_or_stop()) return false;
    const std::uint64_t expected = std::min<std::uint64_t>(queue_.current_records(), records_a_round) * 2;
    visited_.grow(expected);
    run_round();
    if (!queue_.error().empty()) {
      limits_->stop(queue_.error());
      return false;
    }
    if (queue_.current_records() != 0) continue;
    // These first: else what has been seen when something is learnt would depend on the table's size.
    again_ = some_have(&Worker::refused);
    if (again_) continue;
    if (!digest()) return false;
    again_ = some_have(&Worker::deferred_plans);
    if (!again_) return true;
  }
}

// What memory_bytes() counts is with the growth that is due.
void Search::expect_growth() {
  visited_.expect_times(forecast_.times());
  if (forecast_.times() > LevelForecast::unknown && memory_bytes() > options_->max_memory_bytes / 2)
    visited_.expect_times(LevelForecast::unknown);
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
  // A round takes milliseconds, starting a thread some ten microseconds.
  std::vector<std::exception_ptr> failures(jobs_);
  const auto run = [&](unsigned i) {
    try {
      work(*workers_[i]);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < jobs_; ++i) threads.emplace_back(run, i);
    run(0);
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

void Search::work(Worker& worker) {
  if (again_) {
    expand_again(worker);
  } else {
    read_level(worker);
  }
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
      if (numbering_ && !finding.last && finding.level > level_)
        finding.number = numbering_->final(static_cast<std::uint32_t>(finding.number));
      if (mode_.every_finding) all_findings_.push_back(finding);
      if (!finding_ || finding < *finding_) finding_ = std::move(finding);
    }
    worker->expander.findings().clear();
  }
}

Search::Counts Search::counts() const {
  Counts sum;
  for (const auto& worker : workers_) {
    sum.states += worker->states;
    sum.transitions += worker->transitions + worker->asleep;
    sum.asleep += worker->asleep;
    sum.depth = std::max(sum.depth, worker->depth);
  }
  return sum;
}

// Whether to stop; with a checkpoint before that, and whenever it is time for one.
bool Search::save_or_stop() {
  const bool stops = stop_now();
  return (mode_.checkpoints != nullptr && !mode_.checkpoints->look(*this, stops)) || stops;
}

bool Search::scouted_enough() const {
  return counts_.states >= std::min(mode_.scout_states, options_->max_states) ||
         memory_bytes() > options_->max_memory_bytes / 2;
}

std::uint64_t Search::memory_bytes() const {
  std::uint64_t memory = visited_.peak_memory_bytes_of_growth(2 * records_a_round) + queue_.memory_bytes() +
                         stack_.capacity() * sizeof(std::uint64_t) + learnt_.automaton.memory_bytes();
  if (numbering_) memory += numbering_->memory_bytes();
  if (mode_.graph != nullptr) memory += mode_.graph->memory_bytes();
  for (const auto& worker : workers_) memory += worker->memory_bytes();
  return memory;
}

bool Search::stop_now() {
  const std::uint64_t memory = memory_bytes();
  const std::uint64_t others = memory - queue_.memory_bytes();
  if (options_->max_memory_bytes != ~std::uint64_t{0})
    queue_.set_memory_budget(options_->max_memory_bytes > others ? options_->max_memory_bytes - others : 0);
  Counts so_far = counts();
  if (mode_.scouts()) so_far.states = std::min(so_far.states, options_->max_states);
  return limits_->reached({.states = so_far.states,
                           .transitions = so_far.transitions,
                           .depth = so_far.depth,
                           .memory_bytes = memory,
                           .seconds = 0,
                           .phase = mode_.phase});
}

} // namespace gupcheck::engine
