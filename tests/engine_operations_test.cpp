// SPDX-License-Identifier: GPL-2.0-only
//
// What each operation does to its location and what the thread gets to see, for every size, beside neighbours
// in the same word, on fibers and in direct mode.
#include "tests/engine_support.hpp"

#include <limits>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// One thread; `low` and `high` are neighbours of the tested cell and must never change.
template <class T> struct Arithmetic : Suite<Arithmetic<T>, 1> {
  static constexpr T all = static_cast<T>(~T{0});
  static constexpr T least = std::numeric_limits<T>::min();
  static constexpr T most = std::numeric_limits<T>::max();
  atomic<T> low;
  atomic<T> cell;
  atomic<T> high;
  void before() {
    low.store(all);
    high.store(all);
    steps(); // direct mode
  }
  void thread(unsigned) { steps(); }
  void after() { steps(); }
  void steps() {
    cell.store(5);
    check(cell.load() == 5, "load, store");
    check(cell.exchange(all) == 5, "exchange");
    check(cell.fetch_add(1) == all, "fetch_add");
    check(cell.load() == 0, "fetch_add wraps within its size");
    check(cell.fetch_sub(1) == 0, "fetch_sub");
    check(cell.load() == all, "fetch_sub wraps within its size");
    check(cell.fetch_and(6) == all, "fetch_and");
    check(cell.fetch_or(9) == 6, "fetch_or");
    check(cell.load() == 15, "or");
    cell.store(most);
    check(cell.fetch_add(1) == most, "fetch_add at the limit");
    check(cell.load() == least, "wraps from most to least");
    T expected = 3;
    check(!cell.compare_exchange_strong(expected, 4), "compare_exchange fails");
    check(expected == least, "and shows what it found");
    check(cell.compare_exchange_strong(expected, all), "compare_exchange succeeds");
    check(expected == least, "and leaves `expected` alone");
    check(!cell.compare_and_set(0, 1), "compare_and_set fails");
    check(cell.compare_and_set(all, 1), "compare_and_set succeeds");
    check(cell.load() == 1, "stored");
    cell.add(2);
    check(!cell.sub_and_test(1), "not yet zero");
    check(cell.sub_and_test(2), "zero");
    check(!cell.sub_and_test(1), "below zero");
    check(cell.load() == all, "minus one");
    check(!cell.add_unless(1, all), "add_unless refuses");
    check(cell.load() == all, "and adds nothing");
    check(cell.add_unless(1, 3), "add_unless adds");
    check(cell.load() == 0, "once");
    check(low.load() == all && high.load() == all, "the neighbours are as they were");
  }
};

template <class T> struct Bits : Suite<Bits<T>, 1> {
  static constexpr unsigned top = 8 * sizeof(T) - 1;
  atomic<T> low;
  atomic<T> cell;
  atomic<T> high;
  void before() { steps(); }
  void thread(unsigned) { steps(); }
  void steps() {
    cell.store(0);
    for (const unsigned bit : {0U, 3U, top}) {
      check(!cell.test_bit(bit), "clear");
      cell.set_bit(bit);
      check(cell.test_bit(bit), "set");
      check(!cell.test_bit(1), "another bit");
      check(cell.test_and_set_bit(bit), "was set");
      check(cell.test_and_clear_bit(bit), "was set");
      check(!cell.test_and_clear_bit(bit), "was clear");
      check(!cell.test_and_set_bit(bit), "was clear");
      cell.clear_bit(bit);
      cell.wait_until_bit_clear(bit);
      cell.lock_bit(bit);
      check(cell.test_bit(bit), "locked");
      check(cell.load() == static_cast<T>(T{1} << bit), "only this bit");
      cell.wait_until_bit_clear(1);
      cell.wait_until_equal(static_cast<T>(T{1} << bit));
      cell.wait_until_not_equal(0);
      cell.clear_bit(bit);
      cell.wait_until_equal(0);
    }
    check(low.load() == 0 && high.load() == 0, "the neighbours are as they were");
  }
};

// Cells of all sizes packed in two words, written by one thread each, in every interleaving.
struct Packed : Suite<Packed, 3> {
  var<std::uint8_t> a;
  var<std::int8_t> b;
  var<std::uint16_t> c;
  var<std::int32_t> d;
  var<bool> e;
  var<char> f;
  var<std::int16_t> g;
  var<float> h;
  void thread(unsigned index) {
    if (index == 0) {
      b.store(-1);
      c.store(0xfffe);
      e.store(true);
    } else if (index == 1) {
      a.store(0x81);
      d.store(-2);
      h.store(-1.5F);
    } else {
      g.store(-3);
      f.store('x');
    }
  }
  void invariant() {
    check(b.load() == -1 || b.load() == 0, "b");
    check(d.load() == -2 || d.load() == 0, "d");
    check(g.load() == -3 || g.load() == 0, "g");
    check(h.load() == -1.5F || h.load() == 0, "h");
  }
  void after() {
    check(a.load() == 0x81 && b.load() == -1 && c.load() == 0xfffe && d.load() == -2, "first word");
    check(e.load() && f.load() == 'x' && g.load() == -3 && h.load() == -1.5F, "second word");
  }
};

enum class Colour : std::uint8_t { red, green = 200 };
struct alignas(4) Pair {
  std::int16_t first;
  std::uint16_t second;
};
struct Types : Suite<Types, 1> {
  atomic<Colour> colour{Colour::green};
  atomic<Pair> pair{Pair{-1, 2}};
  atomic<double> number{0.5};
  atomic<bool> flag{true};
  atomic<void (*)()> function;
  static void target() {}
  void before() { steps(); }
  void thread(unsigned) {
    steps();
    colour.store(Colour::green);
    function.store(&target);
    check(function.load() == &target, "function pointer");
  }
  void steps() {
    check(colour.exchange(Colour::green) == Colour::green, "enum");
    const Pair seen = pair.load();
    check(seen.first == -1 && seen.second == 2, "struct");
    check(number.load() == 0.5, "double");
    check(flag.exchange(true), "bool");
    check(!flag.compare_and_set(false, true), "bool");
  }
};

// A struct is less aligned than its size; its location must be aligned all the same.
struct Loose {
  std::int16_t first;
  std::int16_t second;
};
struct LooselyAligned : Suite<LooselyAligned, 1> {
  atomic<std::int16_t> before_it;
  atomic<Loose> pair{Loose{1, 2}};
  void thread(unsigned) { check(pair.load().second == 2, "struct"); }
};

// A bit that the location does not have.
struct BitBeyond : Suite<BitBeyond, 1> {
  atomic<std::uint8_t> flags;
  void thread(unsigned) {
    flags.set_bit(8);
    check(flags.test_and_set_bit(8), "it was set just before");
  }
};

// Every value of a choice is taken, in every combination.
struct Choices : Suite<Choices, 2> {
  atomic<std::uint16_t> seen; // a bit for each combination
  atomic<unsigned> mine[2];
  void thread(unsigned index) {
    const unsigned value = choose(3);
    mine[index].store(value + 1);
    check(value < 3, "in range");
    check(choose(1) == 0, "a choice of one");
  }
};

struct BadChoice : Suite<BadChoice, 1> {
  atomic<int> cell;
  void thread(unsigned) {
    cell.load();
    check(choose(5) != 3, "three");
  }
};

} // namespace

TEST(EngineOperations, UnsignedArithmetic) {
  expect_holds<Arithmetic<std::uint8_t>>();
  expect_holds<Arithmetic<std::uint16_t>>();
  expect_holds<Arithmetic<std::uint32_t>>();
  expect_holds<Arithmetic<std::uint64_t>>();
}
TEST(EngineOperations, SignedArithmetic) {
  expect_holds<Arithmetic<std::int8_t>>();
  expect_holds<Arithmetic<std::int16_t>>();
  expect_holds<Arithmetic<std::int32_t>>();
  expect_holds<Arithmetic<std::int64_t>>();
}
TEST(EngineOperations, Bits) {
  expect_holds<Bits<std::uint8_t>>();
  expect_holds<Bits<std::uint16_t>>();
  expect_holds<Bits<std::uint32_t>>();
  expect_holds<Bits<std::uint64_t>>();
}
TEST(EngineOperations, NeighboursInOneWord) { expect_holds<Packed>(); }
TEST(EngineOperations, OtherTypes) { expect_holds<Types>(); }

TEST(EngineOperations, LooselyAlignedStruct) { expect_holds<LooselyAligned>(); }
TEST(EngineOperations, BitBeyondTheLocation) { expect_broken<BitBeyond>("model-error", 0); }

TEST(EngineOperations, EveryChoiceIsTaken) {
  expect_holds<Choices>();
  for (const Way& way : all_ways()) {
    if (way.options.quotient) continue;
    // A thread: before the choice; 3 before the store; 3 before the second choice; the end, once for each
    // value of `mine`. So (1 + 3 + 3 + 3)^2 pairs of a thread's place and its own cell.
    EXPECT_EQ(explore_suite<Choices>(unreduced(way.options)).statistics.states, 100U) << way.name;
  }
}

TEST(EngineOperations, TheScheduleNamesTheChoice) {
  expect_broken<BadChoice>("assertion", 2);
  const Result result = explore_suite<BadChoice>();
  ASSERT_TRUE(result.violation);
  EXPECT_EQ(result.violation->stem, (std::vector<Move>{{0, 0}, {0, 3}}));
}
