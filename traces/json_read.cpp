// SPDX-License-Identifier: GPL-2.0-only
//
// Reads counterexamples from JSON and checks that they make sense as a whole.
#include "traces/enum_names.hpp"
#include "traces/json.hpp"
#include "traces/json_reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

constexpr std::size_t max_steps = 1'000'000;
constexpr std::size_t max_stack = 256;
constexpr std::size_t max_picture = 256;
constexpr std::size_t max_checks = 256;
constexpr std::size_t max_looked_at = 4096;
constexpr std::uint64_t max_u32 = std::numeric_limits<std::uint32_t>::max();

template <class Enum> Enum read_enum(const JsonReader& reader) {
  const std::string name = reader.string();
  if (const auto value = named<Enum>(name)) return *value;
  reader.complain(fmt::format("must be one of {}", fmt::join(enum_names<Enum>, ", ")));
}

Value read_value(const JsonReader& reader) {
  reader.require_members({"words", "hex"});
  return {.raw = reader["hex"].hexadecimal(), .words = reader["words"].string()};
}

std::optional<Value> read_optional_value(const JsonReader& reader) {
  if (reader.is_null()) return std::nullopt;
  return read_value(reader);
}

Source read_source(const JsonReader& reader) {
  reader.require_members({"file", "line", "function"});
  return {.file = reader["file"].string(),
          .line = static_cast<std::uint32_t>(reader["line"].number(max_u32)),
          .function = reader["function"].string()};
}

bool read_plain(const JsonReader& reader) {
  const std::string access = reader.string();
  if (access != "plain" && access != "atomic") reader.complain("must be one of plain, atomic");
  return access == "plain";
}

std::uint8_t read_size(const JsonReader& reader) {
  const std::uint64_t size = reader.number(8);
  if (size != 0 && (size & (size - 1)) != 0) reader.complain("must be one of 0, 1, 2, 4, 8");
  return static_cast<std::uint8_t>(size);
}

Action read_action(const JsonReader& reader) {
  reader.require_members({"kind", "location", "bits", "operand", "operand2", "shows", "order", "access",
                          "size", "source", "stack"});
  return {.kind = read_enum<engine::OperationKind>(reader["kind"]),
          .shows = read_enum<engine::ResultOf>(reader["shows"]),
          .order = read_enum<engine::MemoryOrder>(reader["order"]),
          .plain = read_plain(reader["access"]),
          .size = read_size(reader["size"]),
          .location = reader["location"].string(),
          .bits = reader["bits"].string(),
          .operand = read_value(reader["operand"]),
          .operand2 = read_value(reader["operand2"]),
          .where = read_source(reader["source"]),
          .stack = reader["stack"].strings(max_stack)};
}

std::vector<PictureLine> read_picture(const JsonReader& reader) {
  std::vector<PictureLine> lines;
  reader.for_each_element(max_picture, [&lines](const JsonReader& line) {
    line.require_members({"name", "state"});
    lines.push_back({.name = line["name"].string(), .state = line["state"].string()});
  });
  return lines;
}

std::uint8_t read_thread(const JsonReader& reader, std::size_t threads) {
  const std::uint64_t thread = reader.number(engine::max_threads);
  if (thread >= threads) reader.complain(fmt::format("is {}, but there are {} threads", thread, threads));
  return static_cast<std::uint8_t>(thread);
}

std::vector<Step> read_steps(const JsonReader& reader, std::size_t threads) {
  std::vector<Step> steps;
  reader.for_each_element(max_steps, [&steps, threads](const JsonReader& step) {
    step.require_members(
        {"thread", "choice", "operation", "before", "after", "result", "changed", "matters"});
    steps.push_back({.move = {.thread = read_thread(step["thread"], threads),
                              .choice = static_cast<std::uint32_t>(step["choice"].number(max_u32))},
                     .action = read_action(step["operation"]),
                     .before = read_optional_value(step["before"]),
                     .after = read_optional_value(step["after"]),
                     .result = read_optional_value(step["result"]),
                     .changed = read_picture(step["changed"]),
                     .matters = step["matters"].boolean()});
  });
  return steps;
}

std::vector<Pending> read_end(const JsonReader& reader, std::size_t threads) {
  std::vector<Pending> end;
  reader.for_each_element(threads, [&end](const JsonReader& thread) {
    thread.require_members({"finished", "enabled", "operation", "last"});
    Pending pending{.finished = thread["finished"].boolean(),
                    .enabled = thread["enabled"].boolean(),
                    .action = {},
                    .last = read_optional_value(thread["last"])};
    if (pending.finished != thread["operation"].is_null())
      thread["operation"].complain("must be null for a thread that has finished, and only then");
    if (!pending.finished) pending.action = read_action(thread["operation"]);
    end.push_back(std::move(pending));
  });
  // None when the program could not even begin.
  if (!end.empty() && end.size() != threads)
    reader.complain(fmt::format("has {} elements, but there are {} threads", end.size(), threads));
  return end;
}

Semantics read_options(const JsonReader& reader) {
  reader.require_members({"memory", "fairness", "locks", "without"});
  Semantics semantics{.memory = reader["memory"].string(),
                      .fairness = read_enum<engine::Fairness>(reader["fairness"]),
                      .locks = read_enum<engine::Locks>(reader["locks"]),
                      .without = reader["without"].strings(max_checks)};
  if (semantics.memory != "sc") reader["memory"].complain("must be one of sc");
  return semantics;
}

// Says that it is something else before it says what is missing in it.
void require_format(const JsonReader& document, const nlohmann::json& value) {
  const auto format = value.is_object() ? value.find("format") : value.end();
  if (!value.is_object() || format == value.end() || !format->is_string() ||
      format->get_ref<const std::string&>() != trace_format)
    document.complain(fmt::format("is not a trace: `format` must be \"{}\"", trace_format));
  const std::uint64_t version = document["version"].number(std::numeric_limits<std::uint64_t>::max());
  if (version != trace_version)
    document["version"].complain(
        fmt::format("is {}, but this gupcheck reads version {} only", version, trace_version));
}

} // namespace

Counterexample from_json(std::string_view text, const std::string& origin) {
  const nlohmann::json value = parse_json(text, origin);
  const JsonReader document(value, origin);
  require_format(document, value);
  document.require_members({"format", "version", "scenario", "kernel", "parameters", "options", "check",
                            "message", "explanation", "shortest", "fewest_switches", "looked_at", "threads",
                            "initial", "stem", "cycle", "end"});
  Counterexample trace;
  trace.subject.scenario = document["scenario"].string();
  trace.subject.kernel = document["kernel"].string();
  document["parameters"].for_each_member([&trace](const std::string& name, const JsonReader& parameter) {
    trace.subject.parameters[name] = parameter.string();
  });
  trace.semantics = read_options(document["options"]);
  trace.check = document["check"].string();
  trace.message = document["message"].string();
  trace.explanation = document["explanation"].string();
  trace.shortest = document["shortest"].boolean();
  trace.fewest_switches = document["fewest_switches"].boolean();
  trace.looked_at = document["looked_at"].strings(max_looked_at);
  trace.threads = document["threads"].strings(engine::max_threads);
  trace.initial = read_picture(document["initial"]);
  trace.stem = read_steps(document["stem"], trace.threads.size());
  trace.cycle = read_steps(document["cycle"], trace.threads.size());
  trace.pending = read_end(document["end"], trace.threads.size());
  // A schedule that breaks nothing (yet).
  if (trace.check.empty() && !trace.message.empty())
    document["check"].complain("must not be empty where there is a message");
  if (trace.check.empty() && !trace.cycle.empty())
    document["check"].complain("must not be empty where there is a cycle");
  return trace;
}

Counterexample read_trace(const std::filesystem::path& file) {
  std::error_code no_file; // a name that is none cannot be opened either
  if (std::filesystem::is_directory(file, no_file))
    throw std::runtime_error(file.string() + ": is a directory");
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw std::runtime_error(file.string() + ": cannot be opened: " + std::generic_category().message(errno));
  // In pieces, not by the file's size: a device has none and may never end.
  std::string text;
  std::vector<char> piece(64 * 1024);
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_trace_bytes)
      throw std::runtime_error(fmt::format("{}: is larger than {} MB, too large for a trace", file.string(),
                                           max_trace_bytes >> 20));
  }
  if (stream.bad()) throw std::runtime_error(file.string() + ": cannot be read");
  return from_json(text, file.string());
}

} // namespace gupcheck::traces
