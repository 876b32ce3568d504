// SPDX-License-Identifier: GPL-2.0-only
//
// The table of visited states as a sequence of bytes, for checkpoints. See visited.hpp.
//
// A header with how many states each part holds, then the states, segment by segment: 16 bytes each, and 4
// more with numbers. Words are as the machine has them: a checkpoint belongs to the build that wrote it.
#include "model/engine/visited.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace gupcheck::engine {

namespace {

constexpr std::uint64_t written_by_us = 0x31'6465'7469'7369ULL; // "isited1"
constexpr std::size_t states_in_block = 4096;
constexpr std::size_t most_bytes_of_state = 2 * sizeof(std::uint64_t) + sizeof(std::uint32_t);

[[noreturn]] void refuse(const std::string& reason) {
  throw std::runtime_error("table of visited states: " + reason);
}

} // namespace

struct VisitedTable::FileHeader {
  std::uint64_t tag = written_by_us;
  std::uint64_t with_numbers = 0;
  std::array<std::uint64_t, all_parts> states{};
};

void VisitedTable::for_each_entry(const std::function<void(const Entry&, std::uint32_t)>& visit) const {
  for (unsigned first = 0; first < all_parts; first += segments_[first].parts) {
    const Part& part = parts_[first];
    for (std::uint64_t slot = 0; slot < part.buckets * bucket_entries; ++slot)
      if (part.entries[slot].low != 0) visit(part.entries[slot], with_numbers_ ? part.numbers[slot] : 0);
  }
}

void VisitedTable::for_each(const std::function<void(const State&)>& visit) const {
  for_each_entry([&](const Entry& entry, std::uint32_t stored_number) {
    visit({.fingerprint = {entry.low, entry.rest & ~published},
           .number = stored_number != 0 ? stored_number - 1 : 0});
  });
}

void VisitedTable::write(const Sink& sink) const {
  FileHeader header;
  header.with_numbers = with_numbers_ ? 1 : 0;
  for (unsigned part = 0; part < all_parts; ++part) header.states[part] = states_in(part, 1);
  sink(std::as_bytes(std::span(&header, 1)));

  std::vector<std::byte> block;
  block.reserve(states_in_block * most_bytes_of_state);
  const auto append = [&](const auto& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    block.insert(block.end(), bytes.begin(), bytes.end());
  };
  for_each_entry([&](const Entry& entry, std::uint32_t stored_number) {
    append(entry);
    if (with_numbers_) append(stored_number);
    if (block.size() + most_bytes_of_state <= block.capacity()) return;
    sink(block);
    block.clear();
  });
  if (!block.empty()) sink(block);
}

void VisitedTable::read(const Source& source, std::uint64_t most_states) {
  clear();
  try {
    read_states(source, most_states);
  } catch (...) {
    clear();
    throw;
  }
}

void VisitedTable::read_states(const Source& source, std::uint64_t most_states) {
  FileHeader header;
  source(std::as_writable_bytes(std::span(&header, 1)));
  if (header.tag != written_by_us) refuse("this is none");
  if (header.with_numbers != (with_numbers_ ? 1U : 0U))
    refuse(with_numbers_ ? "states have no numbers" : "states have numbers");
  std::uint64_t left = 0;
  for (const std::uint64_t states : header.states) {
    if (states > most_states - left)
      refuse("more than the " + std::to_string(most_states) + " states that fit are announced");
    left += states;
  }
  build(0, all_parts, header.states);

  std::vector<std::byte> block;
  const std::size_t state_bytes = sizeof(Entry) + (with_numbers_ ? sizeof(std::uint32_t) : 0);
  for (std::uint64_t read = 0; left != 0;) {
    const auto states = static_cast<std::size_t>(std::min<std::uint64_t>(left, states_in_block));
    block.resize(states * state_bytes);
    source(block);
    for (std::size_t at = 0; at < block.size(); at += state_bytes, ++read) {
      Entry entry;
      std::uint32_t stored_number = 0;
      std::memcpy(&entry, &block[at], sizeof entry);
      if (with_numbers_) std::memcpy(&stored_number, &block[at + sizeof entry], sizeof stored_number);
      const auto refuse_state = [&](const char* reason) {
        refuse("state " + std::to_string(read + 1) + " of " + std::to_string(read + left) + " " + reason);
      };
      if (entry.low == 0 || (entry.rest & published) == 0) refuse_state("is no state");
      if (with_numbers_ && stored_number == 0) refuse_state("has no number");
      const Insertion insertion = insert(0, {entry.low, entry.rest});
      if (insertion.outcome == Insertion::Outcome::present) refuse_state("is there twice");
      if (insertion.outcome == Insertion::Outcome::full) refuse_state("finds no room");
      if (with_numbers_) this->stored_number(insertion.handle) = stored_number;
      --left;
    }
  }
  for (unsigned part = 0; part < all_parts; ++part)
    if (states_in(part, 1) != header.states[part])
      refuse("part " + std::to_string(part) + " has " + std::to_string(states_in(part, 1)) +
             " states and not " + std::to_string(header.states[part]));
}

} // namespace gupcheck::engine
