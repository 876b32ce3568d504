// SPDX-License-Identifier: GPL-2.0-only
//
// The request as JSON. See saved_request.hpp.
#include "tools/gupcheck/saved_request.hpp"

#include "model/engine/checkpoint.hpp"
#include "tools/gupcheck/arguments.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/quantity.hpp"
#include "tools/gupcheck/status.hpp"
#include "traces/enum_names.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace gupcheck::tools {

namespace {

using Json = nlohmann::json;

template <class Enum> Enum enum_in(const Json& json, const char* name) {
  const auto word = json.at(name).get<std::string>();
  const auto value = traces::named<Enum>(word);
  if (!value) throw UsageError(fmt::format("unknown {} `{}`", name, word));
  return *value;
}

engine::Options options_in(const Json& json) {
  engine::Options options;
  options.quotient = json.at("quotient").get<bool>();
  options.transactions = json.at("transactions").get<bool>();
  options.sleep_sets = json.at("sleep_sets").get<bool>();
  options.symmetry = json.at("symmetry").get<bool>();
  options.fairness = enum_in<engine::Fairness>(json, "fairness");
  options.locks = enum_in<engine::Locks>(json, "locks");
  options.without = json.at("without").get<std::vector<std::string>>();
  options.jobs = json.at("jobs").get<unsigned>();
  options.spill_directory = json.at("spill").get<std::string>();
  options.max_memory_bytes = json.at("max_memory_bytes").get<std::uint64_t>();
  options.checkpoints.interval = std::chrono::duration<double>(json.at("checkpoint_interval").get<double>());
  return options;
}

} // namespace

void add_checkpoint_options(CLI::App& command, CheckpointArguments& arguments, const std::string& file_help) {
  command.add_option("--checkpoint", arguments.file, file_help)->check(not_empty);
  command
      .add_option("--checkpoint-interval", arguments.interval,
                  "Time between checkpoints: 1s, 5m (default: a minute; longer where writing takes long)")
      ->check(not_empty);
}

void set_checkpoints(RunRequest& request, const CheckpointArguments& arguments) {
  engine::CheckpointOptions& checkpoints = request.options.checkpoints;
  if (!arguments.interval.empty())
    checkpoints.interval = parse_duration("--checkpoint-interval", arguments.interval);
  if (!arguments.file.empty()) checkpoints.file = arguments.file;
  if (checkpoints.file.empty()) {
    if (!arguments.interval.empty())
      throw UsageError("--checkpoint-interval means nothing without --checkpoint");
    return;
  }
  if (request.every_check)
    throw UsageError(
        "--checkpoint is for one exploration; --all may need several, one for each broken check");
  if (request.options.order != engine::SearchOrder::bfs) throw UsageError("--checkpoint is for --search bfs");
  if (request.options.executor != engine::Executor::memo)
    throw UsageError("--checkpoint is for --engine memo");
  std::error_code ignored;
  if (checkpoints.file == "-" || (std::filesystem::exists(checkpoints.file, ignored) &&
                                  !std::filesystem::is_regular_file(checkpoints.file, ignored)))
    throw UsageError(
        fmt::format("{}: is no regular file, so no checkpoint can take its place", checkpoints.file));
  require_writable(checkpoints.file);
  checkpoints.request = saved_request(request);
}

// Not what stopped it (--timeout, --max-states): it would do so again at once.
std::string saved_request(const RunRequest& request) {
  const engine::Options& options = request.options;
  return Json{{"scenario", request.scenario->name},
              {"kernel", request.parameters.kernel},
              {"threads", request.parameters.threads},
              {"pages", request.parameters.pages},
              {"mutant", static_cast<unsigned>(request.parameters.mutant)},
              {"quotient", options.quotient},
              {"transactions", options.transactions},
              {"sleep_sets", options.sleep_sets},
              {"symmetry", options.symmetry},
              {"fairness", traces::name_of(options.fairness)},
              {"locks", traces::name_of(options.locks)},
              {"without", options.without},
              {"jobs", options.jobs},
              {"spill", options.spill_directory},
              {"max_memory_bytes", options.max_memory_bytes},
              {"checkpoint_interval", options.checkpoints.interval.count()}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

RunRequest request_of_file(const std::string& path) {
  const std::string text = engine::request_of_checkpoint(path);
  try {
    const Json json = Json::parse(text);
    RunRequest request;
    request.scenario = &scenario_named(json.at("scenario").get<std::string>());
    request.parameters = parameters_for(*request.scenario, json.at("kernel").get<std::string>(),
                                        json.at("threads").get<unsigned>(), json.at("pages").get<unsigned>());
    request.parameters.mutant = static_cast<kernel::Mutant>(json.at("mutant").get<unsigned>());
    request.options = options_in(json);
    request.options.checkpoints.resume_from = path;
    return request;
  } catch (const std::exception& error) {
    throw UsageError(fmt::format("{}: is of a run that gupcheck does not know: {}", path, error.what()));
  }
}

} // namespace gupcheck::tools
