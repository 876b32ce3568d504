// SPDX-License-Identifier: GPL-2.0-only
//
// Runs model threads natively: copies a stack image in, resumes the fiber with a result, and hands back the
// operation that the thread posts next and the new image.
//
// All threads run on the arena's one stack, one at a time, so a thread's local state is the bytes of its live
// stack wherever it came from. A run that crashes, overflows the stack, loops without a visible step or calls
// malloc comes back as an operation of kind `fault`; it never takes the checker with it, provided that model
// code does not write outside its own stack (the world is inaccessible meanwhile, other memory is not).
// Costs: 120 ns for an image of 400 bytes, most of it for clearing the dead stack (8 KB, or 64 KB once a
// thread has used more); two mprotect calls more where a check has looked at the world in between.
#pragma once

#include "model/engine/explore.hpp"
#include "model/engine/post.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace gupcheck::engine {

struct Expectation {
  const Check* check = nullptr;
  Condition condition = nullptr;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  bool operator==(const Expectation&) const = default;
};

// What a thread is about to do.
struct Posted {
  Operation operation;
  std::array<Expectation, max_expectations> expectations;
  unsigned expectation_count = 0;
};

// At most one exists at a time; it owns the process's crash signals while it lives.
class NativeRunner {
public:
  NativeRunner(Program& program, const Options& options);
  ~NativeRunner();
  NativeRunner(const NativeRunner&) = delete;
  NativeRunner& operator=(const NativeRunner&) = delete;

  // Starts thread `index` and runs it to its first operation.
  const Posted& start(unsigned index);
  // Resumes a thread that was stopped with this image.
  const Posted& resume(std::span<const std::byte> image, std::uint64_t result);
  // The live stack after the last start() or resume(); empty when the thread has ended.
  std::span<const std::byte> image() const { return image_; }

  // For traces: also note the return addresses on the stack at each operation, innermost first.
  void note_stacks(bool on) { note_stacks_ = on; }
  const std::vector<void*>& stack() const;

  std::uint64_t runs() const { return runs_; }

private:
  const Posted& run(void* context, std::uint64_t result);

  Options options_; // a copy: it is asked while native code runs
  std::span<const std::byte> image_;
  std::uint64_t runs_ = 0;
  bool note_stacks_ = false;
};

// Thrown by operations, fail() and expectations in direct mode.
struct DirectFailure {
  const Check* check;
  const char* message;
};

// Some bytes of the world that a check looks at.
struct DirectRead {
  std::uint32_t offset; // from the world's beginning
  std::uint32_t size;
  bool by_number; // in a block that a thread's check finds by its owner's number
  bool as_number; // not as a pointer
  bool by_peer;   // in another thread's block, found by counting from the own; or it is the address of one
};

// While one exists, operations outside a fiber execute at once on `world` (of the arena's size): as a thread
// `self`, or as nobody, to whom pointers into the threads' blocks are their real addresses.
class DirectMode {
public:
  static constexpr unsigned nobody = max_threads;
  // `reads`, if given, is told what is looked at.
  DirectMode(std::uint64_t* world, bool may_write, unsigned self = nobody,
             std::vector<DirectRead>* reads = nullptr);
  ~DirectMode();
  DirectMode(const DirectMode&) = delete;
  DirectMode& operator=(const DirectMode&) = delete;

  std::uint64_t execute(const Operation& operation);

private:
  std::uint64_t* world_;
  bool may_write_;
  unsigned self_;
  std::vector<DirectRead>* reads_;
  unsigned steps_ = 0;
  DirectMode* outer_;
};

// Builds the program's initial world in the arena; what broke on the way, if anything. Throws
// std::runtime_error for a number of threads that cannot be explored.
std::optional<DirectFailure> build_world(Program& program, const Options& options);

} // namespace gupcheck::engine
