// SPDX-License-Identifier: GPL-2.0-only
//
// How the table of visited states grows. See visited.hpp.
//
// The first bucket follows from the fingerprint's low half in proportion, so the order of buckets is that of
// low halves, in any table of any size: a rebuilt segment is written from its beginning to its end, and one
// that grows in place takes its entries from the last to the first, each to a place behind it.
#include "model/engine/visited.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace gupcheck::engine {

namespace {

constexpr std::uint64_t bucket_bytes = 64;
constexpr std::uint64_t bucket_number_bytes = 16;
constexpr std::uint64_t first_buckets = 256;
// Beyond it four take a segment's place: the longest pause is the growth of one of this size.
constexpr std::uint64_t split_bytes = std::uint64_t{64} << 20;
// Fuller than this, a new state costs much more: its room is in the 3.1st bucket here, in the 4.4th at 0.9.
constexpr double largest_load = 0.85;
// A segment that is crowded with less than this in it is so because of its fingerprints.
constexpr std::uint64_t least_share = 16;

std::uint64_t buckets_for(double states) {
  return static_cast<std::uint64_t>(std::ceil(states / (largest_load * 4)));
}

// As many as fit into the memory that so many take anyway.
std::uint64_t rounded_buckets(std::uint64_t buckets) {
  return Mapping::rounded(buckets * bucket_bytes) / bucket_bytes;
}

// Small and short-lived tables grow quickly. Later each segment has a factor of its own: with the same one
// they would all grow at the same moment, and just after it the table would have much more room than it
// needs.
double growth_factor(std::uint64_t buckets, unsigned first, unsigned parts, unsigned all, double expected) {
  if (buckets * bucket_bytes < Mapping::huge_page) return 2;
  if (parts == all) return 2;
  const unsigned step = first * 37 % all; // not in order: neighbours were split off at the same time
  return 1 + (expected - 1) * (0.7 + 0.6 * step / all);
}

} // namespace

double omission_probability(std::uint64_t states) {
  const auto n = static_cast<double>(states);
  return std::min(1.0, std::ldexp(n * n, -128));
}

VisitedTable::VisitedTable(unsigned workers, bool with_numbers)
    : with_numbers_(with_numbers), added_(std::max(workers, 1U)) {
  add_segment(0, all_parts, first_buckets);
}

std::optional<VisitedTable::Handle> VisitedTable::find(const Fingerprint& fingerprint) const {
  const Key key(fingerprint);
  const Part& part = parts_[key.part()];
  for (Probe probe(part, key.low); probe.done < Probe::strides + part.buckets; probe.next(part)) {
    Entry* const bucket = part.entries + probe.bucket * bucket_entries;
    for (Entry* entry = bucket; entry < bucket + bucket_entries; ++entry) {
      const std::uint64_t low = atomic(entry->low).load(std::memory_order_relaxed);
      if (low == 0) return std::nullopt;
      if (low == key.low && published_rest(*entry) == key.rest) return handle(key.part(), *entry);
    }
  }
  return std::nullopt;
}

// Somebody is between two stores, so this is short; unless the scheduler took the processor from him.
template <class T> T VisitedTable::wait_for(T& word) {
  constexpr unsigned spins = 64;
  for (unsigned i = 0;; ++i) {
    const T value = atomic(word).load(std::memory_order_acquire);
    if (value != 0) return value;
    if (i < spins) {
      __builtin_ia32_pause();
    } else {
      std::this_thread::yield();
    }
  }
}
template std::uint64_t VisitedTable::wait_for(std::uint64_t&);
template std::uint32_t VisitedTable::wait_for(std::uint32_t&);

std::uint64_t VisitedTable::states_in(unsigned first, unsigned parts) const {
  std::uint64_t states = 0;
  for (const Added& added : added_)
    for (unsigned part = first; part < first + parts; ++part)
      states += added.to[part].load(std::memory_order_relaxed);
  return states;
}

std::uint64_t VisitedTable::size() const { return states_in(0, all_parts); }

std::uint64_t VisitedTable::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const Segment& segment : segments_) bytes += segment.entries.bytes() + segment.numbers.bytes();
  return bytes;
}

void VisitedTable::clear() {
  Segment first = make_segment(all_parts, first_buckets);
  for (Segment& segment : segments_) segment = Segment();
  for (Added& added : added_)
    for (auto& count : added.to) count.store(0, std::memory_order_relaxed);
  segments_[0] = std::move(first);
  show_segment(0, first_buckets);
  growth_.clear();
}

std::vector<VisitedTable::Growth> VisitedTable::plan(std::uint64_t expected_inserts) const {
  std::vector<Growth> growth;
  const double expected_in_part = static_cast<double>(expected_inserts) / all_parts;
  for (unsigned first = 0, parts = 0; first < all_parts; first += parts) {
    parts = segments_[first].parts;
    const auto states_expected = [&](unsigned from, unsigned many) {
      return static_cast<double>(states_in(from, many)) + expected_in_part * many;
    };
    const std::uint64_t buckets = parts_[first].buckets;
    const std::uint64_t needed = buckets_for(states_expected(first, parts));
    if (needed <= buckets && !is_crowded(first)) continue;
    const double factor = growth_factor(buckets, first, parts, all_parts, expected_times_);
    const std::uint64_t wanted =
        std::max(needed, static_cast<std::uint64_t>(static_cast<double>(buckets) * factor));
    Growth& next = growth.emplace_back();
    next.first = first;
    if (parts == 1 || wanted * bucket_bytes <= split_bytes) {
      next.buckets[0] = rounded_buckets(wanted);
      continue;
    }
    next.children = 4;
    for (unsigned child = 0; child < 4; ++child) {
      const unsigned from = first + child * parts / 4;
      const double room =
          std::max(1.05, growth_factor(buckets, from, parts / 4, all_parts, expected_times_) - 0.2);
      const double states = room * states_expected(from, parts / 4);
      next.buckets[child] = rounded_buckets(std::max(buckets_for(states), first_buckets));
    }
  }
  return growth;
}

bool VisitedTable::is_crowded(unsigned first) const {
  const auto begin = parts_.begin() + first;
  return std::any_of(begin, begin + segments_[first].parts,
                     [](const Part& part) { return part.crowded != 0; });
}

std::size_t VisitedTable::segments_to_grow(std::uint64_t expected_inserts) {
  growth_ = plan(expected_inserts);
  for (const Growth& growth : growth_) {
    const std::uint64_t slots = parts_[growth.first].buckets * bucket_entries;
    const std::uint64_t states = states_in(growth.first, segments_[growth.first].parts);
    if (is_crowded(growth.first) && states < slots / least_share)
      throw std::runtime_error("table of visited states: no place among " + std::to_string(slots) +
                               " entries for " + std::to_string(states) +
                               " states, their fingerprints are not evenly distributed");
  }
  return growth_.size();
}

void VisitedTable::grow_segment(std::size_t index) {
  const Growth& growth = growth_[index];
  if (grows_in_place(growth)) {
    grow_in_place(growth.first, growth.buckets[0]);
  } else {
    rebuild(growth);
  }
}

void VisitedTable::grow(std::uint64_t expected_inserts) {
  const std::size_t segments = segments_to_grow(expected_inserts);
  for (std::size_t i = 0; i < segments; ++i) grow_segment(i);
}

std::uint64_t VisitedTable::peak_memory_bytes_of_growth(std::uint64_t expected_inserts) const {
  std::uint64_t bytes = memory_bytes();
  for (const Growth& growth : plan(expected_inserts)) {
    for (unsigned child = 0; child < growth.children; ++child) bytes += segment_bytes(growth.buckets[child]);
    if (grows_in_place(growth)) bytes -= segment_bytes(parts_[growth.first].buckets);
  }
  return bytes;
}

std::uint64_t VisitedTable::segment_bytes(std::uint64_t buckets) const {
  return Mapping::rounded(buckets * bucket_bytes) +
         (with_numbers_ ? Mapping::rounded(buckets * bucket_number_bytes) : 0);
}

// Not what is on small pages: it is to come to lie on huge ones.
bool VisitedTable::grows_in_place(const Growth& growth) const {
  return growth.children == 1 && segments_[growth.first].entries.bytes() >= Mapping::huge_page;
}

VisitedTable::Segment VisitedTable::make_segment(unsigned parts, std::uint64_t buckets) const {
  return {.entries = Mapping(buckets * bucket_bytes),
          .numbers = with_numbers_ ? Mapping(buckets * bucket_number_bytes) : Mapping(),
          .parts = parts};
}

void VisitedTable::add_segment(unsigned first, unsigned parts, std::uint64_t buckets) {
  segments_[first] = make_segment(parts, buckets);
  show_segment(first, buckets);
}

// Lets lookups see it as one of so many buckets.
void VisitedTable::show_segment(unsigned first, std::uint64_t buckets) {
  const Segment& segment = segments_[first];
  const auto shared_bits = part_bits - static_cast<unsigned>(std::countr_zero(segment.parts));
  for (unsigned part = first; part < first + segment.parts; ++part)
    parts_[part] = {.entries = static_cast<Entry*>(segment.entries.data()),
                    .numbers = static_cast<std::uint32_t*>(segment.numbers.data()),
                    .buckets = buckets,
                    .shift = shared_bits,
                    .crowded = 0};
}

// Segments for so many states in each part, instead of the empty one of the beginning.
void VisitedTable::build(unsigned first, unsigned parts, std::span<const std::uint64_t> states) {
  const auto begin = states.begin() + first;
  const std::uint64_t all = std::accumulate(begin, begin + parts, std::uint64_t{0});
  const std::uint64_t buckets =
      rounded_buckets(std::max(buckets_for(static_cast<double>(all)), first_buckets));
  if (parts == 1 || buckets * bucket_bytes <= split_bytes) return add_segment(first, parts, buckets);
  for (unsigned child = 0; child < 4; ++child) build(first + child * parts / 4, parts / 4, states);
}

// A bit for each, without branches as in insert().
unsigned VisitedTable::free_entries(const Entry* bucket) {
  unsigned free = 0;
#pragma GCC unroll 4
  for (unsigned i = 0; i < bucket_entries; ++i) free |= static_cast<unsigned>(bucket[i].low == 0) << i;
  return free;
}

// Into a segment that nobody uses yet and that has room, an entry that is not there.
void VisitedTable::put(const Entry& entry, std::uint32_t number) {
  const Part& part = parts_[entry.low >> (64 - part_bits)];
  Probe probe(part, entry.low);
  while (free_entries(part.entries + probe.bucket * bucket_entries) == 0) probe.next(part);
  put_at(part, probe.bucket, entry, number);
}

void VisitedTable::put_at(const Part& part, std::uint64_t bucket, const Entry& entry, std::uint32_t number) {
  const auto free =
      static_cast<unsigned>(std::countr_zero(free_entries(part.entries + bucket * bucket_entries)));
  part.entries[bucket * bucket_entries + free] = entry;
  if (part.numbers != nullptr) part.numbers[bucket * bucket_entries + free] = number;
}

void VisitedTable::rebuild(const Growth& growth) {
  const unsigned first = growth.first;
  const unsigned parts = segments_[first].parts / growth.children;
  std::array<Segment, 4> children;
  for (unsigned child = 0; child < growth.children; ++child)
    children[child] = make_segment(parts, growth.buckets[child]);
  const Part from = parts_[first];
  const Segment old = std::exchange(segments_[first], Segment());
  for (unsigned child = 0; child < growth.children; ++child) {
    segments_[first + child * parts] = std::move(children[child]);
    show_segment(first + child * parts, growth.buckets[child]);
  }
  for (std::uint64_t slot = 0; slot < from.buckets * bucket_entries; ++slot)
    if (from.entries[slot].low != 0) put(from.entries[slot], with_numbers_ ? from.numbers[slot] : 0);
}

void VisitedTable::grow_in_place(unsigned first, std::uint64_t buckets) {
  const std::uint64_t old_buckets = parts_[first].buckets;
  Segment& segment = segments_[first];
  segment.entries.grow(buckets * bucket_bytes);
  show_segment(first, old_buckets); // it has moved, and there may be no memory for the numbers
  if (with_numbers_) segment.numbers.grow(buckets * bucket_number_bytes);
  show_segment(first, buckets);

  const Part part = parts_[first];
  // Those that come to an old place: near the beginning, or round the end.
  std::vector<std::pair<Entry, std::uint32_t>> left_over;
  for (std::uint64_t from = old_buckets * bucket_entries; from-- != 0;) {
    const Entry entry = part.entries[from];
    if (entry.low == 0) continue;
    const std::uint32_t number = with_numbers_ ? std::exchange(part.numbers[from], 0U) : 0;
    part.entries[from] = Entry();
    Probe probe(part, entry.low);
    const std::uint64_t old_bucket = from / bucket_entries; // all places behind it are new ones
    while (probe.bucket > old_bucket && free_entries(part.entries + probe.bucket * bucket_entries) == 0)
      probe.next(part);
    if (probe.bucket > old_bucket) {
      put_at(part, probe.bucket, entry, number);
    } else {
      left_over.emplace_back(entry, number);
    }
  }
  for (const auto& [entry, number] : left_over) put(entry, number);
}

} // namespace gupcheck::engine
