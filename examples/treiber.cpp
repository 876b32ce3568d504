// SPDX-License-Identifier: GPL-2.0-only
//
// Treiber's stack with nodes that are used again. Without a version beside the top, a pop() that slept while
// the top went away and came back takes a stale `next` for the new top (ABA), and one node is handed out
// twice.
#include <gupcheck/gupcheck.hpp>

using namespace gupcheck::engine;

inline constexpr Check single_owner{"single-owner"};

struct Top {
  std::uint16_t node; // 0: the stack is empty
  std::uint16_t version;
};

template <bool Versioned> struct Treiber : Suite<Treiber<Versioned>, 2> {
  atomic<Top> top;
  atomic<std::uint16_t> next[3];
  atomic<bool> owned[3];

  void before() { // 1 -> 2, nobody owns them
    next[1].store(2);
    top.store({1, 0});
  }
  void push(std::uint16_t node) {
    owned[node].store(false);
    Top old = top.load();
    do next[node].store(old.node);
    while (!top.compare_exchange_strong(old, {node, old.version}));
  }
  std::uint16_t pop() {
    Top old = top.load();
    while (old.node != 0) {
      const Top rest{next[old.node].load(), static_cast<std::uint16_t>(old.version + (Versioned ? 1 : 0))};
      if (!top.compare_exchange_strong(old, rest)) continue;
      require(!owned[old.node].exchange(true), single_owner, "a node was handed out twice");
      break;
    }
    return old.node;
  }
  void thread(unsigned index) {
    const std::uint16_t first = pop();
    pop();
    if (index == 1 && first != 0) push(first);
  }
  void describe(Names& names) const {
    names.add(top, "top");
    for (unsigned node = 1; node < 3; ++node) {
      names.add(next[node], "next[" + std::to_string(node) + "]");
      names.add(owned[node], "owned[" + std::to_string(node) + "]");
    }
  }
};

int main(int argc, char** argv) { return gupcheck::check_main<Treiber<true>, Treiber<false>>(argc, argv); }
