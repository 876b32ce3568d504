// SPDX-License-Identifier: GPL-2.0-only
//
// Pointers in shared memory, and the self window: a pointer to a thread's own block is the alias while the
// thread holds it, and the block's real address for everybody else.
#include "tests/engine_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

struct Node {
  atomic<Node*> next;
  var<int> value;
};

struct Shared : Suite<Shared, 2> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> head[2];
  Node common;
  void thread(unsigned index) {
    PerThread& mine = self<Shared>();
    check(mine.node.next.load() == nullptr, "null stays null");
    mine.node.value.store(static_cast<int>(index) + 10);
    mine.node.next.store(&mine.node); // a list of one
    check(mine.node.next.load() == &mine.node, "own pointer comes back as the alias");
    head[index].store(&mine.node);
    check(head[index].load() == &mine.node, "through the world, too");
    head[index].wait_until_equal(&mine.node);
    check(!head[index].compare_and_set(&common, nullptr), "another address");
    check(head[index].compare_and_set(&mine.node, &mine.node), "compare with the alias");
    Node* expected = &mine.node;
    check(head[index].compare_exchange_strong(expected, &mine.node), "compare_exchange with the alias");
    Node* const other = head[1 - index].load();
    if (other != nullptr) {
      check(other != &mine.node, "the other's node is not mine");
      check(other->value.load() == static_cast<int>(1 - index) + 10, "the other's value");
      check(other->next.load() == other, "the other's list");
    }
  }
  void after() {
    for (unsigned index = 0; index < 2; ++index) {
      check(head[index].load()->value.load() == static_cast<int>(index) + 10, "followed in after()");
      check(head[index].load()->next.load() == head[index].load(), "a list of one in after()");
    }
  }
};

struct Exchanged : Suite<Exchanged, 2> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> slot;
  void thread(unsigned index) {
    PerThread& mine = self<Exchanged>();
    mine.node.value.store(static_cast<int>(index) + 1);
    Node* const found = slot.exchange(&mine.node);
    if (found == nullptr) {
      slot.wait_until_not_equal(&mine.node);
    } else {
      check(found != &mine.node && found->value.load() == static_cast<int>(1 - index) + 1, "whose node");
    }
  }
};

// A pointer into the block, not to its beginning, and blocks of an odd size.
struct Inside : Suite<Inside, 3> {
  struct PerThread {
    var<std::uint8_t> first;
    var<std::uint8_t> second[12];
  };
  atomic<var<std::uint8_t>*> published;
  void thread(unsigned index) {
    if (index == 2) {
      self<Inside>().second[11].store(7);
      published.store(&self<Inside>().second[11]);
      return;
    }
    published.wait_until_not_equal(nullptr);
    check(published.load() == &peer<Inside>(2 - index).second[11], "the window of its owner");
    check(published.load()->load() == 7, "the value");
    self<Inside>().second[11].store(static_cast<std::uint8_t>(index));
    check(self<Inside>().first.load() == 0, "the neighbour");
  }
};

// What code outside the threads sees are real addresses: it has no block of its own.
struct SeenFromOutside : Suite<SeenFromOutside, 2> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> head[2];
  void thread(unsigned index) { head[index].store(&self<SeenFromOutside>().node); }
  void after() {
    for (unsigned index = 0; index < 2; ++index)
      check(head[index].load() == &of_thread<SeenFromOutside>(index).node, "not the real address");
  }
};
struct StoredBefore : Suite<StoredBefore, 2> {
  struct PerThread {
    Node node;
  };
  atomic<Node*> head;
  void before() {
    head.store(&of_thread<StoredBefore>(0).node);
    check(head.load() == &of_thread<StoredBefore>(0).node, "before() does not find what it stored");
  }
  void thread(unsigned) {}
};

} // namespace

TEST(EnginePointers, OwnAndOthers) { expect_holds<Shared>(); }
TEST(EnginePointers, Exchange) { expect_holds<Exchanged>(); }
TEST(EnginePointers, IntoABlock) { expect_holds<Inside>(); }
TEST(EnginePointers, AfterSeesRealAddresses) { expect_holds<SeenFromOutside>(); }
TEST(EnginePointers, BeforeSeesRealAddresses) { expect_holds<StoredBefore>(); }
