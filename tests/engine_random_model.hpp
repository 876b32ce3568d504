// SPDX-License-Identifier: GPL-2.0-only
//
// Small random concurrent programs, and a suite that interprets one: what the engine explores. The same
// programs are explored by engine_random_reference.hpp, which shares nothing with the engine.
//
// All values are multiples of 64 in bytes that lie side by side, so additions wrap after four values and a
// carry into the neighbour would show; or far enough apart to have nothing to do with each other. Registers
// hold 0 to 3.
#pragma once

#include "model/engine/suite.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

namespace gupcheck::engine::test {

enum class Code : std::uint8_t {
  load,
  store,
  exchange,
  fetch_add,
  fetch_or,
  fetch_and,
  compare_and_set,
  add_unless,
  sub_and_test,
  test_and_set_bit,
  test_and_clear_bit,
  test_bit,
  clear_bit,
  lock_bit,
  wait_equal,
  wait_not_equal,
  choose,
  lock,
  unlock,
};
inline constexpr unsigned code_count = 19;

struct Instruction {
  Code code;
  std::uint8_t place; // which cell or lock
  std::uint8_t a;     // operands, 0 to 3; for bits only 0 and 1
  std::uint8_t b;
  bool a_is_register;  // then operand a is register `a & 1`
  std::uint8_t target; // the register that receives the result
  bool jumps;          // to `destination` if the target register is `jump_value` then
  std::uint8_t jump_value;
  std::uint8_t destination;
  bool asserts; // that the target register is not `assert_value` then
  std::uint8_t assert_value;
};

inline constexpr unsigned cells = 3;
inline constexpr unsigned locks = 2;
inline constexpr unsigned far_apart = 8; // bytes

struct RandomProgram {
  std::vector<std::vector<Instruction>> threads;
  std::uint8_t bad_final; // after(): cell 0 must not hold this; 4: anything goes
  unsigned distance = 1;  // of the cells, in bytes
};

using FinalWorld = std::array<std::uint8_t, cells>;

inline RandomProgram random_program(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned limit) { return static_cast<std::uint8_t>(random() % limit); };
  RandomProgram program;
  const unsigned threads = 2 + below(2);
  const unsigned length = threads == 2 ? 7 : 4;
  const bool with_locks = below(2) == 0;
  const bool with_asserts = below(3) == 0;
  for (unsigned thread = 0; thread < threads; ++thread) {
    std::vector<Instruction> text;
    const unsigned count = 1 + below(length);
    for (unsigned i = 0; i < count; ++i) {
      Instruction made{};
      made.code = static_cast<Code>(below(with_locks ? code_count : code_count - 2));
      const bool is_lock = made.code == Code::lock || made.code == Code::unlock;
      made.place = below(is_lock ? locks : cells);
      made.a = below(4);
      made.b = below(4);
      made.a_is_register = below(4) == 0;
      made.target = below(2);
      made.jumps = below(3) == 0;
      made.jump_value = below(3);
      made.destination = below(count + 1);
      made.asserts = with_asserts && below(6) == 0;
      made.assert_value = below(4);
      text.push_back(made);
    }
    if (with_locks && below(2) == 0) { // in order, so that unlocks are not always wrong
      Instruction around = text.front();
      around.asserts = around.jumps = false;
      around.place = below(locks);
      around.code = Code::lock;
      text.insert(text.begin(), around);
      for (Instruction& inside : text) ++inside.destination;
      around.code = Code::unlock;
      around.jumps = below(2) == 0; // and round again
      around.destination = 0;
      text.push_back(around);
    }
    program.threads.push_back(text);
  }
  program.bad_final = below(12) < 4 ? below(4) : 4;
  return program;
}

// The program that is explored; constant meanwhile. And what after() saw, when somebody asks.
inline const RandomProgram* random_program_now = nullptr;
inline std::set<FinalWorld>* final_worlds_seen = nullptr;

struct Interpreter : Suite<Interpreter, 2> {
  atomic<std::uint8_t> bytes[cells * far_apart];
  spinlock lock[locks];

  atomic<std::uint8_t>& cell(unsigned place) { return bytes[place * random_program_now->distance]; }

  void thread(unsigned index) {
    const std::vector<Instruction>& text = random_program_now->threads[index];
    unsigned registers[2] = {0, 0};
    for (unsigned place = 0; place < text.size();) {
      const Instruction& now = text[place];
      unsigned& target = registers[now.target];
      target = execute(now, now.a_is_register ? registers[now.a & 1U] : now.a, target);
      require(!now.asserts || target != now.assert_value, assertion, "a register");
      place = now.jumps && target == now.jump_value ? now.destination : place + 1;
    }
  }

  // What the target register holds afterwards.
  unsigned execute(const Instruction& now, unsigned operand, unsigned target) {
    const auto a = static_cast<std::uint8_t>(operand * 64);
    const auto b = static_cast<std::uint8_t>(now.b * 64);
    const unsigned bit = 6 + (operand & 1U);
    atomic<std::uint8_t>& at = cell(now.place);
    switch (now.code) {
    case Code::load: return at.load() / 64U;
    case Code::store: at.store(a); return target;
    case Code::exchange: return at.exchange(a) / 64U;
    case Code::fetch_add: return at.fetch_add(a) / 64U;
    case Code::fetch_or: return at.fetch_or(a) / 64U;
    case Code::fetch_and: return at.fetch_and(a) / 64U;
    case Code::compare_and_set: return at.compare_and_set(a, b) ? 1 : 0;
    case Code::add_unless: return at.add_unless(a, b) ? 1 : 0;
    case Code::sub_and_test: return at.sub_and_test(a) ? 1 : 0;
    case Code::test_and_set_bit: return at.test_and_set_bit(bit) ? 1 : 0;
    case Code::test_and_clear_bit: return at.test_and_clear_bit(bit) ? 1 : 0;
    case Code::test_bit: return at.test_bit(bit) ? 1 : 0;
    case Code::clear_bit: at.clear_bit(bit); return target;
    case Code::lock_bit: at.lock_bit(bit); return target;
    case Code::wait_equal: at.wait_until_equal(a); return target;
    case Code::wait_not_equal: at.wait_until_not_equal(a); return target;
    case Code::choose: return engine::choose(2 + now.b % 2U);
    case Code::lock: lock[now.place].lock(); return target;
    case Code::unlock: lock[now.place].unlock(); return target;
    }
    return target;
  }

  void after() {
    if (final_worlds_seen != nullptr)
      final_worlds_seen->insert({cell(0).load(), cell(1).load(), cell(2).load()});
    require(cell(0).load() != random_program_now->bad_final * 64U, assertion, "a final value");
  }
};

} // namespace gupcheck::engine::test
