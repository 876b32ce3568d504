// SPDX-License-Identifier: GPL-2.0-only
//
// See locations.hpp.
#include "model/engine/locations.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace gupcheck::engine {

namespace {

std::uint32_t offset_of(const Access& access, unsigned thread) {
  return word_of(access, thread) * 8 + access.shift / 8U;
}

std::uint32_t word_of_address(Address address, unsigned thread) {
  return static_cast<std::uint32_t>((pointer_to_world(address, thread) - Arena::base) / 8);
}

} // namespace

void Locations::restart() {
  for (Location& location : at_) {
    const bool point = location.point;
    location = {};
    location.point = point;
  }
}

Locations Locations::only_points() const {
  Locations points(at_.size(), queues_);
  for (std::size_t offset = 0; offset < at_.size(); ++offset) points.at_[offset].point = at_[offset].point;
  return points;
}

Mover Locations::mover(const Access& access, Threads threads) const {
  if (access.mask == 0) return Mover::both; // touches no memory
  for (unsigned thread = 0; thread < max_threads; ++thread)
    if ((threads >> thread & 1U) != 0 && at_[offset_of(access, thread)].point) return Mover::none;
  switch (access.kind) {
  case OperationKind::lock: return Mover::right;
  case OperationKind::unlock: return Mover::left;
  // Its place in the queue is before those who come later.
  case OperationKind::enqueue: return Mover::none;
  default: return Mover::both;
  }
}

bool Locations::note(const Access& access, const std::vector<Address>& held, unsigned thread) {
  if (access.mask == 0) return false;
  std::uint64_t locks = number_locks(held, thread);
  const std::uint32_t word = word_of(access, thread);
  bool demoted = false;
  if (access.kind == OperationKind::lock || access.kind == OperationKind::unlock ||
      access.kind == OperationKind::enqueue) {
    // Taking and releasing a lock excludes nobody but those who do the same.
    locks |= number_lock(word);
  } else {
    locks = protecting(locks, word);
    if (writes(access.kind) && !is_overwritten_[word]) {
      is_overwritten_[word] = true;
      demoted = lock_number_[word] != no_lock; // what was taken to be protected by it is not
    }
  }
  demoted |= add(offset_of(access, thread), static_cast<std::uint32_t>(std::bit_width(access.mask)) / 8,
                 static_cast<Threads>(1U << thread), writes(access.kind), locks);
  return demoted;
}

bool Locations::note(const DirectRead& read, Threads who, std::uint64_t held) {
  return add(read.offset, read.size, who, false, protecting(held, read.offset / 8));
}

bool Locations::add(std::uint32_t offset, std::uint32_t size, Threads who, bool writes, std::uint64_t held) {
  bool demoted = false;
  const auto make_point = [&demoted](Location& location) {
    demoted = demoted || !location.point;
    location.point = true;
  };
  Location& location = at_[offset];
  // Locations that overlap, or one of several sizes, are beyond what is tracked here.
  if (location.size != 0 && location.size != size) make_point(location);
  location.size = static_cast<std::uint8_t>(std::max<std::uint32_t>(location.size, size));
  const std::uint32_t word = offset / 8 * 8;
  for (std::uint32_t other = word; other < word + 8; ++other) {
    if (other == offset || at_[other].size == 0) continue;
    if (other < offset + size && offset < other + at_[other].size) {
      make_point(at_[other]);
      make_point(location);
    }
  }
  location.users = static_cast<Threads>(location.users | who);
  if (writes) location.writers = static_cast<Threads>(location.writers | who);
  location.locks &= held;
  if (location.writers != 0 && std::popcount(location.users) > 1 && location.locks == 0) make_point(location);
  return demoted;
}

std::uint64_t Locations::held_by(const std::vector<Address>& held, unsigned thread) const {
  std::uint64_t locks = 0;
  for (const Address lock : held) {
    const std::uint32_t word = word_of_address(lock, thread);
    const std::uint8_t number = lock_number_[word];
    if (number < 64 && !is_overwritten_[word]) locks |= std::uint64_t{1} << number;
  }
  return locks;
}

std::uint64_t Locations::number_locks(const std::vector<Address>& held, unsigned thread) {
  std::uint64_t locks = 0;
  for (const Address lock : held) locks |= number_lock(word_of_address(lock, thread));
  return locks;
}

// A program may have more locks than there are bits; the others protect nothing then.
std::uint64_t Locations::number_lock(std::uint32_t word) {
  if (is_overwritten_[word]) return 0;
  if (lock_number_[word] == no_lock && locks_ < 64) lock_number_[word] = static_cast<std::uint8_t>(locks_++);
  return lock_number_[word] < 64 ? std::uint64_t{1} << lock_number_[word] : 0;
}

void Locations::write(const ByteSink& sink) const {
  put(sink, std::uint64_t{at_.size()});
  for (const Location& location : at_) {
    // Most bytes are no location's first.
    const bool known = location.size != 0 || location.point;
    put(sink, known);
    if (!known) continue;
    put(sink, location.locks);
    put(sink, location.users);
    put(sink, location.writers);
    put(sink, location.size);
    put(sink, location.point);
  }
  sink(std::as_bytes(std::span(lock_number_)));
  for (const bool overwritten : is_overwritten_) put(sink, overwritten);
  put(sink, locks_);
}

void Locations::read(const ByteSource& source) {
  if (get<std::uint64_t>(source) != at_.size())
    throw std::runtime_error("holds the locations of another world");
  const auto get_bool = [&source] { return get<std::uint8_t>(source) != 0; };
  for (Location& location : at_) {
    location = {};
    if (!get_bool()) continue;
    location.locks = get<std::uint64_t>(source);
    location.users = get<Threads>(source);
    location.writers = get<Threads>(source);
    location.size = get<std::uint8_t>(source);
    location.point = get_bool();
  }
  source(std::as_writable_bytes(std::span(lock_number_)));
  for (std::size_t word = 0; word < is_overwritten_.size(); ++word) is_overwritten_[word] = get_bool();
  locks_ = get<unsigned>(source);
}

} // namespace gupcheck::engine
