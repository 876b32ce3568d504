// SPDX-License-Identifier: GPL-2.0-only
//
// private_state<>(): a thread's own variables are zero when it starts, are kept from step to step, are seen
// by nobody else, and cost no step.
#include "tests/engine_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

struct Mine {
  unsigned flags;
  unsigned count;
};

struct Private : Suite<Private, 2> {
  atomic<int> cell;
  void thread(unsigned index) {
    Mine& mine = private_state<Mine>();
    require(mine.flags == 0 && mine.count == 0, assertion, "not zero at the start");
    mine.flags = index + 1;
    for (unsigned i = 0; i < 3; ++i) {
      cell.add(1);
      require(mine.flags == index + 1 && mine.count == i, assertion, "not kept");
      ++mine.count;
    }
  }
};

// What direct mode leaves there is not what the next thread starts with.
struct Dirty : Suite<Dirty, 2> {
  atomic<int> cell;
  void before() { private_state<Mine>().flags = 7; }
  void thread(unsigned) {
    require(private_state<Mine>().flags == 0, assertion, "not zero at the start");
    cell.add(1);
    require(private_state<Mine>().flags == 0, assertion, "not kept");
  }
  void invariant() { private_state<Mine>().flags = 7; }
  void after() {
    private_state<Mine>().count = 7;
    fail(model_error, "so that it searches twice");
  }
};

} // namespace

TEST(EnginePrivateState, OneForEachThread) {
  expect_holds<Private>();
  // Four places for each thread, and the sum follows from them.
  EXPECT_EQ(explore_suite<Private>(unreduced()).statistics.states, 16U);
}
TEST(EnginePrivateState, ZeroAtEachStart) {
  expect_broken<Dirty>("model-error", 2);
  expect_holds<Dirty>(without({"model-error"}));
}
