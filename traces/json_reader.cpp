// SPDX-License-Identifier: GPL-2.0-only
//
// The checks behind each access, and the place of a syntax error.
#include "traces/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

constexpr std::size_t max_string = 16 * 1024;
constexpr std::size_t max_nesting = 16;
// Values of a document, counted while it is parsed: a parsed one takes many times the bytes of its text. A
// trace of the largest size has fewer.
constexpr std::size_t max_values = 8'000'000;

// Names of members come from the file, too: they are shown only as far as they are harmless.
std::string printable(std::string_view name) {
  std::string shown(name.substr(0, 60));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return shown;
}

// What drives a terminal or makes text look like other text: control characters, those of C1 in two bytes
// (some terminals take U+009B for ESC [), line and paragraph separators, and changes of direction. The text
// is UTF-8; the parser saw to that.
bool is_harmless(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [text](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned first = byte(i);
    if (first < 0x20 || first == 0x7f || (first == 0xc2 && byte(i + 1) < 0xa0)) return false;
    if (first != 0xe2) continue;
    const unsigned code = ((first & 0xf) << 12) | ((byte(i + 1) & 0x3f) << 6) | (byte(i + 2) & 0x3f);
    if ((code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
        (code >= 0x2066 && code <= 0x2069))
      return false;
  }
  return true;
}

using Json = nlohmann::json;

// Looks a text over before anything is made of it: refuses what is no JSON, what would cost too much to hold,
// and what two readers would understand differently. (A callback of Json::parse() could do the same, but goes
// through all elements of an array each time that one of them ends.)
class Guard : public nlohmann::json_sax<Json> {
public:
  Guard(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(Json::number_integer_t) override { return count(); }
  bool number_unsigned(Json::number_unsigned_t) override { return count(); }
  bool number_float(Json::number_float_t, const std::string&) override { return count(); }
  bool string(std::string&) override { return count(); }
  bool binary(Json::binary_t&) override { return count(); }

  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }

  bool key(std::string& name) override {
    if (!open_.back().insert(name).second) refuse(fmt::format("`{}` is there twice", printable(name)));
    return count();
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
    constexpr int number_overflow = 406;
    if (error.id == number_overflow) refuse("a number is out of range");
    const std::string_view before = text_.substr(0, position == 0 ? 0 : position - 1);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
    const bool ended = before.size() >= text_.size();
    refuse(fmt::format("line {}, column {}: {}", line, column,
                       ended ? "the file ends too early" : "this is not JSON"));
  }

private:
  bool count() {
    if (++values_ > max_values)
      refuse(fmt::format("has more than {} values, too many for a trace", max_values));
    return true;
  }
  bool open() {
    if (open_.size() == max_nesting) refuse("nested too deeply for a trace");
    open_.emplace_back();
    return count();
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  [[noreturn]] void refuse(const std::string& what) const { throw std::runtime_error(origin_ + ": " + what); }

  std::string_view text_;
  const std::string& origin_;
  std::vector<std::set<std::string>> open_; // of each array and object that is not closed: the names so far
  std::size_t values_ = 0;
};

} // namespace

nlohmann::json parse_json(std::string_view text, const std::string& origin) {
  Guard guard(text, origin);
  Json::sax_parse(text, &guard);
  return Json::parse(text);
}

void JsonReader::complain(const std::string& what) const {
  throw std::runtime_error(fmt::format("{}: {}: {}", origin_, path_.empty() ? "the document" : path_, what));
}

void JsonReader::require_members(std::initializer_list<std::string_view> names) const {
  if (!value_->is_object()) complain("must be an object");
  for (const std::string_view name : names)
    if (!value_->contains(name)) complain(fmt::format("`{}` is missing", name));
  for (const auto& [name, ignored] : value_->items())
    if (std::find(names.begin(), names.end(), name) == names.end())
      complain(fmt::format("`{}` is unknown", printable(name)));
}

JsonReader JsonReader::operator[](const std::string& member) const {
  if (!value_->is_object()) complain("must be an object");
  const auto found = value_->find(member);
  if (found == value_->end()) complain(fmt::format("`{}` is missing", member));
  return {*found, origin_, path_.empty() ? member : path_ + '.' + member};
}

void JsonReader::for_each_member(
    const std::function<void(const std::string&, const JsonReader&)>& visit) const {
  if (!value_->is_object()) complain("must be an object");
  for (const auto& [name, member] : value_->items()) {
    const JsonReader reader(member, origin_, path_ + '.' + printable(name));
    if (name.empty() || printable(name) != name) reader.complain("is not a name");
    visit(name, reader);
  }
}

void JsonReader::for_each_element(std::size_t most,
                                  const std::function<void(const JsonReader&)>& visit) const {
  if (!value_->is_array()) complain("must be an array");
  if (value_->size() > most)
    complain(fmt::format("has {} elements, at most {} are allowed", value_->size(), most));
  for (std::size_t i = 0; i < value_->size(); ++i)
    visit(JsonReader((*value_)[i], origin_, fmt::format("{}[{}]", path_, i)));
}

bool JsonReader::boolean() const {
  if (!value_->is_boolean()) complain("must be true or false");
  return value_->get<bool>();
}

std::uint64_t JsonReader::number(std::uint64_t most) const {
  if (!value_->is_number_unsigned()) complain("must be a whole number, not below 0");
  const auto number = value_->get<std::uint64_t>();
  if (number > most) complain(fmt::format("is {}, at most {} is allowed", number, most));
  return number;
}

std::uint64_t JsonReader::hexadecimal() const {
  const std::string text = string();
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  if (text.starts_with("0x")) {
    const auto [stop, error] = std::from_chars(text.data() + 2, end, number, 16);
    if (error == std::errc() && stop == end) return number;
  }
  complain("must be a hexadecimal number of 64 bits, like \"0x401\"");
}

std::string JsonReader::string() const {
  if (!value_->is_string()) complain("must be a string");
  const auto& text = value_->get_ref<const std::string&>();
  if (text.size() > max_string) complain(fmt::format("is longer than {} bytes", max_string));
  if (!is_harmless(text)) complain("has a control character");
  return text;
}

std::vector<std::string> JsonReader::strings(std::size_t most) const {
  std::vector<std::string> list;
  for_each_element(most, [&list](const JsonReader& element) { list.push_back(element.string()); });
  return list;
}

} // namespace gupcheck::traces
