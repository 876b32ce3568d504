// SPDX-License-Identifier: GPL-2.0-only
//
// How many states are left when equal threads are interchangeable: as many as a count by hand says, and as
// the audit says that writes out every renaming of every state; and never fewer.
#include "tests/engine_symmetry_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

template <unsigned Threads, unsigned Steps> struct Adds : Suite<Adds<Threads, Steps>, Threads> {
  atomic<unsigned> sum;
  void thread(unsigned) {
    for (unsigned i = 0; i < Steps; ++i) sum.add(1);
  }
  void after() { check(sum.load() == Threads * Steps, "the sum"); }
};

struct TwoGroups : Suite<TwoGroups, 4> {
  atomic<unsigned> sums[2];
  [[gnu::noinline]] static void add_twice(atomic<unsigned>& sum) {
    sum.add(1);
    sum.add(1);
  }
  void thread(unsigned index) {
    if (index < 2) {
      add_twice(sums[0]);
    } else {
      add_twice(sums[1]);
    }
  }
};

// Not equal: each knows its number, at once or later.
template <bool Late> struct Numbered : Suite<Numbered<Late>, 3> {
  atomic<unsigned> sum;
  atomic<unsigned> cells[3];
  void thread(unsigned index) {
    if (Late) sum.add(1);
    cells[index].store(1);
    if (Late) sum.add(cells[index].load());
  }
};

struct Locked : Suite<Locked, 4> {
  spinlock lock;
  var<unsigned> value;
  void thread(unsigned) {
    lock.lock();
    value.store((value.load() + 1) % 3);
    lock.unlock();
  }
};

struct LocksOnly : Suite<LocksOnly, 3> {
  spinlock lock;
  void thread(unsigned) {
    lock.lock();
    lock.unlock();
  }
};

struct TwoLocks : Suite<TwoLocks, 3> {
  spinlock locks[2];
  void thread(unsigned) {
    const unsigned first = choose(2);
    locks[first].lock();
    locks[first].unlock();
    locks[1 - first].lock();
    locks[1 - first].unlock();
  }
};

// Who came third has a three in its block, whoever it is.
struct Tickets : Suite<Tickets, 3> {
  struct PerThread {
    var<unsigned> ticket;
  };
  atomic<unsigned> next;
  atomic<unsigned> last;
  void thread(unsigned) {
    self<Tickets>().ticket.store(next.fetch_add(1) + 1);
    last.store(self<Tickets>().ticket.load());
  }
};

struct Node {
  atomic<Node*> next;
  var<unsigned> value;
};

// A cell that points into the block of whoever came last.
struct Published : Suite<Published, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<unsigned> winners;
  void thread(unsigned) {
    self<Published>().node.value.store(1);
    slot.store(&self<Published>().node);
    if (slot.compare_and_set(&self<Published>().node, nullptr)) winners.add(1);
  }
};

// The same with two cells, so that a thread may own both, one or none.
struct PublishedTwice : Suite<PublishedTwice, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slots[2];
  void thread(unsigned) {
    slots[choose(2)].store(&self<PublishedTwice>().node);
    slots[choose(2)].wait_until_not_equal(&self<PublishedTwice>().node);
  }
};

// A pointer to itself in each block, as in the head of an empty list.
struct EmptyLists : Suite<EmptyLists, 3> {
  struct PerThread {
    Node node;
  };
  atomic<unsigned> done;
  void thread(unsigned) {
    self<EmptyLists>().node.next.store(&self<EmptyLists>().node);
    if (self<EmptyLists>().node.next.load() == &self<EmptyLists>().node) done.add(1);
    self<EmptyLists>().node.next.store(nullptr);
  }
};

// A stack of the threads' nodes, one below the other.
template <unsigned Threads> struct Stack : Suite<Stack<Threads>, Threads> {
  struct PerThread {
    Node node;
  };
  spinlock lock;
  atomic<Node*> head;
  void thread(unsigned) {
    lock.lock();
    self<Stack>().node.next.store(head.load());
    head.store(&self<Stack>().node);
    lock.unlock();
  }
};

// Two equal threads beside one of another kind.
struct EqualAndOther : Suite<EqualAndOther, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<unsigned> sum;
  [[gnu::noinline]] void give() {
    slot.wait_until_equal(nullptr);
    if (slot.compare_and_set(nullptr, &self<EqualAndOther>().node)) sum.add(1);
  }
  [[gnu::noinline]] void take() { slot.store(nullptr); }
  void thread(unsigned index) {
    if (index == 2)
      take();
    else
      give();
  }
};

Options fifo() { return with(Fairness::strong, Locks::fifo, no_cycles()); }

} // namespace

// n threads at one of k + 1 places each: without names, a choice of n places with repetition.
TEST(EngineSymmetry, MultisetsOfPlaces) {
  for (const bool quotient : {false, true}) {
    const Counts two = count_both<Adds<2, 2>>(quotient);
    EXPECT_EQ(two.all, 9U);
    EXPECT_EQ(two.with_symmetry, 6U);
    const Counts four = count_both<Adds<4, 3>>(quotient);
    EXPECT_EQ(four.all, 256U);
    EXPECT_EQ(four.with_symmetry, 35U);
    const Counts eight = count_both<Adds<8, 2>>(quotient);
    EXPECT_EQ(eight.all, 6561U);
    EXPECT_EQ(eight.with_symmetry, 45U);
  }
  expect_always_holds<Adds<4, 3>>();
}
TEST(EngineSymmetry, GroupsByFunction) {
  const Counts counts = count_both<TwoGroups>(true);
  EXPECT_EQ(counts.all, 81U);
  EXPECT_EQ(counts.with_symmetry, 36U);
  expect_orbits<TwoGroups>(Renamings::all);
  expect_always_holds<TwoGroups>();
}
TEST(EngineSymmetry, ThreadsThatKnowTheirNumberAreNotEqual) {
  for (const bool quotient : {false, true}) {
    const Counts now = count_both<Numbered<false>>(quotient);
    EXPECT_EQ(now.all, 8U);
    EXPECT_EQ(now.with_symmetry, 8U);
    const Counts later = count_both<Numbered<true>>(quotient);
    EXPECT_EQ(later.all, later.with_symmetry);
  }
}

// Before, inside or after, at most one inside: with 8 threads, 9 ways to be out for all and 8 for the rest.
TEST(EngineSymmetry, ALockHasOneOwner) {
  const Counts counts = count_both<LocksOnly>(true, {}, 8);
  EXPECT_EQ(counts.all, 256U + 8 * 128);
  EXPECT_EQ(counts.with_symmetry, 17U);
  expect_orbits<LocksOnly>(Renamings::all);
  expect_orbits<Locked>(Renamings::all);
  expect_orbits<TwoLocks>(Renamings::all);
  expect_always_holds<Locked>(no_cycles());
}
// As above, and k of n stand in line, their head waiting or holding: (k > 0 ? 2 : 1) * (n - k + 1).
TEST(EngineSymmetry, AQueueIsAnOrderWithoutNames) {
  const Counts counts = count_both<LocksOnly>(true, fifo());
  EXPECT_EQ(counts.all, 68U);
  EXPECT_EQ(counts.with_symmetry, 16U);
  expect_orbits<LocksOnly>(Renamings::all, fifo());
  expect_orbits<Locked>(Renamings::all, fifo());
  expect_orbits<TwoLocks>(Renamings::all, fifo());
  expect_always_holds<TwoLocks>(fifo());
}
TEST(EngineSymmetry, BlocksGoWithTheirThreads) {
  expect_orbits<Tickets>(Renamings::all);
  expect_always_holds<Tickets>();
}
TEST(EngineSymmetry, PointersGoWithTheirThreads) {
  expect_orbits<Published>(Renamings::all);
  expect_orbits<PublishedTwice>(Renamings::all, without({"deadlock", "livelock", "starvation"}));
  expect_orbits<EmptyLists>(Renamings::all);
  expect_orbits<EqualAndOther>(Renamings::all, without({"deadlock", "livelock", "starvation"}));
  expect_always_holds<Published>();
  expect_always_holds<EmptyLists>();
}
TEST(EngineSymmetry, BlocksThatNameAnother) {
  expect_orbits<Stack<2>>(Renamings::all);
  expect_orbits<Stack<3>>(Renamings::rotations);
  expect_always_holds<Stack<3>>();
}
