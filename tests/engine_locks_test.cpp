// SPDX-License-Identifier: GPL-2.0-only
//
// Locks and waits: they exclude, they block, queues are first come first served, and taking one is one step
// (two with queues).
#include "tests/engine_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

Options with(Locks locks) {
  Options options;
  options.locks = locks;
  return options;
}

struct Spin : Suite<Spin, 3> {
  spinlock lock;
  var<int> inside;
  var<int> count;
  void thread(unsigned) {
    lock.lock();
    check(inside.load() == 0, "two inside");
    inside.store(1);
    count.store(count.load() + 1);
    inside.store(0);
    lock.unlock();
  }
  void after() {
    check(count.load() == 3, "an increment is lost");
    lock.lock(); // free, so direct mode can take it
    lock.unlock();
  }
};

struct BitLock : Suite<BitLock, 3> {
  atomic<std::uint32_t> flags{0x80U};
  var<int> count;
  void thread(unsigned) {
    flags.lock_bit(3);
    count.store(count.load() + 1);
    flags.clear_bit(3);
  }
  void after() { check(count.load() == 3 && flags.load() == 0x80U, "lock_bit"); }
};

struct ReadWrite : Suite<ReadWrite, 3> {
  rwlock lock;
  var<int> data;
  atomic<int> readers;
  void thread(unsigned index) {
    if (index == 0) {
      lock.write_lock();
      check(readers.load() == 0, "a reader beside the writer");
      data.store(1);
      data.store(2);
      lock.write_unlock();
    } else {
      lock.read_lock();
      readers.add(1);
      check(data.load() != 1, "half-written");
      readers.add(-1);
      lock.read_unlock();
    }
  }
};

// Two readers inside at once: reachable.
struct ReadersShare : Suite<ReadersShare, 2> {
  rwlock lock;
  atomic<int> readers;
  void thread(unsigned) {
    lock.read_lock();
    check(readers.fetch_add(1) == 0, "two readers");
    readers.add(-1);
    lock.read_unlock();
  }
};

// Thread 0 holds the lock until both others have tried. With queues thread 1, which came first, is served
// first; without, either may be.
struct Order : Suite<Order, 3> {
  spinlock lock;
  atomic<unsigned> turn;
  atomic<bool> served;
  void thread(unsigned index) {
    if (index == 0) {
      lock.lock();
      turn.store(1);
      queue_length(3);
      lock.unlock();
    } else if (index == 1) {
      turn.wait_until_equal(1);
      lock.lock();
      served.store(true);
      lock.unlock();
    } else {
      queue_length(2);
      lock.lock();
      check(served.load(), "the second in the queue is served first");
      lock.unlock();
    }
  }
  // Waits until so many threads hold the lock or queue for it; the word is as spinlock says.
  void queue_length(unsigned length) {
    auto& word = *reinterpret_cast<atomic<std::uint64_t>*>(lock.address());
    word.wait_until_equal(lock_granted | (length == 2 ? 0x21U : 0x321U));
  }
};

struct Relock : Suite<Relock, 1> {
  spinlock lock;
  void thread(unsigned) {
    lock.lock();
    lock.lock();
  }
};

struct LockInBlock : Suite<LockInBlock, 2> {
  struct PerThread {
    spinlock lock;
    var<int> value;
  };
  void thread(unsigned index) {
    PerThread& mine = self<LockInBlock>();
    mine.lock.lock();
    mine.value.store(static_cast<int>(index) + 1);
    mine.lock.unlock();
  }
  void after() {
    check(of_thread<LockInBlock>(0).value.load() == 1, "block of thread 0");
    check(of_thread<LockInBlock>(1).value.load() == 2, "block of thread 1");
  }
};

struct Waits : Suite<Waits, 3> {
  atomic<std::int16_t> value;
  atomic<std::uint8_t> flags{0x81};
  var<int> data;
  void thread(unsigned index) {
    if (index == 0) {
      data.store(1);
      value.store(-7);
      flags.clear_bit(7);
    } else if (index == 1) {
      value.wait_until_equal(-7);
      check(data.load() == 1, "waits for equal");
      flags.wait_until_bit_clear(7);
      check(flags.load() == 1, "waits for the bit");
    } else {
      value.wait_until_not_equal(0);
      check(value.load() == -7, "waits for not equal");
    }
  }
};

struct EightThreads : Suite<EightThreads, 8> {
  spinlock lock;
  void thread(unsigned) {
    lock.lock();
    lock.unlock();
  }
};

} // namespace

TEST(EngineLocks, SpinlockExcludes) {
  expect_holds<Spin>(with(Locks::unfair));
  expect_holds<Spin>(with(Locks::fifo));
}
TEST(EngineLocks, BitLockExcludes) { expect_holds<BitLock>(); }
TEST(EngineLocks, WriterExcludes) { expect_holds<ReadWrite>(without({"livelock", "starvation"})); }
TEST(EngineLocks, ReadersShare) { expect_broken<ReadersShare>("assertion", 4); }
TEST(EngineLocks, RelockingIsADeadlock) { expect_broken<Relock>("deadlock", 1, with(Locks::unfair)); }
TEST(EngineLocks, RelockingIsADeadlockWithQueues) { expect_broken<Relock>("deadlock", 3, with(Locks::fifo)); }
TEST(EngineLocks, QueueIsFirstComeFirstServed) { expect_holds<Order>(with(Locks::fifo)); }
TEST(EngineLocks, LockInTheThreadsOwnBlock) {
  expect_holds<LockInBlock>(with(Locks::unfair));
  expect_holds<LockInBlock>(with(Locks::fifo));
}
TEST(EngineLocks, WaitsBlockUntilTheirCondition) { expect_holds<Waits>(); }

// n threads, each before, inside or after: at most one inside, so 2^n + n * 2^(n-1) states when unfair.
TEST(EngineLocks, EightThreadsAtOneLock) {
  EXPECT_EQ(explore_suite<EightThreads>(unreduced()).statistics.states, 256U + 8 * 128);
  const Result queued = explore_suite<EightThreads>(unreduced(with(Locks::fifo)));
  EXPECT_EQ(queued.verdict, Verdict::holds);
  // Queued: the queue is an ordered choice of k of the n threads, its head waiting for the lock or holding
  // it, the rest before or after: sum over k of n!/(n-k)! * (k > 0 ? 2 : 1) * 2^(n-k).
  std::uint64_t states = 0;
  std::uint64_t orders = 1;
  for (unsigned k = 0; k <= 8; ++k) {
    states += orders * (k > 0 ? 2 : 1) << (8 - k);
    orders *= 8 - k;
  }
  EXPECT_EQ(queued.statistics.states, states);
}
