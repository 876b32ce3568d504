// SPDX-License-Identifier: GPL-2.0-only
//
// Runs of equal threads that never end: "the same but for names" is not the same when it comes to who moves
// and who waits for ever. A step to a state of the same orbit is no way round.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

struct Node {
  atomic<Node*> next;
};

// Each gives way to the other.
struct GiveWay : Suite<GiveWay, 2> {
  atomic<unsigned> wanting;
  void thread(unsigned) {
    for (;;) {
      wanting.add(1);
      const bool alone = wanting.load() == 1;
      wanting.add(-1U);
      if (alone) return;
    }
  }
};
// Strictly in turn: each turn leads to a state like the one before, with the names exchanged, and yet nobody
// stays behind.
struct PingPong : Suite<PingPong, 2> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> last;
  void thread(unsigned) {
    for (;;) {
      last.wait_until_not_equal(&self<PingPong>().node);
      last.store(&self<PingPong>().node);
    }
  }
};
// All take and leave a lock for ever; whoever stands at it is blocked now and then.
struct Barging : Suite<Barging, 3> {
  spinlock lock;
  void thread(unsigned) {
    for (;;) {
      lock.lock();
      lock.unlock();
    }
  }
};
// Who comes first stays inside and reads.
struct FirstStays : Suite<FirstStays, 3> {
  spinlock lock;
  var<int> never;
  void thread(unsigned) {
    lock.lock();
    while (never.load() == 0) {
    }
    lock.unlock();
  }
};

} // namespace

TEST(EngineSymmetryProgress, TogetherInTurnOrAlone) {
  expect_always_endless<GiveWay>("livelock", 2);
  expect_always_endless<GiveWay>("starvation", 1, without({"livelock"}, with(Fairness::none, Locks::unfair)));
  expect_always_holds<GiveWay>(without({"livelock"}, with(Fairness::weak, Locks::unfair)));
  expect_always_endless<PingPong>("livelock", 2);
  for (const Fairness fairness : {Fairness::none, Fairness::weak, Fairness::strong})
    expect_always_holds<PingPong>(without({"livelock"}, with(fairness, Locks::unfair)));
}
TEST(EngineSymmetryProgress, AtOneLockForEver) {
  expect_always_endless<Barging>("livelock", 3);
  expect_always_endless<Barging>("livelock", 3, with(Fairness::strong, Locks::fifo));
  expect_always_endless<FirstStays>("starvation", 1);
  expect_always_endless<FirstStays>("starvation", 1, with(Fairness::strong, Locks::fifo));
  expect_always_holds<Barging>(without({"livelock"}, with(Fairness::strong, Locks::unfair)));
  expect_always_holds<Barging>(without({"livelock"}, with(Fairness::weak, Locks::fifo)));
  expect_always_endless<Barging>("starvation", some,
                                 without({"livelock"}, with(Fairness::weak, Locks::unfair)));
}
