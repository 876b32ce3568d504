// SPDX-License-Identifier: GPL-2.0-only
//
// See explore_json.hpp.
#include "tools/gupcheck/explore_json.hpp"

#include "traces/enum_names.hpp"
#include "traces/wording.hpp"

namespace gupcheck::tools {

namespace {

using Json = nlohmann::ordered_json;
using Kind = ExploreCommand::Kind;

Json json_of(const std::vector<traces::PictureLine>& picture) {
  Json lines = Json::array();
  for (const traces::PictureLine& line : picture)
    lines.push_back({{"name", line.name}, {"state", line.state}});
  return lines;
}

Json json_of(const traces::Source& source) {
  return {{"file", source.file}, {"line", source.line}, {"function", source.function}};
}

const char* status_of(const traces::Pending& pending) {
  if (pending.finished) return "finished";
  if (pending.enabled) return "enabled";
  const engine::OperationKind kind = pending.action.kind;
  return kind == engine::OperationKind::failed || kind == engine::OperationKind::fault ? "failed" : "blocked";
}

Json json_of_thread(const ExploreSession& session, std::size_t thread) {
  const traces::Pending& pending = session.now().pending[thread];
  const std::string status = status_of(pending);
  Json json{{"thread", thread}, {"name", session.now().threads[thread]}, {"status", status}};
  if (pending.finished) return json;
  json["next"] = words(pending.action);
  json["choices"] = session.choices(thread);
  json["source"] = json_of(pending.action.where);
  json["stack"] = pending.action.stack;
  if (status != "blocked") return json;
  const auto change = session.last_change(thread);
  json["waits_for"] = nullptr;
  if (change)
    json["waits_for"] = {{"location", pending.action.location},
                         {"value", change->value},
                         {"since_step", change->step},
                         {"thread", change->thread}};
  return json;
}

Json json_of_step(const ExploreSession& session, std::size_t number) {
  const traces::Step& step = session.now().stem.at(number - 1);
  Json json{{"step", number},
            {"thread", step.move.thread},
            {"name", session.now().threads[step.move.thread]},
            {"choice", step.move.choice},
            {"did", words(step)},
            {"source", json_of(step.action.where)},
            {"stack", step.action.stack},
            {"changed", json_of(step.changed)}};
  if (const std::string passed = session.passed_at(number); !passed.empty()) json["broke"] = passed;
  return json;
}

void add_state(Json& json, const ExploreSession& session) {
  const traces::Counterexample& now = session.now();
  json["step"] = session.position();
  json["ahead"] = session.length() - session.position();
  json["last"] = session.position() == 0 ? Json(nullptr) : json_of_step(session, session.position());
  Json threads = Json::array();
  for (std::size_t thread = 0; thread < now.pending.size(); ++thread)
    threads.push_back(json_of_thread(session, thread));
  json["threads"] = std::move(threads);
  json["picture"] = json_of(session.picture());
  json["broken"] = now.check.empty() ? Json(nullptr) : Json{{"check", now.check}, {"message", now.message}};
  json["left_out"] = now.semantics.without;
}

void add_subject(Json& json, const ExploreSession& session) {
  const traces::Counterexample& now = session.now();
  json["scenario"] = now.subject.scenario;
  json["kernel"] = now.subject.kernel;
  json["parameters"] = now.subject.parameters;
  json["locks"] = traces::name_of(now.semantics.locks);
  json["fairness"] = traces::name_of(now.semantics.fairness);
}

void add_history(Json& json, const ExploreSession& session) {
  Json steps = Json::array();
  for (std::size_t number = 1; number <= session.position(); ++number)
    steps.push_back(json_of_step(session, number));
  Json ahead = Json::array();
  for (std::size_t i = session.position(); i < session.length(); ++i) {
    const engine::Move& move = session.moves()[i];
    ahead.push_back(
        {{"step", i + 1},
         {"thread", move.thread},
         {"name", move.thread < session.now().threads.size() ? session.now().threads[move.thread] : ""},
         {"choice", move.choice}});
  }
  json["step"] = session.position();
  json["steps"] = std::move(steps);
  json["ahead"] = std::move(ahead);
}

void add_help(Json& json) {
  Json commands = Json::array();
  for (const CommandHelp& command : command_help())
    commands.push_back({{"usage", command.usage}, {"says", command.says}});
  json["commands"] = std::move(commands);
}

Json json_of(const FinishResult& result) {
  const bool broken = result.verdict == engine::Verdict::broken;
  return {{"verdict", traces::name_of(result.verdict)},
          {"asked_for", result.only.empty() ? Json(nullptr) : Json(result.only)},
          {"check", broken ? Json(result.check) : Json(nullptr)},
          {"message", broken ? Json(result.message) : Json(nullptr)},
          {"steps", broken ? Json(result.steps) : Json(nullptr)},
          {"shortest", result.shortest},
          {"states", result.states},
          {"stopped_by", result.stopped_by.empty() ? Json(nullptr) : Json(result.stopped_by)}};
}

} // namespace

Json json_of(const ExploreReply& reply, const ExploreSession& session) {
  Json json{{"command", name_of(reply.kind)}};
  if (!reply.message.empty()) json["message"] = reply.message;
  if (reply.finish) json["finish"] = json_of(*reply.finish);
  switch (reply.kind) {
  case Kind::state: add_subject(json, session); [[fallthrough]];
  case Kind::step:
  case Kind::back:
  case Kind::redo:
  case Kind::go_to:
  case Kind::jump: add_state(json, session); break;
  case Kind::finish: json["ahead"] = session.length() - session.position(); break;
  case Kind::save: json["steps"] = session.position(); break;
  case Kind::history: add_history(json, session); break;
  case Kind::help: add_help(json); break;
  case Kind::quit: break;
  }
  return json;
}

Json json_of_error(std::string_view message) { return {{"error", message}}; }

} // namespace gupcheck::tools
