// SPDX-License-Identifier: GPL-2.0-only
//
// Reads JSON that nobody vouches for: every access is checked, and every complaint says where.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace gupcheck::traces {

// Parses `text`; throws std::runtime_error with line and column where it is damaged.
nlohmann::json parse_json(std::string_view text, const std::string& origin);

// One value of a document, together with the way to it. The document must outlive it.
class JsonReader {
public:
  JsonReader(const nlohmann::json& value, std::string origin, std::string path = {})
      : value_(&value), origin_(std::move(origin)), path_(std::move(path)) {}

  bool is_null() const { return value_->is_null(); }

  // This value as an object that has exactly these members.
  void require_members(std::initializer_list<std::string_view> names) const;
  JsonReader operator[](const std::string& member) const;
  void for_each_member(const std::function<void(const std::string&, const JsonReader&)>& visit) const;
  void for_each_element(std::size_t most, const std::function<void(const JsonReader&)>& visit) const;

  bool boolean() const;
  std::uint64_t number(std::uint64_t most) const;
  std::uint64_t hexadecimal() const;
  // Without control characters, so that it can be shown on a terminal.
  std::string string() const;
  std::vector<std::string> strings(std::size_t most) const;

  [[noreturn]] void complain(const std::string& what) const;

private:
  const nlohmann::json* value_;
  std::string origin_;
  std::string path_;
};

} // namespace gupcheck::traces
