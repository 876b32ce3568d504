// SPDX-License-Identifier: GPL-2.0-only
//
// What a user writes: a suite, in the shape that relacy's users know.
//
//     struct Peterson : gupcheck::engine::Suite<Peterson, 2> {
//       atomic<bool> flag[2];
//       atomic<int> turn;
//       void before() { turn.store(0); }
//       void thread(unsigned index) { ... }
//       void after() { ... }        // every thread has finished
//       void invariant() { ... }    // holds in every state
//     };
//
// The suite object itself is the world: its shared members must be atomic<>, var<> or locks. Other members
// may be set in before() and read in before(), after() and invariant(), but never by a thread (that is an
// access that bypasses the protocol and is reported). Everything a thread keeps lives on its stack: no heap,
// no statics, no thread_local. thread() is copied, rewound and re-run at will, so it must depend on nothing
// but its locals and the results of its steps.
#pragma once

#include "model/engine/arena.hpp"
#include "model/engine/program.hpp"
#include "model/engine/shared.hpp"

namespace gupcheck::engine {

template <class Derived, unsigned Threads> struct Suite {
  static constexpr unsigned threads = Threads;
  struct PerThread {};
  void before() {}
  void after() {}
  void invariant() {}
  const Watch* watch(const Operation&) const { return nullptr; }
  void describe(Names&) const {}
  std::string thread_name(unsigned index) const { return "T" + std::to_string(index); }
  std::vector<std::pair<std::string, std::string>> picture() const { return {}; }
};

// Makes a program of a suite; `threads` may be fewer or more than the suite's own number.
template <class S> class SuiteProgram : public Program {
public:
  explicit SuiteProgram(unsigned threads = S::threads) : threads_(threads) {}

  unsigned threads() const override { return threads_; }
  void build() override {
    suite_ = arena().template make<S>();
    arena().template make_per_thread<typename S::PerThread>(threads_);
    suite_->before();
  }
  void thread(unsigned index) override { suite_->thread(index); }
  void after() override { suite_->after(); }
  bool has_invariant() const override {
    return !std::is_same_v<decltype(&S::invariant), void (Suite<S, S::threads>::*)()>;
  }
  void invariant() override { suite_->invariant(); }
  const Watch* watch(const Operation& operation) const override { return suite_->watch(operation); }
  void describe(Names& names) const override { suite_->describe(names); }
  std::string thread_name(unsigned index) const override { return suite_->thread_name(index); }
  std::vector<std::pair<std::string, std::string>> picture() const override { return suite_->picture(); }

protected:
  S* suite_ = nullptr;

private:
  unsigned threads_;
};

// The calling thread's own block, and that of the k-th thread after it, cyclically (addresses that mean
// another block in each thread, see arena.hpp); peer(0) is self.
template <class S> typename S::PerThread& self() {
  return *reinterpret_cast<typename S::PerThread*>(Arena::self_window);
}
template <class S> typename S::PerThread& peer(unsigned k) {
  return *reinterpret_cast<typename S::PerThread*>(Arena::windows + k * Arena::max_block);
}
// The block of thread `index`, by its real address: for before(), after() and invariant(). A thread that uses
// it breaks model-error.
template <class S> typename S::PerThread& of_thread(unsigned index) {
  return *reinterpret_cast<typename S::PerThread*>(arena().block(index));
}

// The calling thread's private variables, zero when it starts: ordinary memory at a fixed place of its stack,
// so no access is a visible step (the kernel's current->flags). In direct mode all threads share one.
template <class T> T& private_state() {
  static_assert(sizeof(T) <= Arena::private_size && std::is_trivially_copyable_v<T>);
  return *reinterpret_cast<T*>(Arena::private_state);
}

} // namespace gupcheck::engine
