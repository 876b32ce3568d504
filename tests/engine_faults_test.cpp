// SPDX-License-Identifier: GPL-2.0-only
//
// A model thread that crashes, loops, allocates or touches memory behind the engine's back is a
// counterexample with a schedule, never a dead checker; and the next exploration in the same process is none
// the worse.
#include "tests/engine_support.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Hides a value from the optimiser (and from its warnings).
template <class T> T opaque(T value) {
  asm volatile("" : "+r"(value));
  return value;
}

// Thread 1 does something bad after one step, and only when it sees thread 0's; shortest: two moves.
template <class Bad> struct Faulty : Suite<Faulty<Bad>, 2> {
  atomic<int> cell;
  var<int> plain;
  spinlock lock;
  void thread(unsigned index) {
    if (index == 0) {
      cell.store(1);
    } else if (cell.load() == 1) {
      Bad::act(*this);
      cell.store(2);
    }
  }
};

struct Sane : Suite<Sane, 2> {
  atomic<int> cell;
  void thread(unsigned) { cell.fetch_add(1); }
  void after() { require(cell.load() == 2, assertion, "an increment is lost"); }
};

// Each way of exploring, each twice, and a sane program after each.
template <class Bad>
void expect_fault(const std::string& check, const std::string& message, std::size_t length,
                  const std::vector<Way>& ways = all_ways()) {
  for (const Way& way : ways) {
    for (int round = 0; round < 2; ++round) {
      const Result result = explore_suite<Faulty<Bad>>(way.options);
      ASSERT_EQ(result.verdict, Verdict::broken) << way.name;
      EXPECT_EQ(broken_check(result), check) << way.name;
      EXPECT_NE(result.violation->message.find(message), std::string::npos) << result.violation->message;
      EXPECT_EQ(length_of(result), length) << way.name;
      const Result sane = explore_suite<Sane>(way.options);
      EXPECT_EQ(sane.verdict, Verdict::holds) << way.name;
      // The initial state; one thread has moved, or the other; both have.
      const Result all = explore_suite<Sane>(unreduced(way.options));
      EXPECT_EQ(all.statistics.states, 4U) << way.name;
      EXPECT_EQ(all.statistics.transitions, 5U) << way.name;
    }
  }
}

struct NullRead {
  template <class W> static void act(W&) { opaque(*opaque(static_cast<volatile int*>(nullptr))); }
};
struct NullWrite {
  template <class W> static void act(W&) { *opaque(static_cast<volatile int*>(nullptr)) = 1; }
};
struct NullCall {
  template <class W> static void act(W&) { opaque(static_cast<void (*)()>(nullptr))(); }
};
struct NonCanonical {
  template <class W> static void act(W&) {
    *reinterpret_cast<volatile int*>(opaque(std::uintptr_t{0xdead'0000'0000'0100})) = 1;
  }
};
struct CodeWrite {
  template <class W> static void act(W&) { *reinterpret_cast<volatile char*>(&std::abort) = 0; }
};
struct Division {
  template <class W> static void act(W&) { opaque(opaque(1) / opaque(0)); }
};
struct Abort {
  template <class W> static void act(W&) { std::abort(); }
};
struct Trap {
  template <class W> static void act(W&) { asm volatile("ud2"); }
};
struct Recursion {
  static int down(int depth) {
    volatile int frame[64] = {depth};
    return opaque(true) ? down(depth + 1) + frame[0] : 0;
  }
  template <class W> static void act(W&) { opaque(down(0)); }
};
struct HugeFrame {
  template <class W> static void act(W&) {
    volatile char frame[80 * 1024];
    *opaque(&frame[0]) = 1;
  }
};
struct RecursionWithSteps {
  template <class W> static void down(W& world) {
    world.plain.load();
    if (opaque(true)) down(world);
    opaque(0);
  }
  template <class W> static void act(W& world) { down(world); }
};
struct Spin {
  template <class W> static void act(W&) {
    for (;;) asm volatile("");
  }
};
struct BypassRead {
  template <class W> static void act(W& world) {
    opaque(*reinterpret_cast<const volatile int*>(world.cell.address()));
  }
};
struct BypassWrite {
  template <class W> static void act(W& world) { *reinterpret_cast<volatile int*>(world.cell.address()) = 7; }
};
struct BypassSelf {
  template <class W> static void act(W&) { *reinterpret_cast<volatile int*>(Arena::self_window) = 7; }
};
struct Malloc {
  template <class W> static void act(W&) { std::free(opaque(std::malloc(opaque(std::size_t{16})))); }
};
struct Calloc {
  template <class W> static void act(W&) { std::free(opaque(std::calloc(opaque(std::size_t{16}), 2))); }
};
struct Realloc {
  template <class W> static void act(W&) {
    std::free(opaque(std::realloc(nullptr, opaque(std::size_t{16}))));
  }
};
struct New {
  template <class W> static void act(W&) { delete opaque(new int(3)); }
};
struct AlignedNew {
  struct alignas(64) Line {
    char bytes[64];
  };
  template <class W> static void act(W&) { delete opaque(new Line()); }
};
struct AlignedAlloc {
  template <class W> static void act(W&) { opaque(std::aligned_alloc(64, opaque(std::size_t{64}))); }
};
struct PosixMemalign {
  template <class W> static void act(W&) {
    void* block = nullptr;
    opaque(posix_memalign(&block, 64, opaque(std::size_t{64})));
  }
};
struct String {
  template <class W> static void act(W&) {
    const std::string text(opaque(std::size_t{100}), 'x');
    opaque(text.data());
  }
};
struct Vector {
  template <class W> static void act(W&) {
    const std::vector<int> numbers(opaque(std::size_t{10}), 1);
    opaque(numbers.data());
  }
};
struct Duplicate {
  template <class W> static void act(W&) { opaque(strdup("text")); }
};
struct Throw {
  template <class W> static void act(W&) { throw std::runtime_error("out of the thread"); }
};
struct ThrowInt {
  template <class W> static void act(W&) { throw 1; }
};
struct StackObject {
  template <class W> static void act(W&) {
    atomic<int> local;
    local.store(1);
  }
};
struct WildOperation {
  template <class W> static void act(W&) { opaque(static_cast<atomic<int>*>(nullptr))->store(1); }
};
struct BeyondWorld {
  template <class W> static void act(W&) {
    reinterpret_cast<atomic<int>*>(Arena::base + arena().world_size())->store(1);
  }
};
struct BeyondBlock {
  template <class W> static void act(W&) { reinterpret_cast<atomic<int>*>(Arena::self_window + 8)->store(1); }
};
struct HighAddress {
  template <class W> static void act(W&) {
    reinterpret_cast<atomic<long>*>(opaque(~std::uintptr_t{7}))->store(1);
  }
};
struct Misaligned {
  template <class W> static void act(W& world) {
    reinterpret_cast<atomic<int>*>(opaque(world.cell.address() + 2))->store(1);
  }
};
struct ForeignUnlock {
  template <class W> static void act(W& world) { world.lock.unlock(); }
};
struct TooManyExpectations {
  static const char* fine(std::uint64_t, std::uint64_t) { return nullptr; }
  template <class W> static void act(W&) {
    for (unsigned i = 0; i <= max_expectations; ++i) expect(assertion, fine);
  }
};
struct ChooseOfNone {
  template <class W> static void act(W&) { choose(opaque(0U)); }
};

} // namespace

TEST(EngineFaults, NullRead) { expect_fault<NullRead>("fault", "SIGSEGV", 2); }
TEST(EngineFaults, NullWrite) { expect_fault<NullWrite>("fault", "SIGSEGV", 2); }
TEST(EngineFaults, NullCall) { expect_fault<NullCall>("fault", "SIGSEGV", 2); }
TEST(EngineFaults, NonCanonicalAddress) { expect_fault<NonCanonical>("fault", "SIGSEGV", 2); }
TEST(EngineFaults, WriteToCode) { expect_fault<CodeWrite>("fault", "SIGSEGV", 2); }
TEST(EngineFaults, DivisionByZero) { expect_fault<Division>("fault", "SIGFPE", 2); }
TEST(EngineFaults, Abort) { expect_fault<Abort>("fault", "abort", 2); }
TEST(EngineFaults, IllegalInstruction) { expect_fault<Trap>("fault", "illegal instruction", 2); }
TEST(EngineFaults, InfiniteRecursion) { expect_fault<Recursion>("fault", "stack overflow", 2); }
TEST(EngineFaults, FrameLargerThanTheStack) { expect_fault<HugeFrame>("fault", "stack overflow", 2); }
// Each run into the loop costs 0.3 s, so not in every way.
TEST(EngineFaults, EndlessLoopWithoutAStep) {
  expect_fault<Spin>("model-error", "no visible step", 2, {all_ways().front()});
}
TEST(EngineFaults, ReadBehindTheProtocol) { expect_fault<BypassRead>("model-error", "no operation", 2); }
TEST(EngineFaults, WriteBehindTheProtocol) { expect_fault<BypassWrite>("model-error", "no operation", 2); }
TEST(EngineFaults, WriteToTheSelfWindow) { expect_fault<BypassSelf>("model-error", "no operation", 2); }
TEST(EngineFaults, Malloc) { expect_fault<Malloc>("model-error", "heap", 2); }
TEST(EngineFaults, Calloc) { expect_fault<Calloc>("model-error", "heap", 2); }
TEST(EngineFaults, Realloc) { expect_fault<Realloc>("model-error", "heap", 2); }
TEST(EngineFaults, New) { expect_fault<New>("model-error", "heap", 2); }
TEST(EngineFaults, AlignedNew) { expect_fault<AlignedNew>("model-error", "heap", 2); }
TEST(EngineFaults, AlignedAlloc) { expect_fault<AlignedAlloc>("model-error", "heap", 2); }
TEST(EngineFaults, PosixMemalign) { expect_fault<PosixMemalign>("model-error", "heap", 2); }
TEST(EngineFaults, String) { expect_fault<String>("model-error", "heap", 2); }
TEST(EngineFaults, Vector) { expect_fault<Vector>("model-error", "heap", 2); }
TEST(EngineFaults, Strdup) { expect_fault<Duplicate>("model-error", "heap", 2); }
TEST(EngineFaults, Exception) { expect_fault<Throw>("model-error", "heap", 2); }
TEST(EngineFaults, ExceptionOfABuiltinType) { expect_fault<ThrowInt>("model-error", "heap", 2); }
TEST(EngineFaults, OperationOnTheStack) { expect_fault<StackObject>("fault", "outside the world", 2); }
TEST(EngineFaults, OperationThroughNull) { expect_fault<WildOperation>("fault", "outside the world", 2); }
TEST(EngineFaults, OperationBeyondTheWorld) { expect_fault<BeyondWorld>("fault", "outside the world", 2); }
TEST(EngineFaults, OperationBeyondTheBlock) { expect_fault<BeyondBlock>("fault", "outside the world", 2); }
TEST(EngineFaults, OperationAtTheTopOfMemory) { expect_fault<HighAddress>("fault", "outside the world", 2); }
TEST(EngineFaults, MisalignedOperation) { expect_fault<Misaligned>("model-error", "aligned", 2); }
TEST(EngineFaults, UnlockOfALockThatIsNotHeld) { expect_fault<ForeignUnlock>("model-error", "unlock", 3); }
TEST(EngineFaults, TooManyExpectations) {
  expect_fault<TooManyExpectations>("model-error", "expectations", 2);
}
TEST(EngineFaults, ChooseOfNoValue) { expect_fault<ChooseOfNone>("model-error", "choose", 2); }

// The depth at which it overflows depends on the frames; that it does must not.
TEST(EngineFaults, RecursionThroughSteps) {
  for (const Way& way : all_ways()) {
    const Result result = explore_suite<Faulty<RecursionWithSteps>>(way.options);
    EXPECT_EQ(broken_check(result), "fault") << way.name;
    EXPECT_EQ(explore_suite<Sane>(way.options).verdict, Verdict::holds) << way.name;
  }
}

// A fault before the first step breaks the initial state.
struct CrashAtOnce : Suite<CrashAtOnce, 2> {
  void thread(unsigned index) {
    if (index == 1) *opaque(static_cast<volatile int*>(nullptr)) = 1;
  }
};
TEST(EngineFaults, BeforeTheFirstStep) { expect_broken<CrashAtOnce>("fault", 0); }
