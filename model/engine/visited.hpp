// SPDX-License-Identifier: GPL-2.0-only
//
// The table of visited states, shared by the threads of a search.
//
// It promises that of any number of threads that insert the same fingerprint exactly one adds it, and that
// growing stops nobody for long.
//
// An entry is two words: 64 bits of the fingerprint's low half; then 63 bits of its high half and one that
// belongs to the table. With numbers there are 4 more bytes beside it. insert() takes a free entry by a
// compare-exchange of the first word and publishes it by storing the second; whoever reads its own first word
// waits for the second. Buckets are cache lines of 4 entries. At the usual load of 0.77 a state that is there
// is found in the 1.2nd bucket, room for a new one in the 2.1st (0.85: 1.3 and 3.1). The first bucket is
// proportional to the low half, so a table may have any size, and its entries are almost sorted.
//
// Nothing grows during insert(): a search works in rounds, and between two of them it calls
// segments_to_grow() and grow_segment(), or grow(). The table is one segment at first (16 KB); a segment of
// more than 64 MB becomes four, up to 64 in all. A single segment doubles; several grow by what is expected
// to come (expect_times(); unless told, 40 percent), every one by another factor, up to three tenths of that
// more or less, so that they do not all grow at once. It does so in place, in one sweep from its end to its
// beginning, which takes no memory beyond the new size. A state takes 19 bytes just before its segment grows,
// 24 to 29 just after (32 to 43 if as many are expected as there are), and 23 in the mean. Measured with
// steps of 15 to 35 percent: all growth together some 80 ns for each state, more than half of that the
// kernel's for memory that is new; one step of one segment 10 to 90 ms.
#pragma once

#include "model/engine/fingerprint.hpp"
#include "model/engine/mapping.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace gupcheck::engine {

// The probability that any two of so many different states look the same to the table: 127 bits are compared,
// and there are n^2 / 2 pairs, so n^2 / 2^128.
double omission_probability(std::uint64_t states);

class VisitedTable {
public:
  // Where an entry is, until the table grows, is cleared or read.
  struct Handle {
    std::uint64_t part_and_slot = 0; // one word, so that an Insertion comes back in registers
    bool operator==(const Handle&) const = default;
  };
  struct Insertion {
    enum class Outcome : std::uint8_t { added, present, full, far };
    Handle handle; // not if full or far
    Outcome outcome = Outcome::full;
  };

  // `workers` threads insert, each under its own number. (One that is alone does as they do: it was no faster
  // with plain stores.)
  explicit VisitedTable(unsigned workers = 1, bool with_numbers = false);

  // Starts loading its bucket into the cache, and the next one: at these loads every other new state goes
  // there. Always inline: a function that does nothing but prefetch has no effect in GCC's eyes, and it
  // removes the calls before it would inline them.
  [[gnu::always_inline]] void prefetch(const Fingerprint& fingerprint) const {
    const Key key(fingerprint);
    const Part& part = parts_[key.part()];
    Probe probe(part, key.low);
    __builtin_prefetch(part.entries + probe.bucket * bucket_entries);
    for (unsigned i = 1; i < prefetched_buckets; ++i) {
      probe.next(part);
      __builtin_prefetch(part.entries + probe.bucket * bucket_entries);
    }
  }
  // Adds it unless it is there. `full`: nothing has changed, and it is to be tried again when the table has
  // grown (it may even be present). With Reach::near it does not look farther than what prefetch() loads, but
  // starts to load what comes next: `far` says that this is needed (for three in ten new states at the usual
  // load), and who does something else first does not wait for the memory.
  enum class Reach : std::uint8_t { near, whole };
  template <Reach reach = Reach::whole> Insertion insert(unsigned worker, const Fingerprint& fingerprint);
  std::optional<Handle> find(const Fingerprint& fingerprint) const;

  // A state's number, up to 2^32 - 2. Whoever added the state sets it at once; number() waits until it is
  // set.
  void set_number(Handle handle, std::uint32_t number) {
    atomic(stored_number(handle)).store(number + 1, std::memory_order_release);
  }
  std::uint32_t number(Handle handle) const {
    const std::uint32_t stored = atomic(stored_number(handle)).load(std::memory_order_acquire);
    return (stored != 0 ? stored : wait_for(stored_number(handle))) - 1;
  }

  // All that follows is for one thread, while nobody inserts.

  // How many times as many states as now there will be in the end, about: segments grow by that in the mean.
  // Who expects much grows less often, and looks up in an emptier table; who expects little wastes less.
  void expect_times(double times) { expected_times_ = times; }

  // Whether a segment is too full to take its share of so many new states.
  bool needs_growth(std::uint64_t expected_inserts = 0) const { return !plan(expected_inserts).empty(); }
  // Plans the growth. grow_segment(0) up to grow_segment(n - 1) then carry it out, each once, in any order
  // and by any threads at once. Throws std::runtime_error if fingerprints are so uneven that growing is no
  // help.
  std::size_t segments_to_grow(std::uint64_t expected_inserts = 0);
  void grow_segment(std::size_t index);
  // All of it in this thread.
  void grow(std::uint64_t expected_inserts = 0);
  // The most that the growth which is due takes at any moment, together with what there is.
  std::uint64_t peak_memory_bytes_of_growth(std::uint64_t expected_inserts = 0) const;

  std::uint64_t size() const;
  std::uint64_t memory_bytes() const;
  // Back to the empty table of the beginning.
  void clear();

  struct State {
    Fingerprint fingerprint;  // without the last bit of `high`, which the table does not keep
    std::uint32_t number = 0; // if the table has numbers
  };
  // All states, in an order that depends on the fingerprints and on when the table grew.
  void for_each(const std::function<void(const State&)>& visit) const;

  // For checkpoints: all states as a sequence of bytes. A sink or source that fails throws. What is read
  // takes the place of what there was; std::runtime_error says why it cannot be a table, which is empty then.
  // It finds sizes, places and doubles that are wrong, not every bit that was turned over: that is for a
  // checksum over the whole file. The reader knows from the file's size how many states there can be at most.
  using Sink = std::function<void(std::span<const std::byte>)>;
  using Source = std::function<void(std::span<std::byte>)>; // fills all of it
  void write(const Sink& sink) const;
  void read(const Source& source, std::uint64_t most_states);

private:
  struct Entry {
    std::uint64_t low;  // 0: free
    std::uint64_t rest; // the fingerprint's high half, with `published` in place of its last bit
  };
  static constexpr std::uint64_t published = 1; // never zero once it is there
  static constexpr std::uint64_t bucket_entries = 4;
  // The low half's first bits choose the part; one segment holds 64, 16, 4 or 1 of them.
  static constexpr unsigned part_bits = 6;
  static constexpr unsigned all_parts = 1U << part_bits;
  static constexpr unsigned slot_bits = 64 - part_bits;
  // A probe of so many buckets means that the segment is too full: it then says so early.
  static constexpr unsigned longest_probe = 128;
  static constexpr unsigned longest_probe_when_crowded = 4;
  static constexpr unsigned prefetched_buckets = 2;

  __extension__ using Wide = unsigned __int128;

  struct Key {
    explicit Key(const Fingerprint& fingerprint)
        : low(fingerprint.low != 0 ? fingerprint.low : 1), rest(fingerprint.high | published) {}
    unsigned part() const { return static_cast<unsigned>(low >> (64 - part_bits)); }
    std::uint64_t low;
    std::uint64_t rest;
  };
  // What a lookup needs of the segment that holds a part: a copy for each of its parts.
  struct Part {
    Entry* entries = nullptr;
    std::uint32_t* numbers = nullptr;
    std::uint64_t buckets = 0;
    std::uint32_t shift = 0; // how many of the low half's first bits all of the segment share
    std::uint32_t crowded = 0;
  };
  // The buckets that a state may be in, one after the other. The second is the first one's neighbour, which
  // memory has at hand. Then each has its own stride among the nearest 64, or full buckets would join to long
  // runs; after some it goes on to the next, so as to come to all of them. They only go forward, until the
  // end of the segment.
  struct Probe {
    Probe(const Part& part, std::uint64_t low)
        : bucket(static_cast<std::uint64_t>((static_cast<Wide>(low << part.shift) * part.buckets) >> 64)),
          stride(low % 64 + 1) {}
    void next(const Part& part) {
      ++done;
      bucket += done > 1 && done < strides ? stride : 1;
      if (bucket >= part.buckets) bucket -= part.buckets;
    }
    static constexpr unsigned strides = 64;
    std::uint64_t bucket;
    std::uint64_t stride;
    unsigned done = 0;
  };
  struct Segment {
    Mapping entries;
    Mapping numbers;
    unsigned parts = 0; // how many it holds; 0: none begins here
  };
  // How a segment grows: into how many, and how many buckets each of them gets.
  struct Growth {
    unsigned first = 0;
    unsigned children = 1;
    std::array<std::uint64_t, 4> buckets{};
  };
  // Only its worker writes to it. Two lines apart, because processors fetch pairs.
  struct alignas(128) Added {
    std::array<std::atomic<std::uint64_t>, all_parts> to{};
  };

  template <class T> static std::atomic_ref<T> atomic(T& word) { return std::atomic_ref<T>(word); }
  Handle handle(unsigned part, const Entry& entry) const {
    return {std::uint64_t{part} << slot_bits | static_cast<std::uint64_t>(&entry - parts_[part].entries)};
  }
  static unsigned part(Handle handle) { return static_cast<unsigned>(handle.part_and_slot >> slot_bits); }
  static std::uint64_t slot(Handle handle) {
    return handle.part_and_slot & ((std::uint64_t{1} << slot_bits) - 1);
  }
  Entry& entry(Handle handle) const { return parts_[part(handle)].entries[slot(handle)]; }
  std::uint32_t& stored_number(Handle handle) const { return parts_[part(handle)].numbers[slot(handle)]; }
  static std::uint64_t published_rest(Entry& entry) {
    const std::uint64_t rest = atomic(entry.rest).load(std::memory_order_acquire);
    return rest != 0 ? rest : wait_for(entry.rest);
  }
  template <class T> static T wait_for(T& word);

  std::uint64_t states_in(unsigned first, unsigned parts) const;
  std::vector<Growth> plan(std::uint64_t expected_inserts) const;
  bool is_crowded(unsigned first) const;
  bool grows_in_place(const Growth& growth) const;
  std::uint64_t segment_bytes(std::uint64_t buckets) const;
  Segment make_segment(unsigned parts, std::uint64_t buckets) const;
  void add_segment(unsigned first, unsigned parts, std::uint64_t buckets);
  void show_segment(unsigned first, std::uint64_t buckets);
  void grow_in_place(unsigned first, std::uint64_t buckets);
  void rebuild(const Growth& growth);
  static unsigned free_entries(const Entry* bucket);
  void put(const Entry& entry, std::uint32_t number);
  static void put_at(const Part& part, std::uint64_t bucket, const Entry& entry, std::uint32_t number);
  void build(unsigned first, unsigned parts, std::span<const std::uint64_t> states);
  struct FileHeader;
  void for_each_entry(const std::function<void(const Entry&, std::uint32_t stored_number)>& visit) const;
  void read_states(const Source& source, std::uint64_t most_states);

  bool with_numbers_;
  double expected_times_ = 1.4;
  std::array<Part, all_parts> parts_{};
  std::vector<Added> added_; // by worker
  std::array<Segment, all_parts> segments_{};
  std::vector<Growth> growth_;
};

template <VisitedTable::Reach reach>
VisitedTable::Insertion VisitedTable::insert(unsigned worker, const Fingerprint& fingerprint) {
  const Key key(fingerprint);
  const unsigned index = key.part();
  Part& part = parts_[index];
  for (Probe probe(part, key.low);; probe.next(part)) {
    Entry* const line = part.entries + probe.bucket * bucket_entries;
    for (;;) {
      // Without branches: which entry it is cannot be predicted.
      unsigned equal = 0;
      unsigned free = 0;
#pragma GCC unroll 4
      for (unsigned i = 0; i < bucket_entries; ++i) {
        const std::uint64_t low = atomic(line[i].low).load(std::memory_order_relaxed);
        equal |= static_cast<unsigned>(low == key.low) << i;
        free |= static_cast<unsigned>(low == 0) << i;
      }
      for (; equal != 0; equal &= equal - 1) {
        Entry& entry = line[std::countr_zero(equal)];
        if (published_rest(entry) == key.rest) return {handle(index, entry), Insertion::Outcome::present};
      }
      if (free == 0) break;
      // The first free one: whoever adds the same state meanwhile takes the same, and one of the two fails.
      Entry& entry = line[std::countr_zero(free)];
      std::uint64_t nobody = 0;
      if (!atomic(entry.low).compare_exchange_strong(nobody, key.low, std::memory_order_relaxed)) [[unlikely]]
        continue;
      atomic(entry.rest).store(key.rest, std::memory_order_release);
      std::atomic<std::uint64_t>& added = added_[worker].to[index];
      added.store(added.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return {handle(index, entry), Insertion::Outcome::added};
    }
    if (reach == Reach::near && probe.done + 1 == prefetched_buckets) {
      for (unsigned i = 0; i < prefetched_buckets; ++i) {
        probe.next(part);
        __builtin_prefetch(part.entries + probe.bucket * bucket_entries);
      }
      return {.handle = {}, .outcome = Insertion::Outcome::far};
    }
    if (probe.done >= longest_probe_when_crowded) [[unlikely]] {
      auto crowded = atomic(part.crowded);
      if (probe.done >= longest_probe) crowded.store(1, std::memory_order_relaxed);
      if (crowded.load(std::memory_order_relaxed) != 0) return {};
    }
  }
}

} // namespace gupcheck::engine
