// SPDX-License-Identifier: GPL-2.0-only
//
// Trace files: nothing is lost on the way, and nothing damaged gets in.
#include "tests/traces_samples.hpp"
#include "traces/json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

namespace gupcheck {
namespace {

// The message with which `text` is refused; empty if it is not.
std::string complaint(const std::string& text) {
  try {
    traces::from_json(text, "x.json");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

// The sample's document, changed by `edit`.
template <class Edit> std::string complaint_about(Edit edit) {
  nlohmann::json document = nlohmann::json::parse(traces::to_json(tests::sample()));
  edit(document);
  return complaint(document.dump());
}

TEST(Json, RoundTrip) {
  EXPECT_EQ(traces::from_json(traces::to_json(tests::sample()), "x"), tests::sample());
  EXPECT_EQ(traces::from_json(traces::to_json(tests::sample_with_cycle()), "x"), tests::sample_with_cycle());
}

TEST(Json, RoundTripOfExtremeValues) {
  traces::Counterexample trace = tests::sample();
  trace.stem[0].before = traces::Value{.raw = ~std::uint64_t{0}, .words = "\"quoted\\\" \u00e9"};
  trace.stem[0].move.choice = ~std::uint32_t{0};
  trace.pending.clear();
  trace.message.clear();
  EXPECT_EQ(traces::from_json(traces::to_json(trace), "x"), trace);
}

TEST(Json, EveryTruncationIsRefusedInOneLine) {
  const std::string whole = traces::to_json(tests::sample());
  for (std::size_t size = 0; size + 2 < whole.size(); size += 7) {
    const std::string message = complaint(whole.substr(0, size));
    EXPECT_NE(message.find("the file ends too early"), std::string::npos) << size << ": " << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

TEST(Json, DamagedBytesAreRefusedOrReadButNeverACrash) {
  const std::string whole = traces::to_json(tests::sample());
  for (std::size_t at = 0; at < whole.size(); at += 5)
    for (const char damage : {'\0', '\x1b', '"', '}', '9', '\xff'}) {
      std::string text = whole;
      text[at] = damage;
      const std::string message = complaint(text);
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
      EXPECT_TRUE(message.empty() || message.starts_with("x.json: ")) << message;
    }
}

TEST(Json, SaysWhereItIsDamaged) {
  EXPECT_EQ(complaint("{\n  \"format\" oops"), "x.json: line 2, column 12: this is not JSON");
}

TEST(Json, ForeignDocumentsAreNamedAsSuch) {
  for (const char* text : {"[]", "{}", "7", R"({"format": "perfetto"})", R"({"format": 1})"})
    EXPECT_NE(complaint(text).find("is not a trace"), std::string::npos) << text;
  EXPECT_EQ(complaint_about([](auto& document) { document["version"] = 3; }),
            "x.json: version: is 3, but this gupcheck reads version 2 only");
}

TEST(Json, ComplaintsSayWhatAndWhere) {
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"][1]["thread"] = 2; }),
            "x.json: stem[1].thread: is 2, but there are 2 threads");
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"][1]["operation"]["kind"] = "locks"; }).substr(0, 64),
            "x.json: stem[1].operation.kind: must be one of load, store, exch");
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"][0]["before"]["hex"] = "0x1ffffffffffffffff"; }),
            "x.json: stem[0].before.hex: must be a hexadecimal number of 64 bits, like \"0x401\"");
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"][0].erase("choice"); }),
            "x.json: stem[0]: `choice` is missing");
  EXPECT_EQ(complaint_about([](auto& d) { d["options"]["colour"] = true; }),
            "x.json: options: `colour` is unknown");
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"][0]["choice"] = -1; }),
            "x.json: stem[0].choice: must be a whole number, not below 0");
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"] = 3; }), "x.json: stem: must be an array");
  EXPECT_EQ(complaint_about([](auto& d) { d["check"] = ""; }),
            "x.json: check: must not be empty where there is a message");
  EXPECT_EQ(complaint_about([](auto& d) { d["message"] = "\x1b[2J"; }),
            "x.json: message: has a control character");
  EXPECT_EQ(complaint_about([](auto& d) { d["message"] = std::string(20000, 'x'); }),
            "x.json: message: is longer than 16384 bytes");
  EXPECT_EQ(complaint_about([](auto& d) { d["end"].erase(0); }),
            "x.json: end: has 1 elements, but there are 2 threads");
  EXPECT_EQ(complaint_about([](auto& d) { d["end"][0]["finished"] = false; }),
            "x.json: end[0].operation: must be null for a thread that has finished, and only then");
  EXPECT_EQ(complaint_about([](auto& d) { d["stem"][0]["operation"]["size"] = 3; }),
            "x.json: stem[0].operation.size: must be one of 0, 1, 2, 4, 8");
  EXPECT_EQ(complaint_about([](auto& d) { d["options"]["memory"] = "tso"; }),
            "x.json: options.memory: must be one of sc");
}

TEST(Json, DeepNestingAndHugeNumbersAreRefused) {
  EXPECT_NE(complaint(std::string(1'000'000, '[')).find("nested too deeply"), std::string::npos);
  EXPECT_FALSE(complaint("1e999999").empty());
}

TEST(Json, FilesThatAreNoneAreRefused) {
  EXPECT_THROW(traces::read_trace("/nonexistent/trace.json"), std::runtime_error);
  EXPECT_THROW(traces::read_trace("/"), std::runtime_error);
  EXPECT_THROW(traces::read_trace("/dev/null"), std::runtime_error);
  EXPECT_THROW(traces::read_trace("/dev/zero"), std::runtime_error);
}

// The schema names each member that the writer writes, and the other way round.
void expect_same_members(const nlohmann::json& schema, const nlohmann::json& object) {
  for (const auto& [name, ignored] : object.items()) EXPECT_TRUE(schema["properties"].contains(name)) << name;
  for (const auto& name : schema["required"]) EXPECT_TRUE(object.contains(name.get<std::string>())) << name;
  EXPECT_EQ(schema["properties"].size(), object.size());
}

TEST(Json, TheSchemaHasTheMembersThatAreWritten) {
  std::ifstream file(GUPCHECK_SOURCE_ROOT "/traces/schema.json");
  const nlohmann::json schema = nlohmann::json::parse(file);
  const nlohmann::json document = nlohmann::json::parse(traces::to_json(tests::sample()));
  const nlohmann::json& defs = schema["$defs"];
  expect_same_members(schema, document);
  expect_same_members(schema["properties"]["options"], document["options"]);
  expect_same_members(defs["steps"]["items"], document["stem"][0]);
  expect_same_members(defs["operation"], document["stem"][0]["operation"]);
  expect_same_members(defs["operation"]["properties"]["source"], document["stem"][0]["operation"]["source"]);
  expect_same_members(defs["value"], document["stem"][0]["before"]);
  expect_same_members(defs["picture"]["items"], document["initial"][0]);
  expect_same_members(defs["pending"], document["end"][1]);
}

} // namespace
} // namespace gupcheck
