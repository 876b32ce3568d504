// SPDX-License-Identifier: GPL-2.0-only
//
// A search between two rounds as a sequence of bytes: the table, both levels of the queue, numbers and graph,
// and what the workers have that was not digested. Which worker had it makes no difference, so it is one list
// of each kind, and the first worker goes on with it.
#include "model/engine/checkpoint.hpp"
#include "model/engine/search_worker.hpp"

#include <algorithm>

namespace gupcheck::engine {

namespace {

// Types with padding, or with members of the compiler's own width, as words.
struct SavedPlan {
  std::uint32_t explore;
  std::uint32_t again;
};
struct SavedStep {
  std::uint64_t from;
  std::uint64_t result;
};
struct SavedAccess {
  std::uint32_t local;
  std::uint32_t thread;
};
struct SavedRead {
  std::uint32_t offset;
  std::uint32_t size;
  std::uint32_t by_number;
  std::uint32_t as_number;
  std::uint32_t thread;
  std::uint32_t local;
};

// What all workers have, one after the other, each element as `saved` makes it.
template <class Saved, class Workers, class List, class Save>
void put_lists(const ByteSink& sink, const Workers& workers, List list, Save save) {
  std::vector<Saved> all;
  for (const auto& worker : workers)
    for (const auto& element : list(*worker)) all.push_back(save(element));
  put_all(sink, std::span<const Saved>(all));
}

constexpr std::uint64_t least_bytes_of_state = 16; // in the table

} // namespace

bool Search::can_be_written() const {
  return !finding_ && std::all_of(workers_.begin(), workers_.end(),
                                  [](const auto& worker) { return worker->expander.findings().empty(); });
}

void Search::write(const ByteSink& sink) {
  for (const auto& worker : workers_) worker->writer.finish();
  const Counts now = counts();
  for (const Counts& counts : {now, counts_}) {
    put(sink, counts.states);
    put(sink, counts.transitions);
    put(sink, counts.depth);
  }
  put(sink, level_);
  visited_.write(sink);
  queue_.write(sink);
  if (numbering_) numbering_->write(sink);
  if (mode_.graph != nullptr) {
    put_all(sink, std::span<const StateGraph::Edge>(mode_.graph->edges));
    put_all(sink, std::span<const std::uint8_t>(mode_.graph->live));
    put_all(sink, std::span<const std::uint8_t>(mode_.graph->enabled));
  }
  const auto same = [](const auto& element) { return element; };
  const auto put_words = [&](auto list) { put_lists<std::uint64_t>(sink, workers_, list, same); };
  put_words([](const Worker& worker) -> auto& { return worker.deferred; });
  put_words([](const Worker& worker) -> auto& { return worker.refused; });
  put_lists<SavedPlan>(
      sink, workers_, [](const Worker& worker) -> auto& { return worker.deferred_plans; },
      [](const Plan& plan) {
        return SavedPlan{plan.explore, plan.again};
      });
  put_lists<StateGraph::Edge>(
      sink, workers_, [](const Worker& worker) -> auto& { return worker.arrivals; }, same);
  put_lists<StateGraph::Edge>(
      sink, workers_, [](const Worker& worker) -> auto& { return worker.edges; }, same);
  put_lists<SavedStep>(
      sink, workers_, [](Worker & worker) -> auto& { return worker.expander.lessons().steps; },
      [](const Lessons::Step& step) {
        return SavedStep{step.from, step.result};
      });
  put_lists<SavedAccess>(
      sink, workers_, [](Worker & worker) -> auto& { return worker.expander.lessons().accesses; },
      [](const Lessons::Access& access) {
        return SavedAccess{access.local, access.thread};
      });
  put_lists<SavedRead>(
      sink, workers_, [](Worker & worker) -> auto& { return worker.expander.lessons().reads; },
      [](const Lessons::Read& read) {
        return SavedRead{read.read.offset,    read.read.size, read.read.by_number,
                         read.read.as_number, read.thread,    read.local};
      });
  for (std::string Lessons::*reason : {&Lessons::why_off, &Lessons::why_rotate}) {
    std::string least;
    for (const auto& worker : workers_) Lessons::note_reason(least, worker->expander.lessons().*reason);
    put_text(sink, least);
  }
}

void Search::read(CheckpointReader& reader) {
  const ByteSource source = reader.source();
  Worker& worker = *workers_[0];
  worker.states = get<std::uint64_t>(source);
  worker.transitions = get<std::uint64_t>(source);
  worker.depth = get<std::uint64_t>(source);
  counts_.states = get<std::uint64_t>(source);
  counts_.transitions = get<std::uint64_t>(source);
  counts_.depth = get<std::uint64_t>(source);
  level_ = get<std::uint64_t>(source);
  try {
    visited_.read(source, reader.left() / least_bytes_of_state);
    queue_.read(source);
    if (numbering_) numbering_->read(source, reader.left() / sizeof(std::uint64_t));
  } catch (const CheckpointError&) {
    throw;
  } catch (const std::runtime_error& error) {
    reader.refuse(error.what());
  }
  const auto require = [&reader](bool fits) {
    if (!fits) reader.refuse("holds something else than a run: its lists do not fit together");
  };
  require(visited_.size() == worker.states && (!numbering_ || numbering_->size() == worker.states));
  if (mode_.graph != nullptr) {
    mode_.graph->edges = get_all<StateGraph::Edge>(reader);
    mode_.graph->live = get_all<std::uint8_t>(reader);
    mode_.graph->enabled = get_all<std::uint8_t>(reader);
    require(mode_.graph->live.size() <= worker.states &&
            mode_.graph->enabled.size() == mode_.graph->live.size());
  }
  const std::size_t words = machine_.layout.words();
  worker.deferred = get_all<std::uint64_t>(reader);
  worker.refused = get_all<std::uint64_t>(reader);
  for (const SavedPlan& plan : get_all<SavedPlan>(reader))
    worker.deferred_plans.push_back({.explore = plan.explore, .again = plan.again != 0});
  worker.arrivals = get_all<StateGraph::Edge>(reader);
  require(worker.deferred.size() == worker.deferred_plans.size() * words &&
          worker.refused.size() == worker.arrivals.size() * words);
  worker.edges = get_all<StateGraph::Edge>(reader);

  Lessons& lessons = worker.expander.lessons();
  for (const SavedStep& step : get_all<SavedStep>(reader))
    lessons.steps.push_back({static_cast<ClassId>(step.from), step.result});
  for (const SavedAccess& access : get_all<SavedAccess>(reader))
    lessons.accesses.push_back({access.local, access.thread});
  for (const SavedRead& read : get_all<SavedRead>(reader))
    lessons.reads.push_back({{.offset = read.offset,
                              .size = read.size,
                              .by_number = read.by_number != 0,
                              .as_number = read.as_number != 0,
                              .by_peer = false},
                             read.thread,
                             read.local});
  lessons.why_off = get_text(reader);
  lessons.why_rotate = get_text(reader);
  for (const Lessons::Step& step : lessons.steps) require(step.from < learnt_.automaton.size());
  for (const Lessons::Access& access : lessons.accesses)
    require(access.local < learnt_.automaton.size() && access.thread < machine_.threads);
  for (const Lessons::Read& read : lessons.reads)
    require(read.read.offset < machine_.initial_world.size_bytes() &&
            (read.thread == Lessons::Read::observer ||
             (read.thread < machine_.threads && read.local < learnt_.automaton.size())));
  reader.finish();
  meet_classes();
  in_level_ = true;
}

} // namespace gupcheck::engine
