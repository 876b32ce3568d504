// SPDX-License-Identifier: GPL-2.0-only
//
// libFuzzer's target for the reader of trace files, and for everything that is made of what it accepts.
//
// Promises that are checked on each input: a refusal is one line without control characters. What is accepted
// survives to_json() and back unchanged, and every format that a trace can be written in comes out without
// control characters and with lines that a reader can read. tests/fuzz/run.sh runs it; to look at one input:
// trace_reader_fuzz FILE.
#include "tests/fuzz/format_checks.hpp"
#include "traces/diff.hpp"
#include "traces/json.hpp"
#include "traces/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using gupcheck::tests::has_control_characters;
using gupcheck::tests::require;
using gupcheck::traces::Counterexample;
using Json = nlohmann::ordered_json;

// Calls `visit` with each part of `text` between `separator`s.
template <class Visit> void for_each_part(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(separator));
    visit(part);
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
}

// In characters, not bytes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::size_t longest_word(std::string_view line) {
  std::size_t longest = 0;
  for_each_part(line, ' ', [&longest](std::string_view word) { longest = std::max(longest, width(word)); });
  return longest;
}

// Text is for people: a line is longer than asked for only by a single word.
void check_text(const Counterexample& trace, std::size_t columns) {
  const std::string text = gupcheck::traces::text(trace, {.colour = false, .columns = columns});
  require(!text.empty(), "the text is empty", text);
  require(!has_control_characters(text, true), "the text has control characters", text);
  for_each_part(text, '\n', [columns](std::string_view line) {
    require(width(line) <= columns || width(line) - longest_word(line) <= columns,
            "a line of the text is too long", line);
  });
}

void check_json(const Counterexample& trace) {
  const std::string json = gupcheck::traces::to_json(trace);
  require(!has_control_characters(json, true), "the JSON has control characters", json);
  require(gupcheck::traces::from_json(json, "written") == trace, "what is written is not what was read",
          json);
}

// Against itself, and against the same steps the other way round.
void check_diff(const Counterexample& trace) {
  const gupcheck::traces::DiffSide side{.name = "a", .trace = trace};
  require(gupcheck::traces::diff(side, side).is_same(), "a trace differs from itself", trace.check);
  gupcheck::traces::DiffSide other = side;
  std::reverse(other.trace.stem.begin(), other.trace.stem.end());
  const gupcheck::traces::TraceDiff diff = gupcheck::traces::diff(side, other);
  const std::string text = gupcheck::traces::text(diff, {.colour = false, .columns = 60});
  require(!has_control_characters(text, true), "the text of a diff has control characters", text);
  const std::string json = gupcheck::traces::to_json(diff);
  require(!has_control_characters(json, true), "the JSON of a diff has control characters", json);
}

// One for each format of `gupcheck trace export`.
void check_everything_made_of(const Counterexample& trace) {
  check_json(trace);
  check_text(trace, 60);
  check_text(trace, 100);
  check_diff(trace);
  gupcheck::tests::check_dot(trace);
  gupcheck::tests::check_perfetto(trace);
  gupcheck::tests::check_itf(trace);
  gupcheck::tests::check_litmus(trace);
  gupcheck::tests::check_html(trace);
}

// A change that leaves JSON valid; bytes alone are changed by libFuzzer itself.
class StructureMutator {
public:
  explicit StructureMutator(unsigned seed) : random_(seed) {}

  void mutate(Json& document) {
    Json* value = &document;
    Json* parent = nullptr;
    while (value->is_structured() && !value->empty() && (parent == nullptr || pick(8) != 0)) {
      parent = value;
      value = &*std::next(value->begin(), static_cast<std::ptrdiff_t>(pick(value->size())));
    }
    if (value->is_array()) {
      change_array(*value);
    } else if (value->is_string()) {
      change_string(value->get_ref<std::string&>());
    } else if (value->is_boolean()) {
      *value = !value->get<bool>();
    } else if (value->is_number()) {
      *value = numbers_[pick(std::size(numbers_))];
    } else {
      *value = nullptr;
    }
  }

private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  void change_array(Json& array) {
    if (array.empty()) return;
    const std::size_t at = pick(array.size());
    const std::size_t other = pick(array.size());
    switch (pick(3)) {
    case 0: array.push_back(Json(array[at])); break;
    case 1: array.erase(at); break;
    default: std::swap(array[at], array[other]);
    }
  }

  void change_string(std::string& text) {
    switch (pick(5)) {
    case 0: text.clear(); break;
    case 1: text.insert(pick(text.size() + 1), " "); break;
    case 2: text.insert(pick(text.size() + 1), "\u00e9"); break;
    case 3: text += text.size() < 2000 ? text + ' ' + text : ""; break;
    default: text = words_[pick(std::size(words_))];
    }
  }

  static constexpr std::uint64_t numbers_[] = {0, 1, 2, 3, 4, 7, 8, 255, 4294967295U, ~std::uint64_t{0}};
  static constexpr const char* words_[] = {"load",       "store",      "lock",       "enqueue",
                                           "choose",     "failed",     "fault",      "finished",
                                           "fetch_and",  "wait_equal", "add_unless", "old_bits",
                                           "old_value",  "success",    "nothing",    "0xffffffffffffffff",
                                           "0x0",        "thread",     "fifo",       "plain",
                                           "new_is_zero"};
  std::minstd_rand random_;
};

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  if (seed % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Json document = Json::parse(data, data + size, nullptr, false);
  if (document.is_discarded()) return LLVMFuzzerMutate(data, size, max_size);
  StructureMutator mutator(seed);
  for (unsigned changes = 1 + seed / 2 % 3; changes > 0; --changes) mutator.mutate(document);
  const std::string changed = document.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Counterexample trace;
  try {
    trace = gupcheck::traces::from_json({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const std::runtime_error& refusal) {
    gupcheck::tests::check_refusal(refusal.what());
    require(std::string_view(refusal.what()).starts_with("input: "), "a refusal does not say of what",
            refusal.what());
    return 0;
  }
  check_everything_made_of(trace);
  return 0;
}
