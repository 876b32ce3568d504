// SPDX-License-Identifier: GPL-2.0-only
//
// Partition refinement by signatures. See partition.hpp.
#include "model/engine/partition.hpp"

#include <bit>

namespace gupcheck::engine {

namespace {

// 128 bits of a sequence of block numbers, order included.
struct Signature {
  Signature(std::uint32_t first, std::uint32_t second) {
    add(first);
    add(second);
  }
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
class BlockNumbers {
public:
  explicit BlockNumbers(std::size_t most) : slots_(std::bit_ceil(2 * most + 2)) {}
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
  std::uint32_t size() const { return size_; }

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

} // namespace

void Partition::refine(LocalStates& locals, const std::vector<bool>& expanded,
                       const std::vector<std::vector<std::uint64_t>>& results) {
  const std::size_t count = locals.size();
  std::vector<std::uint32_t> first_step(count + 1);
  std::vector<LocalId> targets;
  for (LocalId local = 0; local < count; ++local) {
    first_step[local] = static_cast<std::uint32_t>(targets.size());
    if (!expanded[local]) continue;
    for (const std::uint64_t result : results[locals[local].key])
      targets.push_back(locals.step(local, result));
  }
  first_step[count] = static_cast<std::uint32_t>(targets.size());

  block_.resize(count);
  for (LocalId local = 0; local < count; ++local) block_[local] = expanded[local] ? locals[local].key : 0;

  std::vector<std::uint32_t> refined(count);
  BlockNumbers numbers(count);
  std::uint32_t blocks = 0;
  for (;;) {
    numbers.clear();
    for (LocalId local = 0; local < count; ++local) {
      Signature signature(block_[local], expanded[local] ? 0 : local + 1);
      for (std::uint32_t i = first_step[local]; i < first_step[local + 1]; ++i)
        signature.add(block_[targets[i]]);
      refined[local] = numbers.number_of(signature.value);
    }
    work_ += count + targets.size();
    block_.swap(refined);
    if (numbers.size() == blocks) return;
    blocks = numbers.size();
  }
}

} // namespace gupcheck::engine
