// SPDX-License-Identifier: GPL-2.0-only
//
// See perfetto.hpp. Where in the 100 microseconds of its step an event lies decides how slices nest:
// functions open first and close last, the step is within them, its arrows and counters within the step; a
// thread that has to wait does so after its step, within the functions that stay open.
#include "traces/perfetto.hpp"

#include "traces/dependence.hpp"
#include "traces/enum_names.hpp"
#include "traces/steps.hpp"
#include "traces/summary.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace gupcheck::traces {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t slot = 100; // microseconds
constexpr std::uint64_t opens = 0;
constexpr std::uint64_t begins = 10;
constexpr std::uint64_t binds = 50;
constexpr std::uint64_t counts = 80;
constexpr std::uint64_t ends = 90;
constexpr std::uint64_t closes = 95;
constexpr std::uint64_t waits_from = 96;
constexpr unsigned process = 1;

// As a signed number of its size, which is what a reference count is.
std::int64_t number(const Step& step, const Value& value) {
  const unsigned bits = 8U * std::clamp<unsigned>(step.action.size, 1, 8);
  return static_cast<std::int64_t>(value.raw << (64 - bits)) >> (64 - bits);
}

std::size_t shared_depth(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

class Timeline {
public:
  explicit Timeline(const Counterexample& trace)
      : trace_(trace), steps_(trace), rounds_(trace.cycle.empty() ? 1 : 2) {}

  std::vector<Json> events() {
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      functions(thread);
      at_the_end(thread);
    }
    for (std::size_t at = 0; at < positions(); ++at) step(at);
    waiting();
    arrows();
    counters();
    rounds();
    broken();
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.ts < b.ts; });
    std::vector<Json> all = names();
    for (Event& event : events_) all.push_back(std::move(event.json));
    return all;
  }

private:
  struct Event {
    std::uint64_t ts;
    Json json;
  };

  // Positions on the timeline: the steps, and those of the cycle again.
  std::size_t positions() const { return steps_.size() + (rounds_ - 1) * trace_.cycle.size(); }
  std::size_t step_at(std::size_t position) const {
    return position < steps_.size() ? position : position - trace_.cycle.size();
  }
  const Step& made_at(std::size_t position) const { return steps_[step_at(position)]; }
  static std::uint64_t time(std::size_t position, std::uint64_t within) {
    return (position + 1) * slot + within;
  }
  std::uint64_t end_of_time() const { return time(positions(), 0); }

  // Thread 0 is the idle task to these tools; above all threads there is the track of the rounds.
  static std::size_t track(std::size_t thread) { return thread + 1; }
  std::size_t round_track() const { return trace_.threads.size() + 1; }

  Json& add(std::string_view phase, std::uint64_t ts, std::size_t tid, const std::string& name,
            std::string_view category) {
    events_.push_back(
        {ts, {{"ph", phase}, {"ts", ts}, {"pid", process}, {"tid", tid}, {"cat", category}, {"name", name}}});
    return events_.back().json;
  }

  std::vector<Json> names() const {
    std::vector<Json> all;
    const auto name = [&](const char* what, std::size_t tid, const Json& args) {
      all.push_back({{"ph", "M"}, {"pid", process}, {"tid", tid}, {"name", what}, {"args", args}});
    };
    name("process_name", 0, {{"name", fmt::format("{} {}", trace_.subject.scenario, trace_.subject.kernel)}});
    if (rounds_ == 2) {
      name("thread_name", round_track(), {{"name", "for ever"}});
      name("thread_sort_index", round_track(), {{"sort_index", 0}});
    }
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      name("thread_name", track(thread), {{"name", trace_.threads[thread]}});
      name("thread_sort_index", track(thread), {{"sort_index", thread + 1}});
    }
    return all;
  }

  // A function that two consecutive steps of the thread share stays open in between; with what the thread
  // is about to do as the last of them.
  void functions(std::size_t thread) {
    std::vector<std::string> open;
    std::uint64_t done = 0;
    const auto close = [&](std::size_t depth) {
      for (; open.size() > depth; open.pop_back()) add("E", done, track(thread), open.back(), "function");
    };
    const auto reach = [&](const std::vector<std::string>& stack, std::uint64_t ts) {
      close(shared_depth(open, stack));
      for (std::size_t i = open.size(); i < stack.size(); ++i) {
        add("B", ts, track(thread), stack[i], "function");
        open.push_back(stack[i]);
      }
    };
    for (std::size_t at = 0; at < positions(); ++at) {
      if (made_at(at).move.thread != thread) continue;
      reach(made_at(at).action.stack, time(at, opens));
      done = time(at, closes);
    }
    if (thread < trace_.pending.size() && !trace_.pending[thread].finished) {
      reach(trace_.pending[thread].action.stack, end_of_time());
      done = end_of_time() + closes;
    }
    close(0);
  }

  void step(std::size_t at) {
    const Step& step = made_at(at);
    Json args = {{"step", step_at(at) + 1}, {"operation", name_of(step.action.kind)}};
    if (at >= trace_.stem.size()) args["round"] = at < steps_.size() ? 1 : 2;
    if (!step.action.location.empty()) args["location"] = step.action.location;
    if (!step.action.bits.empty()) args["bits"] = step.action.bits;
    if (step.before) args["before"] = step.before->words;
    if (step.after) args["after"] = step.after->words;
    if (step.result) args["sees"] = step.result->words;
    args["source"] = words(step.action.where);
    args["matters"] = step.matters;
    for (const PictureLine& line : step.changed)
      args["picture"][line.name] = line.state.empty() ? "gone" : line.state;
    Json& event = add("X", time(at, begins), track(step.move.thread),
                      fmt::format("{} {}", step_at(at) + 1, words(step)), "step");
    event["dur"] = ends - begins;
    event["args"] = std::move(args);
  }

  void waiting() {
    const std::size_t stem = trace_.stem.size();
    const std::size_t cycle = trace_.cycle.size();
    for (const Wait& wait : waits(trace_)) {
      const bool in_cycle = cycle != 0 && wait.since && *wait.since >= stem;
      if (wait.until) show(wait, 0);
      if (in_cycle || !wait.until) show(wait, in_cycle ? cycle : 0); // of the second round
    }
  }

  void show(const Wait& wait, std::size_t later) {
    const std::uint64_t from = wait.since ? time(*wait.since + later, waits_from) : 0;
    // A thread that still waits does so to the end of what is shown.
    const std::uint64_t to = wait.until ? time(*wait.until + later, ends) : end_of_time() - 1;
    const Action& action = awaited(wait);
    Json& event = add("X", from, track(wait.thread), "waits: " + words(action), "wait");
    event["dur"] = to - from;
    event["args"] = {{"source", words(action.where)}};
  }

  // What the thread waits to do.
  const Action& awaited(const Wait& wait) const {
    for (std::size_t i = wait.until.value_or(steps_.size()); i < steps_.size(); ++i)
      if (steps_[i].move.thread == wait.thread) return steps_[i].action;
    return trace_.pending[wait.thread].action;
  }

  void at_the_end(std::size_t thread) {
    if (thread >= trace_.pending.size() || trace_.pending[thread].finished) return;
    const Pending& pending = trace_.pending[thread];
    Json& event = add("X", end_of_time() + begins, track(thread), words(pending), "end");
    event["dur"] = ends - begins;
    event["args"] = {{"source", words(pending.action.where)}};
  }

  void arrow(std::size_t from, std::size_t to, Relation relation) {
    static const std::map<Relation, const char*> kinds{{Relation::reads_from, "reads-from"},
                                                       {Relation::lock_order, "lock-order"},
                                                       {Relation::waits_for, "waits-for"}};
    const bool at_end = to >= positions();
    const std::size_t reader = at_end ? to - positions() : made_at(to).move.thread;
    const char* kind = kinds.at(relation);
    add("s", time(from, binds), track(made_at(from).move.thread), kind, kind)["id"] = ++arrows_;
    Json& end = add("f", at_end ? end_of_time() + binds : time(to, binds), track(reader), kind, kind);
    end["bp"] = "e";
    end["id"] = arrows_;
  }

  // From one thread to another; what a thread leaves to itself is in its lane anyway.
  void arrows() {
    const std::size_t stem = trace_.stem.size();
    const std::size_t cycle = trace_.cycle.size();
    for (const Dependence& one : dependences(trace_)) {
      const bool at_end = one.to >= steps_.size();
      const std::size_t to_thread = at_end ? one.to - steps_.size() : steps_[one.to].move.thread;
      if (steps_[one.from].move.thread == to_thread) continue;
      if (at_end) {
        arrow(one.from, positions() + to_thread, one.relation);
      } else if (one.from >= one.to) {
        arrow(one.from, one.to + cycle, one.relation); // of the round before
      } else {
        arrow(one.from, one.to, one.relation);
        if (one.from >= stem) arrow(one.from + cycle, one.to + cycle, one.relation);
      }
    }
  }

  void counters() {
    std::map<std::string, bool> seen;
    for (std::size_t at = 0; at < positions(); ++at) {
      const Step& step = made_at(at);
      if (!step.before || !step.after || !step.action.location.ends_with("_refcount")) continue;
      const std::string& name = step.action.location;
      if (!seen[name]) add("C", 0, 0, name, "count")["args"] = {{"count", number(step, *step.before)}};
      seen[name] = true;
      if (step.before->raw != step.after->raw)
        add("C", time(at, counts), 0, name, "count")["args"] = {{"count", number(step, *step.after)}};
    }
  }

  void rounds() {
    if (rounds_ == 1) return;
    for (std::size_t round = 0; round < rounds_; ++round) {
      const std::size_t first = trace_.stem.size() + round * trace_.cycle.size();
      add("X", time(first, opens), round_track(),
          fmt::format("round {}: steps {} to {}", round + 1, trace_.stem.size() + 1, steps_.size()),
          "cycle")["dur"] = trace_.cycle.size() * slot;
    }
  }

  void broken() {
    if (trace_.check.empty()) return;
    Json& event = add("i", end_of_time(), 0, "BROKEN " + verdict_words(trace_), "broken");
    event["s"] = "g";
    event["args"] = {{"explanation", trace_.explanation}};
  }

  const Counterexample& trace_;
  Steps steps_;
  std::size_t rounds_;
  std::vector<Event> events_;
  std::uint64_t arrows_ = 0; // ids
};

} // namespace

std::string perfetto(const Counterexample& trace) {
  require_at_most(trace, max_perfetto_steps, "a timeline");
  const Json about = {{"scenario", trace.subject.scenario},
                      {"kernel", trace.subject.kernel},
                      {"check", trace.check},
                      {"message", trace.message},
                      {"explanation", trace.explanation}};
  const auto line = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  std::string out = "{\"displayTimeUnit\":\"ms\",\n\"otherData\":" + line(about) + ",\n\"traceEvents\":[";
  std::string_view separator = "\n";
  for (const Json& event : Timeline(trace).events()) {
    out += separator;
    out += line(event);
    separator = ",\n";
  }
  return out + "\n]}\n";
}

} // namespace gupcheck::traces
