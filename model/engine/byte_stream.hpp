// SPDX-License-Identifier: GPL-2.0-only
//
// Where a checkpoint's bytes go to and come from. Both throw std::runtime_error when they cannot do it;
// whoever owns the file adds its name, a version and a checksum around everything.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>

namespace gupcheck::engine {

using ByteSink = std::function<void(std::span<const std::byte>)>;
using ByteSource = std::function<void(std::span<std::byte>)>; // fills all of it

template <class T> void put(const ByteSink& sink, const T& value) {
  static_assert(std::has_unique_object_representations_v<T>, "padding has no value to write");
  sink(std::as_bytes(std::span(&value, 1)));
}
template <class T> T get(const ByteSource& source) {
  static_assert(std::has_unique_object_representations_v<T>);
  T value{};
  source(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

} // namespace gupcheck::engine
