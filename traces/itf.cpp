// SPDX-License-Identifier: GPL-2.0-only
//
// See itf.hpp. One type for each variable, as Apalache wants it: a location is a number in all states or
// words in all states.
#include "traces/itf.hpp"

#include "traces/steps.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace gupcheck::traces {

namespace {

using Json = nlohmann::ordered_json;
using engine::OperationKind;

Json big(const std::string& number) { return {{"#bigint", number}}; }

bool is_number(const std::string& words) {
  const std::size_t sign = words.starts_with('-') ? 1 : 0;
  return words.size() > sign && std::all_of(words.begin() + static_cast<std::ptrdiff_t>(sign), words.end(),
                                            [](char c) { return c >= '0' && c <= '9'; });
}

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
    for (const PictureLine& line : trace.initial) draw(line);
  }

  std::vector<std::string> variables() const {
    std::vector<std::string> names{"action", "pc", "picture"};
    for (const std::string& location : order_) names.push_back(locations_.at(location).variable);
    return names;
  }

  Json all() {
    Json states = Json::array();
    states.push_back(state(0));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.after) locations_.at(step.action.location).now = step.after->words;
      for (const PictureLine& line : step.changed) draw(line);
      states.push_back(state(i + 1));
    }
    return states;
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

  void draw(const PictureLine& line) {
    const auto found = std::find_if(picture_.begin(), picture_.end(),
                                    [&](const PictureLine& one) { return one.name == line.name; });
    if (found == picture_.end()) {
      picture_.push_back(line);
    } else {
      found->state = line.state;
    }
  }

  Json state(std::size_t index) const {
    Json state = {{"#meta", {{"index", index}}}, {"action", action(index)}, {"pc", places(index)}};
    Json picture = Json::array();
    for (const PictureLine& line : picture_)
      if (!line.state.empty()) picture.push_back(Json::array({line.name, line.state}));
    state["picture"] = {{"#map", picture}};
    for (const std::string& name : order_) {
      const Location& location = locations_.at(name);
      state[location.variable] = location.numbers ? big(location.now) : Json(location.now);
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

  Json places(std::size_t index) const {
    Json map = Json::array();
    for (std::size_t thread = 0; thread < threads_.size(); ++thread)
      map.push_back(Json::array({threads_[thread], where(thread, index)}));
    return {{"#map", map}};
  }

  // Where the thread is in state `index`: before its next step.
  std::string where(std::size_t thread, std::size_t index) const {
    for (std::size_t i = index; i < steps_.size(); ++i)
      if (steps_[i].move.thread == thread) return place(steps_[i].action);
    if (thread >= trace_.pending.size()) return "not started";
    const Pending& pending = trace_.pending[thread];
    if (pending.finished) return "finished";
    if (pending.action.kind == OperationKind::failed) return "failed at " + place(pending.action);
    if (pending.action.kind == OperationKind::fault) return "crashed at " + place(pending.action);
    return place(pending.action);
  }

  const Counterexample& trace_;
  Steps steps_;
  std::vector<std::string> threads_;
  std::map<std::string, Location> locations_;
  std::vector<std::string> order_; // of the locations: as they are touched
  std::vector<PictureLine> picture_;
};

} // namespace

std::string itf(const Counterexample& trace) {
  States states(trace);
  Json document = {{"#meta",
                    {{"format", "ITF"},
                     {"format-description", "https://apalache-mc.org/docs/adr/015adr-trace.html"},
                     {"source", "gupcheck"},
                     {"description", fmt::format("{}: {}", trace.check, trace.message)},
                     {"status", "violation"},
                     {"explanation", trace.explanation},
                     {"scenario", trace.subject.scenario},
                     {"kernel", trace.subject.kernel},
                     {"parameters", trace.subject.parameters}}},
                   {"params", Json::array()},
                   {"vars", states.variables()},
                   {"states", states.all()}};
  if (!trace.cycle.empty()) document["loop"] = trace.stem.size() + 1;
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace gupcheck::traces
