// SPDX-License-Identifier: GPL-2.0-only
//
// Trace files that somebody damaged or made up: what is refused, that it is refused in one line, and what is
// still read.
#include "tests/traces_samples.hpp"
#include "traces/json.hpp"
#include "traces/text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace gupcheck {
namespace {

std::string complaint(const std::string& text) {
  try {
    traces::from_json(text, "x.json");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

bool is_one_line(const std::string& message) {
  return message.starts_with("x.json: ") && std::none_of(message.begin(), message.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

std::string packed(const traces::Counterexample& trace) {
  return nlohmann::json::parse(traces::to_json(trace)).dump();
}

// The sample with `bytes` as its message, as they are.
std::string with_message(const std::string& bytes) {
  traces::Counterexample trace = tests::sample();
  trace.message = "@";
  std::string text = traces::to_json(trace);
  return text.replace(text.find("\"@\"") + 1, 1, bytes);
}

TEST(HostileTraces, EveryPrefixIsRefusedInOneLine) {
  for (const std::string& whole : {packed(tests::sample()), packed(tests::sample_with_cycle())})
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const std::string message = complaint(whole.substr(0, size));
      EXPECT_TRUE(is_one_line(message) && message.ends_with("the file ends too early"))
          << size << ": " << message;
    }
}

TEST(HostileTraces, EveryByteMayBeAnother) {
  const std::string whole = packed(tests::sample());
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char damage : {'\0', '"', '\\', '{', ',', '9', '\xff'}) {
      std::string text = whole;
      text[at] = damage;
      const std::string message = complaint(text);
      EXPECT_TRUE(message.empty() || is_one_line(message)) << at << ": " << message;
    }
}

TEST(HostileTraces, NothingThatDrivesATerminalGetsIn) {
  for (const char* bytes : {"\\u0000", "\\u001b[2J", "\\u007f", "\\u009b2J", "\xc2\x9b", "\xc2\x80",
                            "\\u0085", "\\u2028", "\xe2\x80\xa9", "\\u202e", "\xe2\x81\xa6", "\\u200f"})
    EXPECT_EQ(complaint(with_message(bytes)), "x.json: message: has a control character") << bytes;
  // Neighbours of these, and characters of every length.
  for (const char* bytes : {"~", "\xc2\xa0", "\u00e9", "\u2027", "\u202f", "\u2065", "\u206a", "\u200d",
                            "\u4e16", "\U0001f600", "\\ud83d\\ude00"})
    EXPECT_EQ(complaint(with_message(bytes)), "") << bytes;
}

TEST(HostileTraces, TextThatIsNotUtf8IsNotJson) {
  for (const char* bytes : {"\xff", "\xfe\xff", "\x80", "\xe4\xb8", "\xc0\xaf", "\xe0\x80\xaf",
                            "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\\ud800", "\\udc00",
                            "\\udc00\\ud800", "\\ud800\\u0041", "\\u12", "\\x41"}) {
    const std::string message = complaint(with_message(bytes));
    EXPECT_TRUE(is_one_line(message) && message.ends_with("this is not JSON")) << bytes << ": " << message;
  }
}

TEST(HostileTraces, NumbersAreWholeAndInRange) {
  const std::string whole = packed(tests::sample());
  const auto with_choice = [&whole](const std::string& number) {
    std::string text = whole;
    const std::string member = "\"choice\":0";
    return complaint(text.replace(text.find(member) + member.size() - 1, 1, number));
  };
  for (const char* number : {"-1", "0.5", "1e2", "-0.0", "\"0\"", "true", "null", "[]", "{}"})
    EXPECT_EQ(with_choice(number), "x.json: stem[0].choice: must be a whole number, not below 0") << number;
  EXPECT_EQ(with_choice("4294967296"),
            "x.json: stem[0].choice: is 4294967296, at most 4294967295 is allowed");
  for (const char* number : {"1e999999", "-1e999999"})
    EXPECT_EQ(with_choice(number), "x.json: a number is out of range") << number;
  EXPECT_EQ(with_choice(std::string(400, '9')), "x.json: a number is out of range");
  // Too large for 64 bits, not for a double.
  EXPECT_EQ(with_choice("18446744073709551616"),
            "x.json: stem[0].choice: must be a whole number, not below 0");
  for (const char* number : {"NaN", "Infinity", "-Infinity", "nan", "00", "0x0", "+1", ".5", "1."})
    EXPECT_TRUE(with_choice(number).ends_with("this is not JSON")) << number << ": " << with_choice(number);
}

TEST(HostileTraces, NoMemberIsThereTwice) {
  const std::string whole = packed(tests::sample());
  const auto doubled = [&whole](const std::string& member, const std::string& again) {
    std::string text = whole;
    return complaint(text.insert(text.find(member), again));
  };
  EXPECT_EQ(doubled("\"check\":", "\"check\":\"deadlock\","), "x.json: `check` is there twice");
  EXPECT_EQ(doubled("\"check\":", "\"\\u0063heck\":\"deadlock\","), "x.json: `check` is there twice");
  EXPECT_EQ(doubled("\"thread\":", "\"thread\":1,"), "x.json: `thread` is there twice");
  EXPECT_EQ(doubled("\"check\":", "\"\\u001b\":0,\"\\u001b\":0,"), "x.json: `?` is there twice");
}

TEST(HostileTraces, NestingIsBounded) {
  for (const char* unit : {"[", "{\"a\":", "[[{\"\":["}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += unit;
    EXPECT_EQ(complaint(text), "x.json: nested too deeply for a trace");
  }
}

// The page stays in shape, however long the names are that a file makes up.
TEST(HostileTraces, NamesOfThreadsAreClipped) {
  traces::Counterexample trace = tests::sample();
  trace.threads = {std::string(10'000, 'x'), "a name of many words that goes on and on"};
  const std::string text = traces::text(trace, {.colour = false, .columns = 60});
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 60U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
  EXPECT_NE(text.find("a name of many words t.."), std::string::npos) << text;
}

} // namespace
} // namespace gupcheck
