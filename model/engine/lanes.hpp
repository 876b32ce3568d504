// SPDX-License-Identifier: GPL-2.0-only
//
// One question asked of all threads at once.
#pragma once

#include <array>
#include <cstdint>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gupcheck::engine {

// Which of them are this one, a bit each.
inline unsigned equal_lanes(const std::array<std::uint32_t, 8>& lanes, std::uint32_t wanted) {
#ifdef __SSE2__
  const __m128i all = _mm_set1_epi32(static_cast<int>(wanted));
  const auto equal = [&](std::size_t from) {
    return _mm_cmpeq_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&lanes[from])), all);
  };
  const __m128i halves = _mm_packs_epi32(equal(0), equal(4));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(halves, _mm_setzero_si128())));
#else
  unsigned bits = 0;
  for (unsigned i = 0; i < lanes.size(); ++i) bits |= static_cast<unsigned>(lanes[i] == wanted) << i;
  return bits;
#endif
}

} // namespace gupcheck::engine
