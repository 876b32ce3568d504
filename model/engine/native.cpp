// SPDX-License-Identifier: GPL-2.0-only
//
// Fibers, crash signals and the watchdog. See native.hpp.
//
// Only one native run is under way at a time, and signal handlers and fibers must find it, so its state is in
// file-scope variables outside the arena.
#include "model/engine/native.hpp"

#include "model/engine/arena.hpp"
#include "model/engine/heap_guard.hpp"

#include <boost/context/detail/fcontext.hpp>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <ctime>
#include <exception>
#include <immintrin.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

namespace gupcheck::engine {

namespace context = boost::context::detail;

namespace {

// --- the run under way -----------------------------------------------------------------------------------

struct Run {
  Program* program = nullptr;
  const Options* options = nullptr;
  bool fifo = false;
  bool note_stack = false;
  unsigned starting_thread = 0;
  context::fcontext_t explorer = nullptr;
  std::uint64_t result = 0;
  Posted posted;
  std::vector<void*> stack;
  sigjmp_buf escape;
  volatile std::uint64_t number = 0;         // counts native runs
  volatile std::uint64_t watched_number = 0; // the run that the watchdog saw last
  volatile int watched_ticks = 0;
};
Run run_state;
// Whether this thread of the process is in a native run. Signals and malloc are no business of ours in
// others.
thread_local volatile sig_atomic_t in_native = 0;

bool left_out(const Check& check) {
  return run_state.options != nullptr && run_state.options->leaves_out(check);
}

void post_fault(Fault fault, Address address) {
  run_state.posted.operation.form = {.kind = OperationKind::fault};
  run_state.posted.operation.operand = static_cast<std::uint64_t>(fault);
  run_state.posted.operation.operand2 = address;
}

// --- the fiber's side ------------------------------------------------------------------------------------

_Unwind_Reason_Code note_frame(_Unwind_Context* frame, void*) {
  run_state.stack.push_back(reinterpret_cast<void*>(_Unwind_GetIP(frame)));
  return run_state.stack.size() < 64 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// Stops the thread until the explorer resumes it. What the explorer left in the caller-saved registers must
// not find its way into a local state, so they are cleared.
[[gnu::noinline]] std::uint64_t stop() {
  const context::transfer_t back = context::jump_fcontext(run_state.explorer, nullptr);
  run_state.explorer = back.fctx;
  asm volatile(
      "xor %%eax, %%eax\n\txor %%ecx, %%ecx\n\txor %%edx, %%edx\n\txor %%esi, %%esi\n\txor %%edi, %%edi\n\t"
      "xor %%r8d, %%r8d\n\txor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\txor %%r11d, %%r11d\n\t"
      "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\tpxor %%xmm2, %%xmm2\n\tpxor %%xmm3, %%xmm3\n\t"
      "pxor %%xmm4, %%xmm4\n\tpxor %%xmm5, %%xmm5\n\tpxor %%xmm6, %%xmm6\n\tpxor %%xmm7, %%xmm7"
      :
      :
      : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
        "xmm5", "xmm6", "xmm7");
  return run_state.result;
}

void fiber(context::transfer_t from) {
  run_state.explorer = from.fctx;
  run_state.program->thread(run_state.starting_thread);
  for (;;) post({.kind = OperationKind::finished}, 0, 0, 0, SourceLocation());
}

// --- crash signals and the watchdog ----------------------------------------------------------------------

constexpr std::array crash_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr int watchdog_tick_ms = 100; // of the thread's own processor time
constexpr int watchdog_ticks = 3;     // how many a run may last

int watchdog_signal() { return SIGRTMIN + 6; }

Fault classify(int signal, Address address) {
  switch (signal) {
  case SIGFPE: return Fault::arithmetic;
  case SIGILL:
  case SIGABRT: return Fault::illegal;
  default: break;
  }
  if (in_world(address) || in_window(address)) return Fault::bypass;
  if (address < Arena::stack_low && address >= Arena::stack_low - 0x8'0000) return Fault::stack_overflow;
  return Fault::segmentation;
}

void on_crash(int signal, siginfo_t* info, void*) {
  if (in_native == 0) {
    // A check reads a plain member of its suite: the world is still inaccessible from the last native run.
    if (signal == SIGSEGV && arena().is_protected() && in_world(reinterpret_cast<Address>(info->si_addr))) {
      arena().protect_world(false);
      return;
    }
    // The checker itself: die as if there were no handler.
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  const bool has_address = signal == SIGSEGV || signal == SIGBUS;
  const Address address = has_address ? reinterpret_cast<Address>(info->si_addr) : 0;
  // The first to use so much stack.
  if (address >= Arena::stack_low && address < arena().open_stack()) {
    arena().open_deep_stack();
    return;
  }
  post_fault(classify(signal, address), address);
  siglongjmp(run_state.escape, 1);
}

void on_watchdog(int, siginfo_t*, void*) {
  if (in_native == 0) return;
  if (run_state.watched_number != run_state.number) {
    run_state.watched_number = run_state.number;
    run_state.watched_ticks = 0;
  }
  run_state.watched_ticks = run_state.watched_ticks + 1;
  if (run_state.watched_ticks < watchdog_ticks) return;
  post_fault(Fault::hang, 0);
  siglongjmp(run_state.escape, 1);
}

// Installs handlers on a stack of their own and gives back what was there before.
class Signals {
public:
  Signals() {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = watchdog_signal();
    event._sigev_un._tid = static_cast<pid_t>(syscall(SYS_gettid));
    // First, since nothing else here can fail.
    has_timer_ = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) == 0;
    if (!has_timer_) throw std::runtime_error("cannot create the watchdog timer");
    stack_t alternate{};
    alternate.ss_sp = alternate_stack_.data();
    alternate.ss_size = alternate_stack_.size();
    sigaltstack(&alternate, &old_stack_);
    for (std::size_t i = 0; i < crash_signals.size(); ++i) install(crash_signals[i], on_crash, old_[i]);
    install(watchdog_signal(), on_watchdog, old_watchdog_);
    const timespec tick{0, watchdog_tick_ms * 1'000'000L};
    const itimerspec every{tick, tick};
    timer_settime(timer_, 0, &every, nullptr);
  }
  ~Signals() {
    if (has_timer_) timer_delete(timer_);
    sigaction(watchdog_signal(), &old_watchdog_, nullptr);
    for (std::size_t i = 0; i < crash_signals.size(); ++i) sigaction(crash_signals[i], &old_[i], nullptr);
    sigaltstack(&old_stack_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

private:
  static void install(int signal, void (*handler)(int, siginfo_t*, void*), struct sigaction& old) {
    struct sigaction action {};
    action.sa_sigaction = handler;
    // NODEFER: the handler leaves by siglongjmp, which does not restore the signal mask.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART;
    sigaction(signal, &action, &old);
  }
  std::array<std::byte, 64 * 1024> alternate_stack_{};
  stack_t old_stack_{};
  std::array<struct sigaction, crash_signals.size()> old_{};
  struct sigaction old_watchdog_ {};
  timer_t timer_{};
  bool has_timer_ = false;
};

std::unique_ptr<Signals> signals;

thread_local DirectMode* direct_mode = nullptr;

// The sticky flags of MXCSR are part of a stack image and would tell a thread what the explorer did before.
void reset_float_state() { _mm_setcsr(0x1f80); }

} // namespace

// --- the explorer's side ---------------------------------------------------------------------------------

NativeRunner::NativeRunner(Program& program, const Options& options) : options_(options) {
  if (run_state.program != nullptr) throw std::logic_error("two native runners at a time");
  signals = std::make_unique<Signals>();
  run_state.program = &program;
  run_state.options = &options_;
  run_state.fifo = options.locks == Locks::fifo;
  set_heap_trap([] {
    if (in_native == 0) return;
    post_fault(Fault::heap, 0);
    siglongjmp(run_state.escape, 1);
  });
  arena().close_deep_stack();
}

NativeRunner::~NativeRunner() {
  set_heap_trap(nullptr);
  run_state.program = nullptr;
  run_state.options = nullptr;
  run_state.fifo = false;
  signals.reset();
  arena().protect_world(false);
}

const std::vector<void*>& NativeRunner::stack() const { return run_state.stack; }

const Posted& NativeRunner::start(unsigned index) {
  run_state.starting_thread = index;
  const std::size_t used = std::max(image_.size(), Arena::private_size);
  std::memset(reinterpret_cast<void*>(Arena::stack_top - used), 0, used);
  reset_float_state(); // make_fcontext() stores it
  void* context = context::make_fcontext(reinterpret_cast<void*>(Arena::private_state),
                                         Arena::stack_size - Arena::private_size, fiber);
  return run(context, 0);
}

const Posted& NativeRunner::resume(std::span<const std::byte> image, std::uint64_t result) {
  const Address context = Arena::stack_top - image.size();
  // Dead values above the last stack pointer: the rest of the image that was there before.
  const Address last = Arena::stack_top - image_.size();
  if (last < context) std::memset(reinterpret_cast<void*>(last), 0, context - last);
  std::memcpy(reinterpret_cast<void*>(context), image.data(), image.size());
  return run(reinterpret_cast<void*>(context), result);
}

const Posted& NativeRunner::run(void* fiber_context, std::uint64_t result) {
  ++runs_;
  run_state.number = run_state.number + 1;
  run_state.result = result;
  run_state.note_stack = note_stacks_;
  run_state.posted.expectation_count = 0;
  if (note_stacks_) {
    run_state.stack.clear();
    run_state.stack.reserve(64);
  }
  arena().protect_world(true); // until somebody needs it (on_crash)
  reset_float_state();
  void* live = reinterpret_cast<void*>(Arena::stack_top);
  if (sigsetjmp(run_state.escape, 0) == 0) {
    in_native = 1;
    const context::transfer_t back = context::jump_fcontext(fiber_context, nullptr);
    in_native = 0;
    if (!ends_thread(run_state.posted.operation.form.kind)) live = back.fctx;
  } else { // a crash: whatever the stack holds now is of no use
    in_native = 0;
    run_state.posted.expectation_count = 0;
  }
  // Dead values below the stack pointer (and, in resume(), above it) would otherwise end up in frames that
  // are laid over them later.
  const auto live_address = reinterpret_cast<Address>(live);
  const Address open_stack = arena().open_stack();
  std::memset(reinterpret_cast<void*>(open_stack), 0, live_address - open_stack);
  image_ = {static_cast<const std::byte*>(live), Arena::stack_top - live_address};
  return run_state.posted;
}

std::optional<DirectFailure> build_world(Program& program, const Options& options) {
  if (program.threads() == 0 || program.threads() > max_threads)
    throw std::runtime_error("a program has 1 to " + std::to_string(max_threads) + " threads, not " +
                             std::to_string(program.threads()));
  arena().clear();
  DirectMode direct(reinterpret_cast<std::uint64_t*>(Arena::base), true);
  struct InForce {
    explicit InForce(const Options& options) { run_state.options = &options; }
    ~InForce() { run_state.options = nullptr; }
    InForce(const InForce&) = delete;
    InForce& operator=(const InForce&) = delete;
  } in_force(options);
  try {
    program.build();
    if (arena().world_size() == 0) arena().make<std::uint64_t>(); // a program that shares nothing
  } catch (const DirectFailure& failure) {
    return failure;
  } catch (const std::bad_alloc&) {
    throw std::runtime_error(
        "the program's shared state is larger than the arena: " + std::to_string(Arena::max_world) +
        " bytes in all, " + std::to_string(Arena::max_block) + " for a thread's block");
  }
  return std::nullopt;
}

// --- the door --------------------------------------------------------------------------------------------

std::uint64_t post(OperationForm form, Address address, std::uint64_t operand, std::uint64_t operand2,
                   SourceLocation where) {
  if (in_native == 0) {
    if (direct_mode == nullptr) throw std::logic_error("an operation outside a model");
    return direct_mode->execute({form, address, operand, operand2, where});
  }
  run_state.posted.operation = {form, address, operand, operand2, where};
  if (run_state.note_stack) _Unwind_Backtrace(note_frame, nullptr);
  return stop();
}

void fail(const Check& check, const char* message, SourceLocation where) {
  if (left_out(check)) return;
  if (in_native == 0) throw DirectFailure{&check, message};
  post({.kind = OperationKind::failed}, 0, reinterpret_cast<std::uint64_t>(&check),
       reinterpret_cast<std::uint64_t>(message), where);
}

void expect(const Check& check, Condition condition, std::uint64_t a, std::uint64_t b) {
  if (left_out(check)) return;
  if (in_native == 0) {
    if (const char* message = condition(a, b)) throw DirectFailure{&check, message};
    return;
  }
  Posted& posted = run_state.posted;
  if (posted.expectation_count == max_expectations) {
    fail(model_error, "too many expectations for one operation");
    return;
  }
  posted.expectations[posted.expectation_count++] = {&check, condition, a, b};
}

bool fifo_locks() { return run_state.fifo; }

// --- direct mode -----------------------------------------------------------------------------------------

DirectMode::DirectMode(std::uint64_t* world, bool may_write, unsigned self, std::vector<DirectRead>* reads)
    : world_(world), may_write_(may_write), self_(self), reads_(reads), outer_(direct_mode) {
  direct_mode = this;
}
DirectMode::~DirectMode() { direct_mode = outer_; }

} // namespace gupcheck::engine
