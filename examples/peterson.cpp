// SPDX-License-Identifier: GPL-2.0-only
//
// Peterson's lock for two threads, and what becomes of it when the two stores of lock() change places.
#include <gupcheck/gupcheck.hpp>

using namespace gupcheck::engine;

inline constexpr Check mutual_exclusion{"mutual-exclusion"};

template <class Derived> struct Lock : Suite<Derived, 2> {
  atomic<bool> wants[2];
  atomic<unsigned> turn;
  atomic<unsigned> inside;

  void thread(unsigned index) {
    static_cast<Derived*>(this)->announce(index);
    const unsigned other = 1 - index;
    while (wants[other].load() && turn.load() == other) {
    }
    require(inside.fetch_add(1) == 0, mutual_exclusion, "two threads hold the lock");
    inside.fetch_sub(1);
    wants[index].store(false);
  }
  void describe(Names& names) const {
    names.add(wants[0], "wants[0]");
    names.add(wants[1], "wants[1]");
    names.add(turn, "turn");
    names.add(inside, "inside");
  }
};

struct Peterson : Lock<Peterson> {
  void announce(unsigned index) {
    wants[index].store(true);
    turn.store(1 - index);
  }
};

struct PetersonBroken : Lock<PetersonBroken> {
  void announce(unsigned index) {
    turn.store(1 - index);
    wants[index].store(true);
  }
};

int main(int argc, char** argv) { return gupcheck::check_main<Peterson, PetersonBroken>(argc, argv); }
