// SPDX-License-Identifier: GPL-2.0-only
//
// Zeroed memory straight from the kernel, for large tables: it costs nothing until it is touched, lies on
// huge pages from 2 MB on (a large table's time is TLB and cache misses), and grows without copying a byte:
// the pages keep their content and move to a place with more room after them.
#pragma once

#include <cstddef>
#include <utility>

namespace gupcheck::engine {

class Mapping {
public:
  static constexpr std::size_t page = std::size_t{4} << 10;
  static constexpr std::size_t huge_page = std::size_t{2} << 20;
  // As much as a mapping of at least `bytes` takes: whole pages, huge ones where there is one to fill.
  static constexpr std::size_t rounded(std::size_t bytes) {
    const std::size_t unit = bytes < huge_page ? page : huge_page;
    return (bytes + unit - 1) / unit * unit;
  }

  Mapping() = default;
  // Both throw std::bad_alloc, and grow() leaves everything as it was then.
  explicit Mapping(std::size_t bytes);
  // The address changes; what is added is zero.
  void grow(std::size_t bytes);

  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Mapping();

  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

} // namespace gupcheck::engine
