// SPDX-License-Identifier: GPL-2.0-only
//
// Small suites that break in each way a trace can show: a lost update, a deadlock of two locks, and two
// threads that get out of each other's way for ever.
#pragma once

#include "model/engine/explore.hpp"
#include "model/engine/suite.hpp"

namespace gupcheck::tests {

struct LostUpdate : engine::Suite<LostUpdate, 2> {
  engine::var<int> counter;

  void increment() {
    const int seen = counter.load();
    counter.store(seen + 1);
  }
  void thread(unsigned) { increment(); }
  void after() { engine::require(counter.load() == 2, engine::assertion, "an update is lost"); }
  void describe(engine::Names& names) const { names.add(counter, "counter"); }
  std::vector<std::pair<std::string, std::string>> picture() const {
    return {{"counter", std::to_string(counter.load())}};
  }
};

// The same, repaired.
struct AtomicUpdate : engine::Suite<AtomicUpdate, 2> {
  engine::atomic<int> counter;

  void thread(unsigned) { counter.add(1); }
  void after() { engine::require(counter.load() == 2, engine::assertion, "an update is lost"); }
  void describe(engine::Names& names) const { names.add(counter, "counter"); }
};

struct OppositeLocks : engine::Suite<OppositeLocks, 2> {
  engine::spinlock first;
  engine::spinlock second;

  void take(engine::spinlock& outer, engine::spinlock& inner) {
    outer.lock();
    inner.lock();
    inner.unlock();
    outer.unlock();
  }
  void thread(unsigned index) {
    if (index == 0) {
      take(first, second);
    } else {
      take(second, first);
    }
  }
  void describe(engine::Names& names) const {
    names.add(first, "first");
    names.add(second, "second");
  }
};

struct AfterYou : engine::Suite<AfterYou, 2> {
  engine::atomic<bool> wants[2];

  void enter(unsigned own) {
    for (;;) {
      wants[own].store(true);
      if (!wants[1 - own].load()) break;
      wants[own].store(false);
    }
    wants[own].store(false);
  }
  void thread(unsigned index) { enter(index); }
  void describe(engine::Names& names) const {
    names.add(wants[0], "wants[0]");
    names.add(wants[1], "wants[1]");
  }
};

} // namespace gupcheck::tests
