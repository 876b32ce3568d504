// SPDX-License-Identifier: GPL-2.0-only
//
// The hot loop. See search.hpp.
#include "model/engine/search.hpp"

#include <algorithm>

namespace gupcheck::engine {

namespace {

// How often limits are looked at, in batches.
constexpr std::uint64_t batches_between_checks = 64;
// About as many states as are found meanwhile.
constexpr std::uint64_t inserts_between_checks = 4096;

} // namespace

Search::Search(Program& program, Automaton& automaton, const Options& options,
               std::span<const std::uint64_t> initial_world, Limits& limits, StateGraph* graph)
    : automaton_(&automaton),
      options_(&options),
      initial_world_(initial_world),
      limits_(&limits),
      graph_(graph),
      threads_(program.threads()),
      raw_(options.executor == Executor::raw),
      checks_(program, options),
      record_words_(header_words + initial_world.size()),
      visited_(graph != nullptr),
      frontier_(record_words_),
      batch_(batch_size * record_words_),
      scratch_(initial_world.size() + 2 * max_threads) {}

Search::End Search::run(SearchOrder order, std::uint64_t max_length, const char* phase) {
  max_length_ = max_length;
  stop_at_finding_ = order == SearchOrder::dfs;
  push_initial();
  for (std::uint64_t batches = 0; !automaton_->restart_needed() && !automaton_->stopped() &&
                                  !(finding_ && stop_at_finding_) && take_batch(order);
       ++batches) {
    if ((batches % batches_between_checks == 0 || parents_.size() > options_->max_states) && stop_now(phase))
      return End::stopped;
    candidates_.clear();
    for (std::size_t i = 0; i < batch_used_; ++i) expand(&batch_[i * record_words_]);
    for (const Candidate& candidate : candidates_) commit(candidate);
  }
  stop_now(phase); // counts the peak
  if (automaton_->stopped()) return End::stopped;
  if (!automaton_->settle()) return automaton_->stopped() ? End::stopped : End::restart;
  return finding_ ? End::found : End::exhausted;
}

std::vector<Move> Search::path_to(std::uint32_t state) const {
  std::vector<Move> path;
  for (; state != 0; state = parents_[state].state)
    path.push_back({static_cast<std::uint8_t>(parents_[state].thread), parents_[state].choice});
  std::reverse(path.begin(), path.end());
  return path;
}

void Search::push_initial() {
  std::uint64_t* record = frontier_.push();
  Header& initial = header(record);
  initial = {};
  std::copy(initial_world_.begin(), initial_world_.end(), record + header_words);
  for (std::uint32_t word = 0; word < initial_world_.size(); ++word)
    initial.fingerprint = initial.fingerprint + fingerprint_of(word, initial_world_[word]);
  for (unsigned thread = 0; thread < threads_; ++thread) {
    initial.local[thread] = automaton_->start(thread);
    initial.fingerprint = initial.fingerprint + automaton_->fingerprint(initial.local[thread], thread);
  }
  if (raw_) {
    const Effect none{0, initial_world_[0], initial_world_[0], 0};
    initial.fingerprint = fingerprint_bytes(record, 0, initial.local[0], none);
  }
  visited_.insert(initial.fingerprint, 0);
  parents_.push_back({0, 0, 0});
  transitions_ = 1;
  for (unsigned thread = 0; thread < threads_; ++thread) check_new_state(record, thread);
}

bool Search::take_batch(SearchOrder order) {
  for (batch_used_ = 0; batch_used_ < batch_size && !frontier_.empty();) {
    std::uint64_t* record = &batch_[batch_used_ * record_words_];
    if (order == SearchOrder::dfs) {
      frontier_.pop_back(record);
    } else {
      frontier_.pop_front(record);
    }
    // A schedule that is no shorter than the one that was found is of no use.
    if (header(record).depth <= max_length_) ++batch_used_;
  }
  return batch_used_ != 0;
}

void Search::expand(std::uint64_t* record) {
  if (automaton_->restart_needed()) return;
  unsigned live = 0;
  unsigned can_move = 0;
  for (unsigned thread = 0; thread < threads_; ++thread) {
    const LocalClass& local = (*automaton_)[header(record).local[thread]];
    if (local.access.kind == OperationKind::finished) continue;
    live |= 1U << thread;
    if (!enabled(local.access, world(record), thread)) continue;
    can_move |= 1U << thread;
    if (header(record).depth < max_length_) expand_thread(record, thread);
  }
  if (can_move == 0)
    report(checks_.end(live == 0, {world(record), initial_world_.size()}), header(record), std::nullopt);
  if (graph_ != nullptr) graph_->note_state(header(record).number, live, can_move);
}

void Search::expand_thread(std::uint64_t* record, unsigned thread) {
  const Header& from = header(record);
  const ClassId local_id = from.local[thread];
  const Access access = (*automaton_)[local_id].access; // a copy: learning a step may move the classes
  const std::uint64_t choices = access.kind == OperationKind::choose ? access.a : 1;
  for (std::uint32_t choice = 0; choice < choices; ++choice) {
    const Effect effect = execute(access, world(record), thread, choice);
    if ((*automaton_)[local_id].checked) [[unlikely]]
      report(checks_.step(automaton_->posted(local_id), access, (*automaton_)[local_id].watch,
                          record + header_words, thread, effect),
             from, Move{static_cast<std::uint8_t>(thread), choice});
    const ClassId next = automaton_->step(local_id, effect.result);
    if (automaton_->restart_needed()) return;
    Candidate candidate{.fingerprint = {},
                        .parent = record,
                        .move = {static_cast<std::uint8_t>(thread), choice},
                        .word = effect.word,
                        .value = effect.after,
                        .local = next};
    if (raw_) {
      candidate.fingerprint = fingerprint_bytes(record, thread, next, effect);
    } else {
      candidate.fingerprint = from.fingerprint - automaton_->fingerprint(local_id, thread) +
                              automaton_->fingerprint(next, thread);
      if (effect.before != effect.after)
        candidate.fingerprint = candidate.fingerprint - fingerprint_of(effect.word, effect.before) +
                                fingerprint_of(effect.word, effect.after);
    }
    visited_.prefetch(candidate.fingerprint);
    candidates_.push_back(candidate);
  }
}

void Search::commit(const Candidate& candidate) {
  ++transitions_;
  const Header& from = header(candidate.parent);
  const auto next_number = static_cast<std::uint32_t>(parents_.size());
  const auto [number, is_new] = visited_.insert(candidate.fingerprint, next_number);
  if (graph_ != nullptr)
    graph_->edges.push_back(
        {from.number, number, candidate.move.thread & 15U, candidate.move.choice & 0xfff'ffffU});
  if (!is_new) return;
  parents_.push_back({from.number, candidate.move.thread & 15U, candidate.move.choice & 0xfff'ffffU});
  std::uint64_t* record = frontier_.push();
  std::memcpy(record, candidate.parent, record_words_ * sizeof(std::uint64_t));
  Header& state = header(record);
  state.fingerprint = candidate.fingerprint;
  state.number = next_number;
  state.depth = from.depth + 1;
  state.local[candidate.move.thread] = candidate.local;
  record[header_words + candidate.word] = candidate.value;
  depth_ = std::max<std::uint64_t>(depth_, state.depth);
  check_new_state(record, candidate.move.thread);
}

void Search::check_new_state(std::uint64_t* record, unsigned moved) {
  const Header& state = header(record);
  report(checks_.state(automaton_->posted(state.local[moved]), moved, record + header_words), state,
         std::nullopt);
}

// The raw executor's fingerprint: all bytes of the successor, nothing incremental, nothing learnt.
Fingerprint Search::fingerprint_bytes(const std::uint64_t* record, unsigned thread, ClassId local,
                                      const Effect& effect) {
  const auto used = std::copy_n(world(record), initial_world_.size(), scratch_.begin());
  scratch_[effect.word] = effect.after;
  auto next = used;
  for (unsigned other = 0; other < threads_; ++other) {
    const Fingerprint& content = automaton_->content(other == thread ? local : header(record).local[other]);
    *next++ = content.low;
    *next++ = content.high;
  }
  return fingerprint_of(std::as_bytes(std::span(scratch_.begin(), next)));
}

void Search::report(std::optional<Broken> broken, const Header& at, std::optional<Move> last) {
  if (!broken) [[likely]]
    return;
  const std::uint64_t length = at.depth + (last ? 1 : 0);
  if (length > max_length_ || checks_.left_out(*broken)) return;
  finding_ = Finding{broken->check, std::move(broken->message), at.number, last, length};
  // Breadth first goes on for a strictly shorter one.
  if (length == 0) stop_at_finding_ = true;
  max_length_ = length == 0 ? 0 : length - 1;
}

bool Search::stop_now(const char* phase) {
  const std::uint64_t table = visited_.memory_bytes();
  automaton_->allow_work(transitions_);
  return limits_->reached(
      {.states = parents_.size(),
       .transitions = transitions_,
       .depth = depth_,
       // Growing needs the old table and the new one at the same time.
       .memory_bytes = (visited_.grows_within(inserts_between_checks) ? 3 * table : table) +
                       frontier_.memory_bytes() + parents_.size() * sizeof(Parent) +
                       (graph_ != nullptr ? graph_->memory_bytes() : 0) + automaton_->memory_bytes(),
       .seconds = 0,
       .phase = phase});
}

} // namespace gupcheck::engine
