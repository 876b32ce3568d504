// SPDX-License-Identifier: GPL-2.0-only
//
// Reductions and what a location is: cells that share a word, accesses that overlap, and per-thread blocks,
// where one address means another place in each thread and one place has another address in each.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

template <class T> void increment(var<T>& cell) { cell.store(static_cast<T>(cell.load() + 1)); }

// Side by side in one 64-bit word: one cell is under the lock, one is not, one is used by one thread alone.
template <class T, bool Careless> struct OneWord : Suite<OneWord<T, Careless>, 2> {
  struct alignas(8) Word {
    var<T> locked;
    var<T> open;
  };
  Word word;
  spinlock lock;
  void thread(unsigned index) {
    lock.lock();
    increment(word.locked);
    lock.unlock();
    if (Careless || index == 0) increment(word.open);
  }
  void after() {
    check(word.locked.load() == 2, "under the lock");
    check(word.open.load() == (Careless ? 2 : 1), "without the lock");
  }
};

// The same bytes as one cell under the lock and, for another thread without it, as a part of it: its byte
// number `Part`, or one of the next cell where that is 4 or more.
template <unsigned Part> struct Overlap : Suite<Overlap<Part>, 2> {
  atomic<std::uint32_t> cells[2];
  spinlock lock;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      cells[0].store(cells[0].load() + 1);
      lock.unlock();
    } else {
      reinterpret_cast<atomic<std::uint8_t>*>(cells[0].address() + Part)->store(5);
    }
  }
  void after() {
    const std::uint32_t added = cells[0].load() >> (Part < 4 ? 8 * Part : 0) & 0xffU;
    check(Part < 4 ? added == 5 || (Part == 0 && added == 6) : added == 1, "a store is lost");
  }
};

struct Block {
  var<int> value;
  spinlock lock;
};

// The owner's own cell, which the other one reaches through a pointer that appears late.
template <bool Early> struct ReachedByPointer : Suite<ReachedByPointer<Early>, 2> {
  using PerThread = Block;
  atomic<Block*> published;
  void thread(unsigned index) {
    if (index == 0) {
      Block& mine = self<ReachedByPointer>();
      increment(mine.value);
      if (Early) published.store(&mine);
      increment(mine.value);
      if (!Early) published.store(&mine);
    } else {
      published.wait_until_not_equal(nullptr);
      increment(published.load()->value);
    }
  }
  void after() { check(of_thread<ReachedByPointer>(0).value.load() == 3, "an increment is lost"); }
};

// The same as a neighbour; and under the owner's lock, which has two names then.
template <bool Locked> struct ReachedByNeighbour : Suite<ReachedByNeighbour<Locked>, 2> {
  using PerThread = Block;
  void thread(unsigned index) {
    Block& first = index == 0 ? self<ReachedByNeighbour>() : peer<ReachedByNeighbour>(1);
    if (Locked) first.lock.lock();
    increment(first.value);
    if (Locked) first.lock.unlock();
  }
  void after() { check(of_thread<ReachedByNeighbour>(0).value.load() == 2, "an increment is lost"); }
};

// Everybody takes "the own lock", by the same name, for what belongs to all.
template <bool Own> struct OwnLocks : Suite<OwnLocks<Own>, 2> {
  using PerThread = Block;
  var<int> value;
  void thread(unsigned index) {
    spinlock& lock = (Own ? self<OwnLocks>() : peer<OwnLocks>(index)).lock; // of two: that of thread 0
    lock.lock();
    increment(value);
    lock.unlock();
  }
  void after() { check(value.load() == 2, "an increment is lost"); }
};

// Each uses its own cell alone, by the same name; a third reads both of them without a lock.
template <bool Asks> struct OwnCells : Suite<OwnCells<Asks>, 3> {
  using PerThread = Block;
  void thread(unsigned index) {
    if (index < 2) {
      Block& mine = self<OwnCells>();
      mine.value.store(1);
      mine.value.store(0);
    } else if (Asks) {
      check(peer<OwnCells>(2).value.load() == 0, "in the middle"); // that of thread 1
    }
  }
};

// A cell moves from hand to hand with the pointer to it, like a page that is isolated from a list.
template <bool Keeps> struct HandedOn : Suite<HandedOn<Keeps>, 2> {
  var<int> cells[2];
  atomic<var<int>*> slot;
  atomic<int> takers;
  void before() { slot.store(&cells[1]); }
  void thread(unsigned) {
    var<int>* const mine = slot.exchange(nullptr);
    if (mine == nullptr) return;
    takers.add(1);
    increment(*mine);
    slot.store(mine);
    if (Keeps) increment(*mine);
  }
  void after() { check(cells[1].load() == takers.load() * (Keeps ? 2 : 1), "an increment is lost"); }
};

} // namespace

TEST(EngineReductionCells, CellsOfOneWord) {
  expect_always_broken<OneWord<std::uint8_t, true>>("assertion", 12, no_cycles());
  expect_always_broken<OneWord<std::uint16_t, true>>("assertion", 12, no_cycles());
  expect_always_broken<OneWord<std::uint32_t, true>>("assertion", 12, no_cycles());
  expect_always_holds<OneWord<std::uint8_t, false>>(no_cycles());
  expect_always_holds<OneWord<std::uint16_t, false>>(no_cycles());
  expect_always_holds<OneWord<std::uint32_t, false>>(no_cycles());
  expect_transactions_help<OneWord<std::uint16_t, false>>(no_cycles());
}
TEST(EngineReductionCells, AccessesThatOverlap) {
  expect_always_broken<Overlap<0>>("assertion", 5, no_cycles());
  expect_always_broken<Overlap<2>>("assertion", 5, no_cycles());
  expect_always_holds<Overlap<4>>(no_cycles());
}
TEST(EngineReductionCells, ReachedThroughAPointer) {
  expect_always_broken<ReachedByPointer<true>>("assertion", 9, no_cycles());
  expect_always_holds<ReachedByPointer<false>>(no_cycles());
}
TEST(EngineReductionCells, ReachedByNeighbour) {
  expect_always_broken<ReachedByNeighbour<false>>("assertion", 4, no_cycles());
  expect_always_holds<ReachedByNeighbour<true>>(no_cycles());
  expect_transactions_help<ReachedByNeighbour<true>>(no_cycles());
}
TEST(EngineReductionCells, OwnLocksProtectNothing) {
  expect_always_broken<OwnLocks<true>>("assertion", 8, no_cycles());
  expect_always_holds<OwnLocks<false>>(no_cycles());
  expect_transactions_help<OwnLocks<false>>(no_cycles());
}
TEST(EngineReductionCells, OwnCellsThatAnotherReads) {
  expect_always_broken<OwnCells<true>>("assertion", 2, no_cycles());
  expect_always_holds<OwnCells<false>>(no_cycles());
  expect_transactions_help<OwnCells<false>>(no_cycles());
}
TEST(EngineReductionCells, HandedOnByPointer) {
  expect_always_broken<HandedOn<true>>("assertion", 14, no_cycles());
  expect_always_holds<HandedOn<false>>(no_cycles());
}
