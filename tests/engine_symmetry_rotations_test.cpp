// SPDX-License-Identifier: GPL-2.0-only
//
// Three threads and more that look at each other's data. Swapping two of them is no renaming then, but
// letting all of them move on by one is: each counts the others from itself.
#include "tests/engine_symmetry_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// A lock in each block; everybody takes the own one and that of its neighbour.
template <unsigned Threads> struct NeighbourLocks : Suite<NeighbourLocks<Threads>, Threads> {
  struct PerThread {
    spinlock lock;
  };
  void thread(unsigned) {
    self<NeighbourLocks>().lock.lock();
    self<NeighbourLocks>().lock.unlock();
    peer<NeighbourLocks>(1).lock.lock();
    peer<NeighbourLocks>(1).lock.unlock();
  }
};

// Everybody raises a flag and enters if it sees no other. Whoever looks at one neighbour only may be wrong.
template <unsigned Threads, unsigned Looks> struct Flags : Suite<Flags<Threads, Looks>, Threads> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<unsigned> inside;
  void thread(unsigned) {
    self<Flags>().flag.store(1);
    bool alone = true;
    for (unsigned k = 1; k <= Looks; ++k) alone = alone && peer<Flags>(k).flag.load() == 0;
    if (alone) {
      check(inside.fetch_add(1) == 0, "two are inside");
      inside.add(-1U);
    }
    self<Flags>().flag.store(0);
  }
};

// What is wrong is so for one thread's number only, whichever thread of the orbit it is.
struct SecondOne : Suite<SecondOne, 3> {
  struct PerThread {
    atomic<unsigned> value;
  };
  void thread(unsigned) {
    self<SecondOne>().value.store(1);
    peer<SecondOne>(2).value.store(2);
  }
  void invariant() {
    check(of_thread<SecondOne>(1).value.load() != 1 || of_thread<SecondOne>(0).value.load() != 2,
          "1 wrote to 0");
  }
};

// Alike, but for a number that nobody uses.
struct KeepsItsNumber : Suite<KeepsItsNumber, 3> {
  struct PerThread {
    atomic<unsigned> value;
  };
  void thread(unsigned index) {
    volatile unsigned number = index;
    self<KeepsItsNumber>().value.store(1);
    peer<KeepsItsNumber>(1).value.load();
    static_cast<void>(number);
  }
};

// Each block points to the next one's.
struct Ring : Suite<Ring, 3> {
  struct PerThread {
    atomic<atomic<unsigned>*> next;
    atomic<unsigned> visits;
  };
  void thread(unsigned) {
    self<Ring>().next.store(&peer<Ring>(1).visits);
    if (atomic<unsigned>* second = peer<Ring>(1).next.load()) second->add(1);
  }
  void after() {
    unsigned visits = 0;
    for (unsigned thread = 0; thread < 3; ++thread) visits += of_thread<Ring>(thread).visits.load();
    check(visits <= 3, "more visits than visitors");
  }
};

// One of three is of another kind, so there is nothing to rotate.
struct NotAllAlike : Suite<NotAllAlike, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  [[gnu::noinline]] void look() { self<NotAllAlike>().flag.store(peer<NotAllAlike>(1).flag.load() + 1); }
  [[gnu::noinline]] void clear() { self<NotAllAlike>().flag.store(0); }
  void thread(unsigned index) {
    if (index == 2)
      clear();
    else
      look();
  }
};

// A token that goes round and round: after each turn the state is the same but for who has it.
struct Round : Suite<Round, 3> {
  struct PerThread {
    atomic<unsigned> has;
  };
  atomic<unsigned> taken;
  void thread(unsigned) {
    if (taken.fetch_add(1) == 0) self<Round>().has.store(1);
    for (;;) {
      self<Round>().has.wait_until_equal(1);
      self<Round>().has.store(0);
      peer<Round>(1).has.store(1);
    }
  }
};

Options fifo() { return with(Fairness::strong, Locks::fifo, no_cycles()); }

} // namespace

TEST(EngineSymmetryRotations, EverybodyTakesTheNeighboursLock) {
  expect_orbits<NeighbourLocks<2>>(Renamings::all);
  expect_orbits<NeighbourLocks<3>>(Renamings::rotations, no_cycles());
  expect_orbits<NeighbourLocks<4>>(Renamings::rotations, no_cycles());
  expect_orbits<NeighbourLocks<3>>(Renamings::rotations, fifo());
  expect_always_holds<NeighbourLocks<3>>();
}
TEST(EngineSymmetryRotations, WhoLooksAtTooFewIsWrong) {
  expect_orbits<Flags<3, 2>>(Renamings::rotations, no_cycles());
  expect_always_holds<Flags<3, 2>>(no_cycles());
  expect_always_broken<Flags<3, 1>>("assertion", 6, no_cycles());
  expect_always_broken<Flags<4, 2>>("assertion", 8, no_cycles());
}
TEST(EngineSymmetryRotations, ChecksThatKnowANumber) {
  expect_always_broken<SecondOne>("assertion", 2, no_cycles());
}
TEST(EngineSymmetryRotations, EachBlockNamesTheNext) {
  expect_orbits<Ring>(Renamings::rotations);
  expect_always_holds<Ring>();
}
TEST(EngineSymmetryRotations, WhatIsNeverUsedMakesNoDifference) {
  EXPECT_EQ(explore_suite<KeepsItsNumber>({}).statistics.renamings, Renamings::rotations);
}
TEST(EngineSymmetryRotations, OneOfAnotherKindSwitchesItOff) {
  expect_always_holds<NotAllAlike>();
  const Result result = explore_suite<NotAllAlike>({});
  EXPECT_EQ(result.statistics.renamings, Renamings::none);
  EXPECT_EQ(result.statistics.why_not_all_renamings, "a thread uses another thread's data");
}
TEST(EngineSymmetryRotations, ACycleThatClosesOnlyWhenRotated) {
  expect_always_endless<Round>("livelock", 3);
  expect_always_holds<Round>(without({"livelock"}));
}
