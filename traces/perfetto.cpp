// SPDX-License-Identifier: GPL-2.0-only
//
// See perfetto.hpp. Where in the 100 microseconds of its step an event lies decides how slices nest:
// functions open first and close last, the step is within them, its arrows and counters within the step; a
// thread that has to wait does so after its step, within the functions that stay open.
#include "traces/perfetto.hpp"

#include "traces/dependence.hpp"
#include "traces/enum_names.hpp"
#include "traces/summary.hpp"
#include "traces/values.hpp"
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

std::size_t shared_depth(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// The same with its cycle gone through twice, as steps like others: who waits and what comes from where in
// the second round then needs no thought.
Counterexample unrolled(Counterexample trace) {
  for (unsigned round = 0; round < 2; ++round)
    trace.stem.insert(trace.stem.end(), trace.cycle.begin(), trace.cycle.end());
  trace.cycle.clear();
  return trace;
}

class Timeline {
public:
  explicit Timeline(const Counterexample& trace)
      : trace_(unrolled(trace)), steps_(trace_.stem), first_(trace.stem.size()), cycle_(trace.cycle.size()) {}

  std::vector<Json> events() {
    for (std::size_t thread = 0; thread < trace_.threads.size(); ++thread) {
      functions(thread);
      at_the_end(thread);
    }
    for (std::size_t at = 0; at < steps_.size(); ++at) step(at);
    for (const Wait& wait : waits(trace_)) show(wait);
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

  // What the trace calls it: a step of the second round is one of the first.
  std::size_t number_of(std::size_t at) const { return at + 1 - (at < first_ + cycle_ ? 0 : cycle_); }
  static std::uint64_t time(std::size_t at, std::uint64_t within) { return (at + 1) * slot + within; }
  std::uint64_t end_of_time() const { return time(steps_.size(), 0); }

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
    if (cycle_ != 0) {
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
    for (std::size_t at = 0; at < steps_.size(); ++at) {
      if (steps_[at].move.thread != thread) continue;
      reach(steps_[at].action.stack, time(at, opens));
      done = time(at, closes);
    }
    if (thread < trace_.pending.size() && !trace_.pending[thread].finished) {
      reach(trace_.pending[thread].action.stack, end_of_time());
      done = end_of_time() + closes;
    }
    close(0);
  }

  void step(std::size_t at) {
    const Step& step = steps_[at];
    Json args = {{"step", number_of(at)}, {"operation", name_of(step.action.kind)}};
    if (at >= first_) args["round"] = at < first_ + cycle_ ? 1 : 2;
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
                      fmt::format("{} {}", number_of(at), words(step)), "step");
    event["dur"] = ends - begins;
    event["args"] = std::move(args);
  }

  void show(const Wait& wait) {
    const std::uint64_t from = wait.since ? time(*wait.since, waits_from) : 0;
    // A thread that still waits does so to the end of what is shown.
    const std::uint64_t to = wait.until ? time(*wait.until, ends) : end_of_time() - 1;
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

  // From one thread to another; what a thread leaves to itself is in its lane anyway.
  void arrows() {
    std::uint64_t id = 0;
    for (const auto& [from, to, relation] : dependences(trace_)) {
      const bool at_end = to >= steps_.size();
      const std::size_t thread = at_end ? to - steps_.size() : steps_[to].move.thread;
      if (steps_[from].move.thread == thread) continue;
      const std::string kind(name_of(relation));
      add("s", time(from, binds), track(steps_[from].move.thread), kind, kind)["id"] = ++id;
      Json& end = add("f", at_end ? end_of_time() + binds : time(to, binds), track(thread), kind, kind);
      end["bp"] = "e";
      end["id"] = id;
    }
  }

  void counters() {
    std::map<std::string, bool> seen;
    for (std::size_t at = 0; at < steps_.size(); ++at) {
      const Step& step = steps_[at];
      if (!step.before || !step.after || !step.action.location.ends_with("_refcount")) continue;
      const std::string& name = step.action.location;
      if (!seen[name])
        add("C", 0, 0, name, "count")["args"] = {{"count", as_signed(step.before->raw, step.action.size)}};
      seen[name] = true;
      if (step.before->raw != step.after->raw)
        add("C", time(at, counts), 0, name,
            "count")["args"] = {{"count", as_signed(step.after->raw, step.action.size)}};
    }
  }

  void rounds() {
    for (std::size_t round = 0; cycle_ != 0 && round < 2; ++round)
      add("X", time(first_ + round * cycle_, opens), round_track(),
          fmt::format("round {}: steps {} to {}", round + 1, first_ + 1, first_ + cycle_), "cycle")["dur"] =
          cycle_ * slot;
  }

  void broken() {
    if (trace_.check.empty()) return;
    Json& event = add("i", end_of_time(), 0, "BROKEN " + verdict_words(trace_), "broken");
    event["s"] = "g";
    event["args"] = {{"explanation", trace_.explanation}};
  }

  Counterexample trace_; // unrolled
  const std::vector<Step>& steps_;
  std::size_t first_; // of the cycle
  std::size_t cycle_; // its length; 0 if there is none
  std::vector<Event> events_;
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
