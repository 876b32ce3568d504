// SPDX-License-Identifier: GPL-2.0-only
//
// Partition refinement by signatures. See partition.hpp.
#include "model/engine/partition.hpp"

#include <bit>
#include <numeric>
#include <span>

namespace gupcheck::engine {

namespace {

// 128 bits of a sequence of block numbers, order included.
struct Signature {
  void add(std::uint32_t block) {
    value.low = mix(value.low ^ block);
    value.high = mix(value.high + block + 0x9e37'79b9'7f4a'7c15U);
  }
  static std::uint64_t mix(std::uint64_t x) { // the finalizer of splitmix64
    x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9U;
    x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11ebU;
    return x ^ (x >> 31);
  }
  Fingerprint value{0x243f'6a88'85a3'08d3U, 0x1319'8a2e'0370'7344U};
};

// Numbers signatures in the order in which they come.
class GroupNumbers {
public:
  explicit GroupNumbers(std::size_t most) : slots_(std::bit_ceil(2 * most + 2)) {}
  void clear() {
    ++generation_;
    size_ = 0;
  }
  std::uint32_t number_of(const Fingerprint& signature) {
    for (std::size_t i = signature.low & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[i];
      if (slot.generation != generation_) {
        slot = {signature, generation_, size_};
        return size_++;
      }
      if (slot.signature == signature) return slot.number;
    }
  }

private:
  struct Slot {
    Fingerprint signature;
    std::uint32_t generation = 0;
    std::uint32_t number = 0;
  };
  std::vector<Slot> slots_;
  std::uint32_t generation_ = 0;
  std::uint32_t size_ = 0;
};

// From each local state to others: `of(l)` are those of l, in an order that means something.
class Arrows {
public:
  explicit Arrows(std::size_t count) { first_.reserve(count + 1); }
  void add(LocalId to) { to_.push_back(to); }
  void next() { first_.push_back(static_cast<std::uint32_t>(to_.size())); }
  std::span<const LocalId> of(LocalId local) const {
    return std::span(to_).subspan(first_[local], first_[local + 1] - first_[local]);
  }

  Arrows reversed() const {
    const std::size_t count = first_.size() - 1;
    Arrows back(count);
    back.first_.assign(count + 1, 0);
    back.to_.resize(to_.size());
    for (const LocalId to : to_) ++back.first_[to + 1];
    for (std::size_t i = 0; i < count; ++i) back.first_[i + 1] += back.first_[i];
    std::vector<std::uint32_t> at(back.first_.begin(), back.first_.end() - 1);
    for (LocalId local = 0; local < count; ++local)
      for (const LocalId to : of(local)) back.to_[at[to]++] = local;
    return back;
  }

private:
  std::vector<std::uint32_t> first_;
  std::vector<LocalId> to_;
};

} // namespace

void Partition::refine(LocalStates& locals, const std::vector<bool>& expanded,
                       const std::vector<std::vector<std::uint64_t>>& results) {
  const std::size_t count = locals.size();
  Arrows steps(count);
  for (LocalId local = 0; local < count; ++local) {
    steps.next();
    if (!expanded[local]) continue;
    for (const std::uint64_t result : results[locals[local].key]) steps.add(locals.step(local, result));
  }
  steps.next();
  const Arrows steps_to = steps.reversed();

  // At first by what they post.
  const auto keys = static_cast<std::uint32_t>(results.size());
  block_.resize(count);
  std::vector<std::uint32_t> size(keys + count); // by block
  for (LocalId local = 0; local < count; ++local) {
    block_[local] = expanded[local] ? locals[local].key : keys + local;
    ++size[block_[local]];
  }

  // Those of one block whose steps lead into the same blocks stay together. The others get blocks of their
  // own, and only who has a step to one of these needs to be looked at again.
  struct Group {
    std::uint32_t block;
    std::uint32_t size;
    std::uint32_t becomes;
  };
  std::vector<LocalId> suspects(count);
  std::iota(suspects.begin(), suspects.end(), LocalId{0});
  std::vector<std::uint32_t> round_of(count); // in which it was a suspect last
  std::vector<std::uint32_t> suspects_in(size.size());
  std::vector<std::uint32_t> largest(size.size()); // group of the block's, if all of it are suspects
  std::vector<Group> groups;
  std::vector<std::uint32_t> group_of;
  GroupNumbers numbers(count);
  for (std::uint32_t round = 1; !suspects.empty(); ++round) {
    numbers.clear();
    groups.clear();
    group_of.clear();
    for (const LocalId local : suspects) {
      Signature signature;
      signature.add(block_[local]);
      for (const LocalId to : steps.of(local)) signature.add(block_[to]);
      work_ += 1 + steps.of(local).size();
      const std::uint32_t group = numbers.number_of(signature.value);
      if (group == groups.size()) groups.push_back({block_[local], 0, block_[local]});
      ++groups[group].size;
      ++suspects_in[block_[local]];
      group_of.push_back(group);
    }
    for (std::uint32_t i = 0; i < groups.size(); ++i) largest[groups[i].block] = i;
    for (std::uint32_t i = 0; i < groups.size(); ++i)
      if (groups[i].size > groups[largest[groups[i].block]].size) largest[groups[i].block] = i;
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
      Group& group = groups[i];
      // A suspect steps into a block that is new, who is no suspect does not: they differ, and these keep the
      // number.
      if (suspects_in[group.block] == size[group.block] && largest[group.block] == i) continue;
      group.becomes = static_cast<std::uint32_t>(size.size());
      size.push_back(group.size);
    }
    suspects_in.resize(size.size());
    largest.resize(size.size());
    std::vector<LocalId> next;
    for (std::size_t i = 0; i < suspects.size(); ++i) {
      const LocalId local = suspects[i];
      const Group& group = groups[group_of[i]];
      suspects_in[group.block] = 0;
      if (group.becomes == group.block) continue;
      --size[group.block];
      block_[local] = group.becomes;
      for (const LocalId from : steps_to.of(local)) {
        if (round_of[from] == round) continue;
        round_of[from] = round;
        next.push_back(from);
      }
    }
    suspects = std::move(next);
  }
}

} // namespace gupcheck::engine
