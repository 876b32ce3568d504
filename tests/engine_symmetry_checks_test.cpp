// SPDX-License-Identifier: GPL-2.0-only
//
// Checks that look at other threads than the one whose step they check, where nothing in the step says so;
// and which of several checks is reported that break at once.
#include "tests/engine_symmetry_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

constexpr Check mine{"mine"};

// In which of the others a flag is up is a matter of names. K: the one that the check asks about.
template <unsigned K> struct ConditionLooks : Suite<ConditionLooks<K>, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<unsigned> turn;
  static const char* only_k(std::uint64_t, std::uint64_t) {
    return peer<ConditionLooks>(K).flag.load() == 1 && peer<ConditionLooks>(3 - K).flag.load() == 0 ? "k only"
                                                                                                    : nullptr;
  }
  void thread(unsigned) {
    expect(mine, only_k);
    turn.add(1);
    self<ConditionLooks>().flag.store(1);
  }
};

template <unsigned K> struct WatchLooks : Suite<WatchLooks<K>, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<unsigned> turn;
  static const char* only_k(const WatchedStep&) {
    return peer<WatchLooks>(K).flag.load() == 1 && peer<WatchLooks>(3 - K).flag.load() == 0 ? "k only"
                                                                                            : nullptr;
  }
  static constexpr Watch on_turn{&mine, &only_k};
  const Watch* watch(const Operation& operation) const {
    return operation.address == turn.address() ? &on_turn : nullptr;
  }
  void thread(unsigned) {
    turn.add(1);
    self<WatchLooks>().flag.store(1);
  }
};

// Whose address it is that was there before.
template <unsigned K> struct WatchSees : Suite<WatchSees<K>, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<atomic<unsigned>*> last;
  static const char* was_k(const WatchedStep& step) {
    return step.before == reinterpret_cast<std::uint64_t>(&peer<WatchSees>(K).flag) ? "it was k" : nullptr;
  }
  static constexpr Watch on_last{&mine, &was_k};
  const Watch* watch(const Operation& operation) const {
    return operation.address == last.address() ? &on_last : nullptr;
  }
  void thread(unsigned) { last.store(&self<WatchSees>().flag); }
};

template <unsigned K> struct ConditionCompares : Suite<ConditionCompares<K>, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<atomic<unsigned>*> last;
  static const char* is_k(std::uint64_t address, std::uint64_t) {
    const auto* last = reinterpret_cast<const atomic<atomic<unsigned>*>*>(address);
    return last->load() == &peer<ConditionCompares>(K).flag ? "it is k" : nullptr;
  }
  void thread(unsigned) {
    expect(mine, is_k, last.address());
    last.store(&self<ConditionCompares>().flag);
  }
};

// A lock that is held in the first thread's name when they start: that one is not like the others.
template <bool LooksAtPeers> struct HeldAtFirst : Suite<HeldAtFirst<LooksAtPeers>, 3> {
  struct PerThread {
    atomic<unsigned> cell;
  };
  spinlock lock;
  atomic<unsigned> turn;
  void before() { lock.lock(); }
  void thread(unsigned) {
    if (LooksAtPeers) peer<HeldAtFirst>(1).cell.load();
    if (turn.fetch_add(1) == 0) lock.unlock();
  }
};

const char* never(std::uint64_t, std::uint64_t) { return "never"; }

// A step that is wrong in itself, and leads to where the thread, the state, and its end are wrong, too. What
// comes first in a replay must be what is reported, whatever the names say.
struct AllAtOnce : Suite<AllAtOnce, 2> {
  static constexpr Check step{"z-step"};
  static constexpr Check state{"a-state"};
  atomic<unsigned> cell;
  void thread(unsigned) {
    expect(step, never);
    cell.store(1);
    fail(state, "failed");
  }
  void invariant() { require(cell.load() != 1, state, "it is 1"); }
};
struct WrongAtOnce : Suite<WrongAtOnce, 2> {
  static constexpr Check thread_check{"z-thread"};
  static constexpr Check state{"a-state"};
  atomic<unsigned> cell;
  void thread(unsigned) { fail(thread_check, "failed"); }
  void invariant() { require(cell.load() == 1, state, "it is not 1"); }
};
struct DeadAtOnce : Suite<DeadAtOnce, 2> {
  static constexpr Check state{"z-state"};
  atomic<unsigned> cell;
  void thread(unsigned) { cell.wait_until_equal(1); }
  void invariant() { require(cell.load() == 1, state, "it is not 1"); }
};

} // namespace

TEST(EngineSymmetryChecks, ConditionsThatLookAtOthers) {
  expect_always_broken<ConditionLooks<1>>("mine", 3, no_cycles());
  expect_always_broken<ConditionLooks<2>>("mine", 3, no_cycles());
  expect_always_broken<ConditionCompares<1>>("mine", 2, no_cycles());
  expect_always_broken<ConditionCompares<2>>("mine", 2, no_cycles());
}
TEST(EngineSymmetryChecks, WatchesThatLookAtOthers) {
  expect_always_broken<WatchLooks<1>>("mine", 3, no_cycles());
  expect_always_broken<WatchLooks<2>>("mine", 3, no_cycles());
  expect_always_broken<WatchSees<1>>("mine", 2, no_cycles());
  expect_always_broken<WatchSees<2>>("mine", 2, no_cycles());
}
TEST(EngineSymmetryChecks, ALockThatIsHeldWhenTheyStart) {
  expect_always_broken<HeldAtFirst<false>>("model-error", 2, no_cycles());
  expect_always_broken<HeldAtFirst<true>>("model-error", 3, no_cycles());
  for (const bool transactions : {false, true}) {
    Options options = nothing_left_out(no_cycles());
    options.order = SearchOrder::dfs;
    options.transactions = transactions;
    options.symmetry = true;
    EXPECT_EQ(broken_check(explore_suite<HeldAtFirst<false>>(options)), "model-error");
    EXPECT_EQ(broken_check(explore_suite<HeldAtFirst<true>>(options)), "model-error");
  }
}
TEST(EngineSymmetryChecks, SeveralAtOnce) {
  expect_always_broken<AllAtOnce>("z-step", 1, no_cycles());
  expect_always_broken<WrongAtOnce>("z-thread", 0, no_cycles());
  expect_always_broken<DeadAtOnce>("z-state", 0, no_cycles());
}
