// SPDX-License-Identifier: GPL-2.0-only
//
// See checkpointer.hpp.
#include "model/engine/checkpointer.hpp"

#include <bit>

namespace gupcheck::engine {

namespace {

constexpr double share_of_time = 0.05;

// Everything but the lists.
struct Saved {
  Fingerprint identity;
  std::uint64_t seconds = 0; // a double's bits
  std::uint64_t peak_memory_bytes = 0;
  std::uint64_t scout_states = 0;
  std::uint64_t restarts = 0;
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t local_states = 0;
  std::uint64_t depth = 0;
  std::uint64_t native_runs = 0;
  Fingerprint classes;
};

} // namespace

Checkpointer::Checkpointer(const Run& run, const Learnt& learnt)
    : run_(run), learnt_(learnt), options_(&run.options.checkpoints), interval_(options_->interval.count()) {
  const bool wanted = !options_->file.empty() || !options_->resume_from.empty();
  if (wanted && (run.options.executor != Executor::memo || run.options.order != SearchOrder::bfs))
    throw CheckpointError("checkpoints are for searches breadth first with memoised steps");
  if (!options_->file.empty()) learnt_.automaton.keep_log();
}

bool Checkpointer::look(Search& search, bool stops) {
  if (options_->file.empty()) return true;
  if (!stops && run_.limits.seconds() - last_ < interval_) return true;
  if (!search.can_be_written()) return true;
  const double begin = run_.limits.seconds();
  try {
    write(search);
  } catch (const std::runtime_error& error) { // of the file, or of a frontier that cannot be read back
    run_.limits.stop_instead(error.what());
    return false;
  }
  last_ = run_.limits.seconds();
  const double took = last_ - begin;
  const bool too_long = interval_ != 0 && took > share_of_time * interval_;
  if (too_long) interval_ = took / share_of_time;
  if (options_->written)
    options_->written({.seconds = took, .next_interval = interval_, .lengthened = too_long});
  return true;
}

void Checkpointer::write(Search& search) {
  CheckpointWriter file(options_->file, options_->request);
  const ByteSink sink = file.sink();
  const Statistics& statistics = run_.statistics;
  put(sink, Saved{.identity = identity(),
                  .seconds = std::bit_cast<std::uint64_t>(run_.limits.seconds()),
                  .peak_memory_bytes = run_.limits.peak_memory_bytes(),
                  .scout_states = run_.scout_states,
                  .restarts = statistics.restarts,
                  .states = statistics.states,
                  .transitions = statistics.transitions,
                  .local_states = statistics.local_states,
                  .depth = statistics.depth,
                  .native_runs = run_.runner.runs(),
                  .classes = learnt_.automaton.fingerprint_of_classes()});
  put_all(sink, learnt_.automaton.log());
  const Automaton& automaton = learnt_.automaton;
  std::vector<Locations::Threads> noted;
  for (ClassId id = 0; id < automaton.size(); ++id) noted.push_back(automaton[id].noted);
  put_all(sink, std::span<const Locations::Threads>(noted));
  learnt_.locations.write(sink);
  learnt_.symmetry.write(sink);
  search.write(sink);
  file.commit();
}

bool Checkpointer::read(CheckpointReader& reader) {
  const auto saved = get<Saved>(reader.source());
  if (saved.identity != identity()) reader.refuse("is of another program, or of a run with other options");
  run_.limits.go_on_from(std::bit_cast<double>(saved.seconds), saved.peak_memory_bytes);
  last_ = run_.limits.seconds();
  Statistics& statistics = run_.statistics;
  statistics.restarts = saved.restarts;
  statistics.states = saved.states;
  statistics.transitions = saved.transitions;
  statistics.local_states = saved.local_states;
  statistics.depth = saved.depth;
  statistics.omission_probability = omission_probability(saved.states);
  run_.scout_states = saved.scout_states;
  const auto log = get_all<LearningLog::Entry>(reader);
  Automaton& automaton = learnt_.automaton;
  try {
    automaton.replay(log);
  } catch (const std::runtime_error& error) {
    reader.refuse(error.what());
  }
  if (automaton.stopped()) return false;
  if (automaton.restart_needed() || automaton.fingerprint_of_classes() != saved.classes ||
      run_.runner.runs() != saved.native_runs)
    reader.refuse("cannot be gone on from: the threads behave differently now (" +
                  std::to_string(automaton.size()) + " classes of local states after " +
                  std::to_string(run_.runner.runs()) + " native runs)");
  const auto noted = get_all<Locations::Threads>(reader);
  if (noted.size() != automaton.size()) reader.refuse("holds something else than a run: too few classes");
  for (ClassId id = 0; id < noted.size(); ++id) automaton[id].noted = noted[id];
  try {
    learnt_.locations.read(reader.source());
    learnt_.symmetry.read(reader.source());
  } catch (const CheckpointError&) {
    throw;
  } catch (const std::runtime_error& error) {
    reader.refuse(error.what());
  }
  return true;
}

// Of the program and of what the search does with it.
Fingerprint Checkpointer::identity() const {
  Fingerprint sum = fingerprint_of(std::as_bytes(std::span(learnt_.beginning.world)));
  std::uint64_t place = 0;
  const auto add = [&](std::uint64_t value) { sum = sum + fingerprint_of(++place, value); };
  const Options& options = run_.options;
  add(learnt_.program.threads());
  for (const bool choice :
       {options.quotient, options.transactions, options.sleep_sets, options.symmetry, options.shortest})
    add(choice ? 1 : 0);
  add(static_cast<std::uint64_t>(options.fairness));
  add(static_cast<std::uint64_t>(options.locks));
  std::string names;
  for (const std::string& name : options.without) names += name + '\n';
  return sum + fingerprint_of(std::as_bytes(std::span(names)));
}

} // namespace gupcheck::engine
