// SPDX-License-Identifier: GPL-2.0-only
//
// The checks behind each access, and the place of a syntax error.
#include "traces/json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace gupcheck::traces {

namespace {

constexpr std::size_t max_string = 16 * 1024;
constexpr int max_nesting = 16;

// Names of members come from the file, too: they are shown only as far as they are harmless.
std::string printable(std::string_view name) {
  std::string shown(name.substr(0, 60));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return shown;
}

} // namespace

nlohmann::json parse_json(std::string_view text, const std::string& origin) {
  const auto bounded = [&origin](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > max_nesting) throw std::runtime_error(origin + ": nested too deeply for a trace");
    return true;
  };
  try {
    return nlohmann::json::parse(text, bounded);
  } catch (const nlohmann::json::parse_error& error) {
    const std::string_view before = text.substr(0, error.byte == 0 ? 0 : error.byte - 1);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
    const bool ended = before.size() >= text.size();
    throw std::runtime_error(fmt::format("{}: line {}, column {}: {}", origin, line, column,
                                         ended ? "the file ends too early" : "this is not JSON"));
  } catch (const nlohmann::json::exception&) {
    throw std::runtime_error(origin + ": a number is out of range");
  }
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
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) complain("has a control character");
  return text;
}

std::vector<std::string> JsonReader::strings(std::size_t most) const {
  std::vector<std::string> list;
  for_each_element(most, [&list](const JsonReader& element) { list.push_back(element.string()); });
  return list;
}

} // namespace gupcheck::traces
