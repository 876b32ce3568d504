// SPDX-License-Identifier: GPL-2.0-only
//
// Encoding and decoding, once for each state that is found. See chunk.hpp.
#include "model/engine/chunk.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gupcheck::engine {

namespace {

constexpr int most_in_a_count = 255; // then another count follows
constexpr unsigned short_gaps = 3;   // 0 to 2 are in the token
constexpr unsigned longest_gap = short_gaps + 255;
constexpr std::size_t page = 4096;

std::uint64_t load(const std::byte* from) {
  std::uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
void store(std::byte* to, std::uint64_t value) { std::memcpy(to, &value, sizeof value); }

#ifdef __SSE2__
// The halves of eight words, a bit each.
unsigned differing_halves(const std::uint64_t* a, const std::uint64_t* b) {
  const auto equal = [&](int i) {
    return _mm_cmpeq_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + i)),
                           _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + i)));
  };
  const __m128i first = _mm_packs_epi32(equal(0), equal(2));
  const __m128i second = _mm_packs_epi32(equal(4), equal(6));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(first, second))) ^ 0xffffU;
}
#endif

// At most most_compared words, each second bit for one of them.
constexpr std::uint32_t most_compared = 32;
std::uint64_t differing(const std::uint64_t* a, const std::uint64_t* b, std::uint32_t count) {
  std::uint64_t bits = 0;
#ifdef __SSE2__
  if (count >= 8) {
    for (std::uint32_t i = 0; i + 8 < count; i += 8)
      bits |= std::uint64_t{differing_halves(a + i, b + i)} << (2 * i);
    const std::uint32_t last = count - 8; // some of them for the second time
    bits |= std::uint64_t{differing_halves(a + last, b + last)} << (2 * last);
    return (bits | bits >> 1) & 0x5555'5555'5555'5555U;
  }
#endif
  for (std::uint32_t i = 0; i < count; ++i) bits |= static_cast<std::uint64_t>(a[i] != b[i]) << (2 * i);
  return bits;
}

void copy_raw(void* to, const void* from, std::size_t bytes) {
  constexpr std::size_t fingerprint = 16; // the usual case is worth no call
  if (bytes == fingerprint) {
    std::memcpy(to, from, fingerprint);
  } else {
    std::memcpy(to, from, bytes);
  }
}

[[noreturn]] void damaged() { throw std::runtime_error("damaged chunk"); }

} // namespace

std::size_t RecordShape::most_bytes() const {
  const std::size_t items = std::size_t{words - raw_words} + (words - raw_words) / (longest_gap + 1);
  return raw_words * sizeof(std::uint64_t) + items * (1 + 1 + sizeof(std::uint64_t)) +
         items / most_in_a_count + 1;
}

std::size_t RecordShape::block_bytes() const {
  constexpr std::size_t usual = std::size_t{128} * 1024;
  return std::max(usual, (most_bytes() * 8 + page - 1) / page * page);
}

bool Chunk::plausible(std::size_t block_bytes) const {
  return records > 0 && needed_bytes() <= block_bytes && token_bytes >= records &&
         value_bytes >= std::uint64_t{records} * shape.raw_words * sizeof(std::uint64_t);
}

ChunkEncoder::ChunkEncoder(RecordShape shape)
    : shape_(shape), most_bytes_(shape.most_bytes() + Chunk::gap), previous_(shape.words) {}

void ChunkEncoder::open(Block block) {
  block_ = std::move(block);
  rewind();
}

void ChunkEncoder::rewind() {
  std::fill(previous_.begin(), previous_.end(), 0);
  tokens_ = block_.data();
  values_ = block_.data() + block_.size();
  records_ = 0;
}

void ChunkEncoder::append(const std::uint64_t* record) {
  std::byte* tokens = tokens_;
  std::byte* values = values_ - shape_.raw_words * sizeof(std::uint64_t);
  copy_raw(values, record, shape_.raw_words * sizeof(std::uint64_t));

  std::uint64_t* const previous = previous_.data();
  const std::uint32_t words = shape_.words;
  std::byte* counter = tokens++;
  const auto next_token = [&] {
    if (tokens - counter > most_in_a_count) [[unlikely]] {
      *counter = static_cast<std::byte>(most_in_a_count);
      counter = tokens++;
    }
    return tokens++;
  };
  std::uint32_t expected = shape_.raw_words; // the word with a gap of 0
  for (std::uint32_t base = shape_.raw_words; base < words; base += most_compared) {
    std::uint64_t bits = differing(record + base, previous + base, std::min(words - base, most_compared));
    for (; bits != 0; bits &= bits - 1) {
      const std::uint32_t position = base + static_cast<std::uint32_t>(std::countr_zero(bits)) / 2;
      std::uint32_t gap = position - expected;
      for (; gap > longest_gap; gap -= longest_gap + 1) { // rare: a change by nothing
        *next_token() = static_cast<std::byte>(short_gaps << 6);
        *--values = static_cast<std::byte>(longest_gap - short_gaps);
        *--values = std::byte{0};
      }
      expected = position + 1;
      const std::uint64_t change = record[position] ^ previous[position];
      previous[position] = record[position];
      if (change == 0) __builtin_unreachable();
      const unsigned above = static_cast<unsigned>(std::countl_zero(change)) / 8;
      const unsigned below = static_cast<unsigned>(std::countr_zero(change)) / 8;
      const unsigned length = 8 - above - below;
      // No branches: each would be a guess. What is written too much lies below `values` and is overwritten.
      *next_token() = static_cast<std::byte>(std::min(gap, short_gaps) << 6 | below << 3 | (length - 1));
      values[-1] = static_cast<std::byte>(gap - short_gaps);
      values -= static_cast<std::ptrdiff_t>(gap >= short_gaps);
      store(values - 8, change << (8 * above));
      values -= length;
    }
  }
  const auto count = tokens - counter - 1;
  *counter = static_cast<std::byte>(count);
  if (count == most_in_a_count) [[unlikely]] // then another one is expected
    *tokens++ = std::byte{0};
  tokens_ = tokens;
  values_ = values;
  ++records_;
}

Chunk ChunkEncoder::close(BlockPool& pool) {
  Chunk chunk{.block = {},
              .shape = shape_,
              .records = records_,
              .token_bytes = static_cast<std::uint32_t>(tokens_ - block_.data()),
              .value_bytes = static_cast<std::uint32_t>(block_.data() + block_.size() - values_)};
  if (chunk.needed_bytes() > block_.size() / 2) {
    chunk.block = std::exchange(block_, Block());
    tokens_ = values_ = nullptr;
    records_ = 0;
    return chunk;
  }
  chunk.block = pool.get(chunk.needed_bytes());
  std::memcpy(chunk.tokens().data(), block_.data(), chunk.token_bytes);
  std::memset(chunk.tokens().data() + chunk.token_bytes, 0, Chunk::gap);
  std::memcpy(chunk.values().data(), values_, chunk.value_bytes);
  rewind();
  return chunk;
}

void ChunkReader::open(Chunk chunk) {
  if (!chunk.block || !chunk.plausible(chunk.block.size())) damaged();
  chunk_ = std::move(chunk);
  record_.assign(chunk_.shape.words, 0);
  tokens_ = chunk_.block.data();
  values_ = chunk_.block.data() + chunk_.block.size();
  left_ = chunk_.records;
}

const std::uint64_t* ChunkReader::next() {
  if (left_ == 0) return nullptr;
  const std::byte* const tokens_end = chunk_.tokens().data() + chunk_.token_bytes;
  const std::byte* const values_end = chunk_.values().data();
  std::uint64_t* const record = record_.data();
  const std::uint32_t words = chunk_.shape.words;
  const std::size_t raw_bytes = chunk_.shape.raw_words * sizeof(std::uint64_t);

  const std::byte* tokens = tokens_;
  const std::byte* values = values_;
  if (static_cast<std::size_t>(values - values_end) < raw_bytes) damaged();
  values -= raw_bytes;
  copy_raw(record, values, raw_bytes);
  std::uint32_t position = chunk_.shape.raw_words;
  int count = most_in_a_count;
  while (count == most_in_a_count) {
    count = static_cast<int>(*tokens++); // at the end: a byte of the gap
    if (tokens_end - tokens < count) damaged();
    for (const std::byte* const last = tokens + count; tokens != last;) {
      const auto token = static_cast<unsigned>(*tokens++);
      const unsigned length = (token & 7) + 1;
      const unsigned below = token >> 3 & 7;
      const bool long_gap = token >> 6 == short_gaps;
      // Reads up to 9 bytes below `values`: no lower than the gap, as long as `values` is not below its end.
      // A mask, since a branch would be a guess.
      position += (token >> 6) + (static_cast<unsigned>(values[-1]) & (0U - unsigned{long_gap}));
      values -= static_cast<std::ptrdiff_t>(long_gap);
      const std::uint64_t change = load(values - 8) >> (64 - 8 * length) << (8 * below);
      values -= length;
      if (position >= words || values < values_end) [[unlikely]]
        damaged();
      record[position++] ^= change;
    }
  }
  tokens_ = tokens;
  values_ = values;
  if (--left_ == 0 && (tokens != tokens_end || values != values_end)) damaged();
  return record;
}

bool ChunkReader::next(std::uint64_t* record) {
  const std::uint64_t* from = next();
  if (from == nullptr) return false;
  std::memcpy(record, from, record_.size() * sizeof(std::uint64_t));
  return true;
}

} // namespace gupcheck::engine
