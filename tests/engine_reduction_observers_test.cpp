// SPDX-License-Identifier: GPL-2.0-only
//
// Reductions and those who look without being a step of their own: invariants, expectations, watches,
// after(), and threads that wait. What they read must not change unseen, whatever lock or thread it belongs
// to.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Two values that differ only inside a section; the invariant may ask the lock first.
template <bool AsksLock> struct MiddleOfASection : Suite<MiddleOfASection<AsksLock>, 2> {
  spinlock lock;
  var<int> left;
  var<int> right;
  void thread(unsigned) {
    lock.lock();
    left.store(left.load() + 1);
    right.store(right.load() + 1);
    lock.unlock();
  }
  void invariant() {
    if (AsksLock && word_of(lock).load() != 0) return;
    check(left.load() == right.load(), "one without the other");
  }
};

// Each thread leaves its value for a moment, under a lock of its own; wrong is only that both do it at once.
template <bool SameLock> struct MiddleOfTwoSections : Suite<MiddleOfTwoSections<SameLock>, 2> {
  spinlock locks[2];
  var<int> away[2];
  void thread(unsigned index) {
    spinlock& mine = locks[SameLock ? 0 : index];
    mine.lock();
    away[index].store(1);
    away[index].store(0);
    mine.unlock();
  }
  void invariant() { check(away[0].load() + away[1].load() < 2, "both away"); }
};

// The same with locations that one thread alone uses and with one that is not even a lock.
struct MiddleOfNothing : Suite<MiddleOfNothing, 2> {
  var<int> away[2];
  void thread(unsigned index) {
    away[index].store(1);
    away[index].store(0);
  }
  void invariant() { check(away[0].load() + away[1].load() < 2, "both away"); }
};

struct BothLocksHeld : Suite<BothLocksHeld, 2> {
  spinlock locks[2];
  void thread(unsigned index) {
    locks[index].lock();
    locks[index].unlock();
  }
  void invariant() { check(word_of(locks[0]).load() == 0 || word_of(locks[1]).load() == 0, "both held"); }
};

// An expectation of one thread's step reads what another thread changes under its lock, or alone.
enum class Reader { with_lock, other_lock, no_lock };
template <Reader How, bool Locked> struct Expects : Suite<Expects<How, Locked>, 2> {
  spinlock locks[2];
  var<int> value;
  var<int> mine;
  static const char* is_zero(std::uint64_t address, std::uint64_t) {
    return reinterpret_cast<const var<int>*>(address)->load() == 0 ? nullptr : "in the middle";
  }
  void thread(unsigned index) {
    spinlock& lock = locks[How == Reader::other_lock ? index : 0];
    const bool locks_it = index == 0 ? Locked : How != Reader::no_lock;
    if (locks_it) lock.lock();
    if (index == 0) {
      value.store(1);
      value.store(0);
    } else {
      expect(assertion, is_zero, value.address());
      mine.store(7);
    }
    if (locks_it) lock.unlock();
  }
};

// The kernel's lockdep_assert_held(), but for "nobody holds it".
struct ExpectsFree : Suite<ExpectsFree, 2> {
  spinlock lock;
  var<int> value;
  var<int> mine;
  static const char* is_free(std::uint64_t address, std::uint64_t) {
    return reinterpret_cast<const atomic<std::uint64_t>*>(address)->load() == 0 ? nullptr : "held";
  }
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      value.store(1);
      lock.unlock();
    } else {
      expect(assertion, is_free, lock.address());
      mine.store(7);
    }
  }
};

// A watch on one location reads another one, which is not the business of the thread that steps.
template <bool SameLock> struct Watches : Suite<Watches<SameLock>, 2> {
  spinlock locks[2];
  var<int> watched;
  var<int> away;
  static const Watches* now;
  static const char* broken(const WatchedStep&) {
    return now->away.load() == 0 ? nullptr : "written while the other is away";
  }
  static constexpr Watch both{&assertion, &broken};
  const Watch* watch(const Operation& operation) const {
    now = this;
    return operation.address == watched.address() ? &both : nullptr;
  }
  void thread(unsigned index) {
    spinlock& mine = locks[SameLock ? 0 : index];
    mine.lock();
    if (index == 0) {
      away.store(1);
      away.store(0);
    } else {
      watched.store(1);
    }
    mine.unlock();
  }
};
template <bool SameLock> const Watches<SameLock>* Watches<SameLock>::now = nullptr;

// Waits, without the lock, for a value that is there in the middle of a section: it never comes to pass when
// sections are taken whole, and nobody would know who waited for it. Alone: without any lock.
template <bool Alone> struct WaitsForTheMiddle : Suite<WaitsForTheMiddle<Alone>, 2> {
  spinlock lock;
  var<int> value;
  void thread(unsigned index) {
    if (index == 0) {
      if (!Alone) lock.lock();
      value.store(1);
      value.store(2);
      if (!Alone) lock.unlock();
    } else {
      reinterpret_cast<atomic<int>&>(value).wait_until_equal(1);
      fail(assertion, "it came");
    }
  }
};

// The same where the wait stands behind a lock that it does not hold any more.
template <bool Leaves> struct WaitsAndLooks : Suite<WaitsAndLooks<Leaves>, 2> {
  spinlock lock;
  atomic<int> stage;
  var<int> value;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      stage.store(1);
      value.store(1);
      value.store(0);
      lock.unlock();
    } else {
      stage.wait_until_not_equal(0);
      if (!Leaves) lock.lock();
      check(value.load() == 0, "in the middle");
      if (!Leaves) lock.unlock();
    }
  }
};

// Waits in a section for the other one, which needs the section: a deadlock, unless the other comes first.
template <bool Inside> struct WaitsInASection : Suite<WaitsInASection<Inside>, 2> {
  spinlock lock;
  atomic<int> value;
  void thread(unsigned index) {
    if (index == 1 && !Inside) value.wait_until_equal(1);
    lock.lock();
    if (index == 0) value.store(1);
    if (index == 1 && Inside) value.wait_until_equal(1);
    lock.unlock();
  }
};

// after() looks at everything, also at what the threads have kept apart.
struct AfterAdds : Suite<AfterAdds, 3> {
  var<int> mine[3];
  spinlock lock;
  var<int> order;
  void thread(unsigned index) {
    lock.lock();
    const int place = order.load() + 1;
    order.store(place);
    lock.unlock();
    mine[index].store(place);
  }
  void after() { check(mine[0].load() < mine[1].load() || mine[1].load() < mine[2].load(), "2 1 0"); }
};

} // namespace

TEST(EngineReductionObservers, AnInvariantSeesTheMiddleOfASection) {
  expect_always_broken<MiddleOfASection<false>>("assertion", 3, no_cycles());
  expect_always_holds<MiddleOfASection<true>>(no_cycles());
}
TEST(EngineReductionObservers, AnInvariantSeesTwoMiddlesAtOnce) {
  expect_always_broken<MiddleOfTwoSections<false>>("assertion", 4, no_cycles());
  expect_always_holds<MiddleOfTwoSections<true>>(no_cycles());
  expect_always_broken<MiddleOfNothing>("assertion", 2, no_cycles());
  expect_always_broken<BothLocksHeld>("assertion", 2, no_cycles());
}
TEST(EngineReductionObservers, AnExpectationReadsWithoutTheLock) {
  expect_always_broken<Expects<Reader::no_lock, true>>("assertion", 3, no_cycles());
  expect_always_broken<Expects<Reader::no_lock, false>>("assertion", 2, no_cycles());
  expect_always_broken<Expects<Reader::other_lock, true>>("assertion", 4, no_cycles());
  expect_always_broken<Expects<Reader::with_lock, false>>("assertion", 3, no_cycles());
  expect_always_holds<Expects<Reader::with_lock, true>>(no_cycles());
}
TEST(EngineReductionObservers, AnExpectationReadsALock) {
  expect_always_broken<ExpectsFree>("assertion", 2, no_cycles());
}
TEST(EngineReductionObservers, AWatchReadsAnotherLocation) {
  expect_always_broken<Watches<false>>("assertion", 4, no_cycles());
  expect_always_holds<Watches<true>>(no_cycles());
}
TEST(EngineReductionObservers, AWaitForWhatIsThereInTheMiddleOnly) {
  const Options options = without({"livelock", "starvation", "deadlock"});
  expect_always_broken<WaitsForTheMiddle<false>>("assertion", 3, options);
  expect_always_broken<WaitsForTheMiddle<true>>("assertion", 2, options);
  // Who comes too late waits for ever.
  expect_always_broken<WaitsForTheMiddle<true>>("deadlock", 2,
                                                without({"livelock", "starvation", "assertion"}));
}
TEST(EngineReductionObservers, AWaitThatLetsInTooEarly) {
  expect_always_broken<WaitsAndLooks<true>>("assertion", 5, no_cycles());
  expect_always_holds<WaitsAndLooks<false>>(no_cycles());
  expect_transactions_help<WaitsAndLooks<false>>(no_cycles());
}
TEST(EngineReductionObservers, AWaitInASection) {
  expect_always_broken<WaitsInASection<true>>("deadlock", 1, no_cycles());
  expect_always_holds<WaitsInASection<false>>(no_cycles());
}
TEST(EngineReductionObservers, AfterSeesEveryEnd) {
  expect_always_broken<AfterAdds>("assertion", 15, no_cycles());
  expect_transactions_help<AfterAdds>(without({"livelock", "starvation", "assertion"}));
}
