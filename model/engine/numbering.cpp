// SPDX-License-Identifier: GPL-2.0-only
//
// See numbering.hpp.
#include "model/engine/numbering.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>
#include <sys/mman.h>

namespace gupcheck::engine {

namespace {
constexpr std::size_t elements = std::size_t{1} << 32;
}

template <class T> ReservedArray<T>::ReservedArray() {
  void* mapped = mmap(nullptr, elements * sizeof(T), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    throw std::runtime_error("cannot reserve addresses for the numbers of states: " +
                             std::string(std::strerror(errno)));
  data_ = static_cast<T*>(mapped);
}
template <class T> ReservedArray<T>::~ReservedArray() { munmap(data_, elements * sizeof(T)); }

template class ReservedArray<std::uint32_t>;
template class ReservedArray<std::uint64_t>;

void Numbering::add_initial(std::uint32_t states) {
  for (std::uint32_t number = 0; number < states; ++number) {
    origin_[number] = 0;
    final_[number] = number;
  }
  next_ = states;
  level_begin_ = states;
}

std::uint32_t Numbering::add_final(std::uint64_t origin) {
  const std::uint32_t number = add(origin);
  final_[number] = number;
  level_begin_ = std::uint64_t{number} + 1;
  return number;
}

std::uint32_t Numbering::add(std::uint64_t origin) {
  const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  if (number > most_states) throw std::runtime_error("more than 2^32 states: too many to number them");
  std::atomic_ref(origin_[number]).store(origin, std::memory_order_relaxed);
  return static_cast<std::uint32_t>(number);
}

bool Numbering::reached_again(std::uint32_t provisional, std::uint64_t origin) {
  std::atomic_ref stored(origin_[provisional]);
  std::uint64_t known = stored.load(std::memory_order_relaxed);
  while (origin < known)
    if (stored.compare_exchange_weak(known, origin, std::memory_order_relaxed)) return true;
  return false;
}

void Numbering::finish_level() {
  const std::uint64_t end = next_;
  std::vector<std::uint32_t> order(end - level_begin_);
  std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(level_begin_));
  std::sort(order.begin(), order.end(),
            [this](std::uint32_t a, std::uint32_t b) { return origin_[a] < origin_[b]; });
  std::vector<std::uint64_t> origins(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    origins[i] = origin_[order[i]];
    final_[order[i]] = static_cast<std::uint32_t>(level_begin_ + i);
  }
  std::copy(origins.begin(), origins.end(), origin_.data() + level_begin_);
  level_begin_ = end;
}

void Numbering::write(const ByteSink& sink) const {
  put(sink, size());
  put(sink, level_begin_);
  sink(std::as_bytes(std::span(origin_.data(), size())));
  sink(std::as_bytes(std::span(final_.data(), level_begin_)));
}

void Numbering::read(const ByteSource& source, std::uint64_t most) {
  const auto size = get<std::uint64_t>(source);
  const auto level_begin = get<std::uint64_t>(source);
  if (size == 0 || size > std::min(most, most_states + 1) || level_begin > size)
    throw std::runtime_error("the states have impossible numbers");
  next_ = size;
  level_begin_ = level_begin;
  source(std::as_writable_bytes(std::span(origin_.data(), size)));
  source(std::as_writable_bytes(std::span(final_.data(), level_begin)));
}

Numbering::Origin Numbering::origin(std::uint32_t final_number) const {
  const std::uint64_t packed = origin_[final_number];
  return {static_cast<std::uint32_t>(packed >> 16),
          {static_cast<std::uint8_t>(packed >> 12 & 15), static_cast<std::uint32_t>(packed & 4095)}};
}

} // namespace gupcheck::engine
