// SPDX-License-Identifier: GPL-2.0-only
//
// See itf.hpp. One type for each variable, as Apalache wants it: a location is a number in all states or
// words in all states. Each state is a line.
#include "traces/itf.hpp"

#include "traces/steps.hpp"
#include "traces/summary.hpp"
#include "traces/values.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

using Json = nlohmann::ordered_json;
using engine::OperationKind;

Json big(const std::string& number) { return {{"#bigint", number}}; }

// `name`, or with a number behind it if that is taken.
std::string unique(const std::string& name, std::set<std::string>& taken) {
  std::string candidate = name;
  for (unsigned n = 2; !taken.insert(candidate).second; ++n) candidate = fmt::format("{} ({})", name, n);
  return candidate;
}

std::string place(const Action& action) {
  return action.where.function.empty() ? words(action.where)
                                       : fmt::format("{}:{}", action.where.function, action.where.line);
}

struct Location {
  std::string variable;
  bool numbers = true;
  std::string now; // in words
};

class States {
public:
  explicit States(const Counterexample& trace) : trace_(trace), steps_(trace) {
    std::set<std::string> taken;
    for (const std::string& name : trace.threads) threads_.push_back(unique(name, taken));
    name_locations();
    follow_threads();
    for (const PictureLine& line : trace.initial) draw(line);
  }

  std::vector<std::string> variables() const {
    std::vector<std::string> names{"action", "pc", "picture"};
    for (const std::string& location : order_) names.push_back(locations_.at(location).variable);
    return names;
  }

  // Calls `visit` with each.
  template <class Visit> void for_each(Visit visit) {
    visit(state(0));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.before && step.after) locations_.at(step.action.location).now = step.after->words;
      for (const PictureLine& line : step.changed) draw(line);
      places_[step.move.thread] = next_place_[i];
      visit(state(i + 1));
    }
  }

private:
  // Nothing but ours is called `action`, and nothing begins with #, which the format keeps for itself.
  void name_locations() {
    std::set<std::string> taken{"action", "pc", "picture"};
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (!step.before || !step.after) continue;
      const std::string& name = step.action.location;
      const auto [found, is_new] = locations_.try_emplace(name);
      Location& location = found->second;
      if (is_new) {
        location.variable = unique(name.starts_with('#') ? "location " + name : name, taken);
        location.now = step.before->words; // nobody changed it before
        order_.push_back(name);
      }
      location.numbers = location.numbers && is_number(step.before->words) && is_number(step.after->words);
    }
  }

  // Where each thread is at first, and after each step the one that made it: before its next step.
  void follow_threads() {
    for (std::size_t thread = 0; thread < threads_.size(); ++thread) places_.push_back(last_place(thread));
    next_place_.resize(steps_.size());
    for (std::size_t i = steps_.size(); i-- > 0;) {
      std::string& next = places_[steps_[i].move.thread];
      next_place_[i] = next;
      next = place(steps_[i].action);
    }
  }

  std::string last_place(std::size_t thread) const {
    if (thread >= trace_.pending.size()) return "not started";
    const Pending& pending = trace_.pending[thread];
    if (pending.finished) return "finished";
    if (pending.action.kind == OperationKind::failed) return "failed at " + place(pending.action);
    if (pending.action.kind == OperationKind::fault) return "crashed at " + place(pending.action);
    return place(pending.action);
  }

  void draw(const PictureLine& line) {
    const auto [found, is_new] = line_of_.try_emplace(line.name, picture_.size());
    if (is_new) {
      picture_.push_back(line);
    } else {
      picture_[found->second].state = line.state;
    }
  }

  Json state(std::size_t index) const {
    Json state = {{"#meta", {{"index", index}}}, {"action", action(index)}, {"pc", places()}};
    Json picture = Json::array();
    for (const PictureLine& line : picture_)
      if (!line.state.empty()) picture.push_back(Json::array({line.name, line.state}));
    state["picture"] = {{"#map", picture}};
    // Not by name: that would look for it among the others, and there may be many.
    auto& members = state.get_ref<Json::object_t&>();
    for (const std::string& name : order_) {
      const Location& location = locations_.at(name);
      members.emplace_back(location.variable, location.numbers ? big(location.now) : Json(location.now));
    }
    return state;
  }

  // The step that made state `index`.
  Json action(std::size_t index) const {
    if (index == 0)
      return {
          {"step", big("0")}, {"thread", ""}, {"words", "initial state"}, {"source", ""}, {"matters", true}};
    const Step& step = steps_[index - 1];
    return {{"step", big(std::to_string(index))},
            {"thread", threads_[step.move.thread]},
            {"words", words(step)},
            {"source", words(step.action.where)},
            {"matters", step.matters}};
  }

  Json places() const {
    Json map = Json::array();
    for (std::size_t thread = 0; thread < threads_.size(); ++thread)
      map.push_back(Json::array({threads_[thread], places_[thread]}));
    return {{"#map", map}};
  }

  const Counterexample& trace_;
  Steps steps_;
  std::vector<std::string> threads_;
  std::map<std::string, Location> locations_;
  std::vector<std::string> order_; // of the locations: as they are touched
  std::vector<PictureLine> picture_;
  std::map<std::string, std::size_t> line_of_; // where in it a name is
  std::vector<std::string> places_;            // of the threads, now
  std::vector<std::string> next_place_;        // of the thread that makes the step, after it
};

std::string line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

} // namespace

std::string itf(const Counterexample& trace) {
  States states(trace);
  const Json about = {{"format", "ITF"},
                      {"format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"},
                      {"source", "gupcheck"},
                      {"description", verdict_words(trace)},
                      {"status", trace.check.empty() ? "ok" : "violation"},
                      {"explanation", trace.explanation},
                      {"scenario", trace.subject.scenario},
                      {"kernel", trace.subject.kernel},
                      {"parameters", trace.subject.parameters}};
  std::string out =
      fmt::format("{{\"#meta\":{},\n\"params\":[],\n\"vars\":{},\n", line(about), line(states.variables()));
  if (!trace.cycle.empty()) out += fmt::format("\"loop\":{},\n", trace.stem.size() + 1);
  out += "\"states\":[";
  const char* separator = "\n";
  states.for_each([&](const Json& state) {
    out += separator + line(state);
    separator = ",\n";
    if (out.size() > max_itf_bytes)
      throw std::runtime_error(fmt::format("in itf, with all values in each state, it is larger than {} MB",
                                           max_itf_bytes / 1'000'000));
  });
  return out + "\n]}\n";
}

} // namespace gupcheck::traces
