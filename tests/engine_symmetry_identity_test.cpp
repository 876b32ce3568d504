// SPDX-License-Identifier: GPL-2.0-only
//
// Equal threads and those who ask which is which: checks that look at one thread only, pointers of several
// threads that are compared, numbers of threads that leave a lock's word. Whoever takes such threads for
// interchangeable loses an error, or finds one that is not there.
#include "tests/engine_reduction_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

struct Node {
  atomic<Node*> next;
  var<unsigned> value;
};

// Each thread keeps in its block as which it came; who looks, looks at one of them.
enum class Looks { after, after_at_all, invariant, expectation };
template <Looks Where> struct Placed : Suite<Placed<Where>, 3> {
  using Self = Placed<Where>;
  struct PerThread {
    var<unsigned> place;
  };
  atomic<unsigned> next;
  atomic<unsigned> done;

  static const char* one_is_last(std::uint64_t address, std::uint64_t) {
    return reinterpret_cast<const var<unsigned>*>(address)->load() == 3 ? "thread 1 is last" : nullptr;
  }
  static unsigned place_of(unsigned thread) { return of_thread<Self>(thread).place.load(); }

  void thread(unsigned) {
    self<Self>().place.store(next.fetch_add(1) + 1);
    if (Where == Looks::expectation) expect(assertion, one_is_last, arena().block(1));
    done.add(1);
  }
  void after() {
    check(Where != Looks::after || place_of(0) != 3, "thread 0 is last");
    check(Where != Looks::after_at_all || place_of(0) + place_of(1) + place_of(2) == 6, "three places");
  }
  void invariant() { check(Where != Looks::invariant || place_of(1) != 3, "thread 1 is last"); }
};

// The holder of a lock by its number: as the invariant sees it, as a load does, by a part of the word, as a
// value that goes on to another cell, and as what a wait waits for.
enum class Asks { invariant, load, byte, copy, wait };
template <Asks How> struct Holder : Suite<Holder<How>, 3> {
  spinlock lock;
  atomic<unsigned> seen;
  void thread(unsigned) {
    lock.lock();
    const auto& word = reinterpret_cast<const atomic<std::uint64_t>&>(word_of(lock));
    if (How == Asks::load) check((word.load() & 15) != 3, "held by thread 2");
    if (How == Asks::byte)
      check(reinterpret_cast<const atomic<std::uint8_t>*>(lock.address())->load() != 3, "held by thread 2");
    if (How == Asks::copy) seen.store(static_cast<unsigned>(word.load() & 15));
    if (How == Asks::wait) {
      word.wait_until_equal(lock_granted | 3U);
      fail(assertion, "held by thread 2");
    }
    lock.unlock();
  }
  void invariant() { check(How != Asks::invariant || (word_of(lock).load() & 15) != 3, "held by thread 2"); }
  void after() { check(seen.load() != 3, "thread 2 was last"); }
};

// Checks of single steps: one reads a pointer as a number and compares it with a certain block's address; one
// is a watch, to which such a pointer is what it is to the thread that stored it.
enum class Sees { pointer, stored };
template <Sees What> struct StepOfZero : Suite<StepOfZero<What>, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<unsigned> done;
  static const char* stores_another(const WatchedStep& step) {
    return step.after == Arena::self_window ? nullptr : "it stores another thread's address";
  }
  static const char* is_last(std::uint64_t address, std::uint64_t count) {
    const bool late = reinterpret_cast<const atomic<unsigned>*>(count)->load() == 2;
    const std::uint64_t owner = reinterpret_cast<const atomic<std::uint64_t>*>(address)->load();
    return late && owner == arena().block(0) ? "thread 0 is last" : nullptr;
  }
  static constexpr Watch stores{&assertion, &stores_another};
  const Watch* watch(const Operation& operation) const {
    return What == Sees::stored && operation.address == slot.address() ? &stores : nullptr;
  }
  void thread(unsigned) {
    slot.store(&self<StepOfZero>().node);
    if (What == Sees::pointer) expect(assertion, is_last, slot.address(), done.address());
    done.add(1);
  }
};

// A pointer that is read as a number goes to a cell of which nobody knows that it names a thread.
struct PointerAsNumber : Suite<PointerAsNumber, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<std::uint64_t> copy;
  void thread(unsigned) {
    slot.store(&self<PointerAsNumber>().node);
    copy.store(reinterpret_cast<const atomic<std::uint64_t>&>(slot).load());
  }
  void after() { check(copy.load() == slot.load()->next.address(), "slot and copy differ"); }
};

// How far the owner of a pointer is from here, as a number in a cell.
struct DistanceAsNumber : Suite<DistanceAsNumber, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<std::uint64_t> distance;
  void thread(unsigned) {
    Node* const found = slot.exchange(&self<DistanceAsNumber>().node);
    if (found == nullptr) return;
    distance.store((reinterpret_cast<Address>(found) - Arena::windows) / Arena::max_block);
  }
  void after() { check(distance.load() != 2, "two further"); }
};

// A thread compares what it finds with its own, and what two others have left with each other.
enum class Compares { with_own, equal_others, different_others, order_of_others };
template <Compares What> struct TwoSlots : Suite<TwoSlots<What>, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slots[2];
  void thread(unsigned) {
    Node* const mine = &self<TwoSlots>().node;
    const unsigned which = choose(3);
    if (which < 2) slots[which].store(mine);
    if (which == 0 && What == Compares::equal_others) slots[1].store(mine);
    if (which < 2 && What != Compares::with_own) return;
    const Node* const first = slots[0].load();
    const Node* const second = slots[1].load();
    if (first == nullptr || second == nullptr) return;
    if (What == Compares::with_own) check(first == mine || second == mine, "both are others'");
    if (first == mine || second == mine) return;
    if (What == Compares::equal_others) check(first != second, "both are of one other");
    if (What == Compares::different_others) check(first == second, "they are of two others");
    if (What == Compares::order_of_others) check(first <= second, "the first is of a later one");
  }
};

// The world is not the same for all from the beginning: a value in one block, a pointer to one block.
template <bool Pointer> struct UnequalFromTheStart : Suite<UnequalFromTheStart<Pointer>, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<unsigned> next;
  void before() {
    if (Pointer)
      slot.store(&of_thread<UnequalFromTheStart>(2).node);
    else
      of_thread<UnequalFromTheStart>(2).node.value.store(1);
  }
  void thread(unsigned) {
    const unsigned place = next.fetch_add(1);
    Node& mine = self<UnequalFromTheStart>().node;
    const bool chosen = Pointer ? slot.compare_and_set(&mine, nullptr) : mine.value.load() == 1;
    check(!chosen || place != 2, "the chosen one is last");
  }
};

// Who finds its own pointer counts as a winner; two of them can both have won.
struct Winners : Suite<Winners, 3> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  atomic<unsigned> winners;
  void thread(unsigned) {
    slot.store(&self<Winners>().node);
    if (slot.load() == &self<Winners>().node) winners.add(1);
  }
  void after() { check(winners.load() == 1, "no winner or several"); }
};

// A stack of the threads' nodes; without the lock one of two that push at once is lost.
template <bool Careless> struct Stack : Suite<Stack<Careless>, 3> {
  struct PerThread {
    Node node;
  };
  spinlock lock;
  atomic<Node*> head;
  void thread(unsigned) {
    Node& mine = self<Stack>().node;
    if (!Careless) lock.lock();
    mine.next.store(head.load());
    head.store(&mine);
    if (!Careless) lock.unlock();
  }
  void after() {
    unsigned length = 0;
    for (const Node* node = head.load(); node != nullptr; node = node->next.load()) ++length;
    check(length == 3, "a node is lost");
  }
};

// What several threads do to one word of unequal cells, the number of a ticket among them.
struct PackedTickets : Suite<PackedTickets, 3> {
  struct alignas(8) Packed {
    atomic<std::uint16_t> next;
    atomic<std::uint16_t> served;
    atomic<std::uint32_t> sum;
  };
  Packed packed;
  void thread(unsigned) {
    const std::uint16_t mine = packed.next.fetch_add(1);
    packed.served.wait_until_equal(mine);
    packed.sum.store(packed.sum.load() * 2 + mine);
    packed.served.add(1);
  }
  void after() { check(packed.sum.load() == 4, "in their order: ((0 * 2 + 0) * 2 + 1) * 2 + 2"); }
};

} // namespace

TEST(EngineSymmetryIdentity, ChecksThatLookAtOneThread) {
  expect_always_broken<Placed<Looks::after>>("assertion", 9, no_cycles());
  expect_always_broken<Placed<Looks::invariant>>("assertion", 4, no_cycles());
  expect_always_broken<Placed<Looks::expectation>>("assertion", 5, no_cycles());
  expect_always_holds<Placed<Looks::after_at_all>>(no_cycles());
}
TEST(EngineSymmetryIdentity, ChecksOfStepsThatKnowAThread) {
  expect_always_broken<StepOfZero<Sees::pointer>>("assertion", 6, no_cycles());
  expect_always_holds<StepOfZero<Sees::stored>>(no_cycles());
}
TEST(EngineSymmetryIdentity, TheNumberOfALocksHolder) {
  expect_always_broken<Holder<Asks::invariant>>("assertion", 1, no_cycles());
  expect_always_broken<Holder<Asks::load>>("assertion", 2, no_cycles());
  expect_always_broken<Holder<Asks::byte>>("assertion", 2, no_cycles());
  expect_always_broken<Holder<Asks::copy>>("assertion", 12, no_cycles());
  expect_always_broken<Holder<Asks::wait>>("assertion", 2, without({"livelock", "starvation", "deadlock"}));
}
TEST(EngineSymmetryIdentity, NumbersThatNameThreads) {
  expect_always_broken<PointerAsNumber>("assertion", 9, no_cycles());
  expect_always_broken<DistanceAsNumber>("assertion", 5, no_cycles());
}
TEST(EngineSymmetryIdentity, PointersThatAreCompared) {
  expect_always_broken<TwoSlots<Compares::with_own>>("assertion", 7, no_cycles());
  expect_always_broken<TwoSlots<Compares::equal_others>>("assertion", 6, no_cycles());
  expect_always_broken<TwoSlots<Compares::different_others>>("assertion", 7, no_cycles());
  expect_always_broken<TwoSlots<Compares::order_of_others>>("assertion", 7, no_cycles());
  expect_always_broken<Winners>("assertion", 8, no_cycles());
}
TEST(EngineSymmetryIdentity, UnequalFromTheStart) {
  expect_always_broken<UnequalFromTheStart<false>>("assertion", 4, no_cycles());
  expect_always_broken<UnequalFromTheStart<true>>("assertion", 4, no_cycles());
}
TEST(EngineSymmetryIdentity, AListThroughTheBlocks) {
  expect_always_broken<Stack<true>>("assertion", 9, no_cycles());
  expect_always_holds<Stack<false>>(no_cycles());
}
TEST(EngineSymmetryIdentity, TicketsInOneWord) { expect_always_holds<PackedTickets>(no_cycles()); }
