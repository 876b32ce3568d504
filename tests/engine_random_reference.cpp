// SPDX-License-Identifier: GPL-2.0-only
//
// See engine_random_reference.hpp.
#include "tests/engine_random_reference.hpp"

#include "tests/engine_random_graph.hpp"

#include <compare>
#include <map>
#include <tuple>

namespace gupcheck::engine::test {

namespace {

// A thread: where it is, its registers, and with queues whether it stands in the queue of its lock.
struct Local {
  std::uint8_t thread;
  std::uint8_t place;
  std::uint8_t registers[2];
  bool queued;
  auto operator<=>(const Local&) const = default;
};

struct State {
  std::array<std::uint8_t, cells> cell{};         // 0 to 3
  std::array<std::vector<unsigned>, locks> queue; // holder first; without queues at most one
  std::vector<Local> local;
  auto operator<=>(const State&) const = default;
};

// What tells pending operations apart, with everything that the instruction needs.
using Key = std::tuple<Code, unsigned, unsigned, unsigned, bool>;
constexpr unsigned many = 1000;
constexpr Key finished{Code::load, ~0U, 0, 0, false};

struct Outcome {
  unsigned result;
  State state; // the thread's own part is still as before
};

class Plain {
public:
  Plain(const RandomProgram& program, bool queues) : program_(program), queues_(queues) {}

  bool explore(std::size_t most_states) {
    State initial;
    for (unsigned thread = 0; thread < program_.threads.size(); ++thread)
      initial.local.push_back({static_cast<std::uint8_t>(thread), 0, {0, 0}, false});
    number_.emplace(initial, 0);
    states_.push_back(initial);
    depth_.push_back(0);
    switches_.emplace_back();
    facts.transitions = 1;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (states_.size() > most_states || confused_) return false;
      expand(i);
    }
    facts.states = states_.size();
    merge();
    facts.livelock = graph_.has_livelock();
    for (unsigned fairness = 0; fairness < 3; ++fairness)
      facts.starvation[fairness] = graph_.has_starvation(static_cast<Fairness>(fairness));
    return true;
  }

  ReferenceFacts facts;

private:
  bool is_finished(const Local& local) const { return local.place == program_.threads[local.thread].size(); }
  const Instruction& instruction(const Local& local) const {
    return program_.threads[local.thread][local.place];
  }
  static unsigned operand(const Instruction& now, const Local& local) {
    return now.a_is_register ? local.registers[now.a & 1U] : now.a;
  }

  Key key(const Local& local) const {
    if (is_finished(local)) return finished;
    const Instruction& now = instruction(local);
    const unsigned a = operand(now, local);
    switch (now.code) {
    case Code::load: return {now.code, now.place, 0, 0, false};
    case Code::compare_and_set:
    case Code::add_unless: return {now.code, now.place, a, now.b, false};
    case Code::test_and_set_bit:
    case Code::test_and_clear_bit:
    case Code::test_bit:
    case Code::clear_bit:
    case Code::lock_bit: return {now.code, now.place, a & 1U, 0, false};
    case Code::choose: return {now.code, 0, now.b % 2U, 0, false};
    case Code::lock: return {now.code, now.place, 0, 0, local.queued};
    case Code::unlock: return {now.code, now.place, 0, 0, false};
    default: return {now.code, now.place, a, 0, false};
    }
  }

  // All that can happen when the thread moves; nothing if it is blocked.
  std::vector<Outcome> outcomes(const State& from, unsigned thread) {
    const Local& local = from.local[thread];
    if (is_finished(local)) return {};
    const Instruction& now = instruction(local);
    const unsigned a = operand(now, local);
    const unsigned bit = 1U << (a & 1U);
    State next = from;
    std::uint8_t& at = next.cell[now.place];
    std::vector<unsigned>& queue = next.queue[now.place % locks];
    const unsigned old = at;
    const auto become = [&](unsigned value, unsigned result) {
      at = value & 3U;
      return std::vector<Outcome>{{result, next}};
    };
    switch (now.code) {
    case Code::load: return become(old, old);
    case Code::store: return become(a, 0);
    case Code::exchange: return become(a, old);
    case Code::fetch_add: return become(old + a, old);
    case Code::fetch_or: return become(old | a, old);
    case Code::fetch_and: return become(old & a, old);
    case Code::compare_and_set: return old == a ? become(now.b, 1) : become(old, 0);
    case Code::add_unless: return old != now.b ? become(old + a, 1) : become(old, 0);
    case Code::sub_and_test: return become(old - a, ((old - a) & 3U) == 0);
    case Code::test_and_set_bit: return become(old | bit, (old & bit) != 0);
    case Code::test_and_clear_bit: return become(old & ~bit, (old & bit) != 0);
    case Code::test_bit: return become(old, (old & bit) != 0);
    case Code::clear_bit: return become(old & ~bit, 0);
    case Code::lock_bit:
      if ((old & bit) != 0) return {};
      return become(old | bit, 0);
    case Code::wait_equal:
      if (old != a) return {};
      return become(old, 0);
    case Code::wait_not_equal:
      if (old == a) return {};
      return become(old, 0);
    case Code::choose: {
      std::vector<Outcome> all;
      for (unsigned choice = 0; choice < 2 + now.b % 2U; ++choice) all.push_back({choice, next});
      return all;
    }
    case Code::lock:
      if (queues_ ? local.queued && queue.front() != thread : !queue.empty()) return {};
      if (queues_ && !local.queued)
        for (const unsigned other : queue) confused_ |= other == thread;
      if (!local.queued) queue.push_back(thread);
      return {{0, next}};
    case Code::unlock:
      if (!queue.empty()) queue.erase(queue.begin());
      return {{0, next}};
    }
    return {};
  }
  bool is_misuse(const State& state, unsigned thread) const {
    const Local& local = state.local[thread];
    if (is_finished(local) || instruction(local).code != Code::unlock) return false;
    const std::vector<unsigned>& queue = state.queue[instruction(local).place];
    return queue.empty() || queue.front() != thread;
  }

  // The thread's part after a result; says in `fails` whether its assertion does.
  Local step(Local local, unsigned result, bool& fails) const {
    const Instruction& now = instruction(local);
    if (queues_ && now.code == Code::lock && !local.queued) {
      local.queued = true;
      return local;
    }
    local.queued = false;
    std::uint8_t& target = local.registers[now.target];
    switch (now.code) {
    case Code::store:
    case Code::clear_bit:
    case Code::lock_bit:
    case Code::wait_equal:
    case Code::wait_not_equal:
    case Code::lock:
    case Code::unlock: break;
    default: target = static_cast<std::uint8_t>(result);
    }
    fails = now.asserts && target == now.assert_value;
    local.place =
        now.jumps && target == now.jump_value ? now.destination : static_cast<std::uint8_t>(local.place + 1);
    if (is_finished(local)) local.registers[0] = local.registers[1] = 0; // nothing is left of it
    return local;
  }

  void breaks(const char* check, std::size_t length, unsigned switches) {
    if (facts.shortest && *facts.shortest < length) return;
    if (!facts.shortest || *facts.shortest > length) {
      facts.broken.clear();
      facts.switches.clear();
    }
    facts.shortest = length;
    facts.broken.insert(check);
    unsigned& fewest = facts.switches.try_emplace(check, switches).first->second;
    fewest = std::min(fewest, switches);
  }

  // The fewest switches on a shortest way to the state, with `thread` moving next (or nobody).
  static constexpr unsigned nobody = ~0U;
  unsigned switches_to(std::size_t number, unsigned thread) const {
    if (number == 0) return 0;
    unsigned fewest = many;
    for (const auto& [last, switches] : switches_[number])
      fewest = std::min(fewest, switches + (thread != nobody && thread != last));
    return fewest;
  }

  void expand(std::size_t number) {
    const State from = states_[number];
    unsigned live = 0;
    unsigned enabled = 0;
    for (unsigned thread = 0; thread < from.local.size(); ++thread) {
      if (!is_finished(from.local[thread])) live |= 1U << thread;
      const std::vector<Outcome> all = outcomes(from, thread);
      if (all.empty()) continue;
      enabled |= 1U << thread;
      if (is_misuse(from, thread)) {
        breaks("model-error", depth_[number] + 1, switches_to(number, thread));
        confused_ |= queues_;
      }
      for (const Outcome& outcome : all) {
        ++facts.transitions;
        results_[key(from.local[thread])].insert(outcome.result);
        State next = outcome.state;
        bool fails = false;
        next.local[thread] = step(from.local[thread], outcome.result, fails);
        const unsigned switches = switches_to(number, thread);
        const bool breaks_before = is_misuse(from, thread);
        if (fails) breaks("assertion", depth_[number] + 1, breaks_before ? many : switches);
        const auto [found, is_new] = number_.emplace(next, states_.size());
        if (is_new) {
          states_.push_back(next);
          depth_.push_back(depth_[number] + 1);
          switches_.emplace_back();
        }
        if (depth_[found->second] == depth_[number] + 1 && !fails && !breaks_before) {
          unsigned& fewest = switches_[found->second].try_emplace(thread, switches).first->second;
          fewest = std::min(fewest, switches);
        }
        graph_.edge(number, found->second, thread);
      }
    }
    graph_.node(number, live, enabled);
    if (enabled != 0) return;
    if (live != 0) return breaks("deadlock", depth_[number], switches_to(number, nobody));
    facts.final_worlds.insert({static_cast<std::uint8_t>(from.cell[0] * 64),
                               static_cast<std::uint8_t>(from.cell[1] * 64),
                               static_cast<std::uint8_t>(from.cell[2] * 64)});
    if (from.cell[0] == program_.bad_final) breaks("assertion", depth_[number], switches_to(number, nobody));
  }

  // The coarsest partition of the threads' local states, with all results that each operation really has,
  // and the images of all states under it.
  void merge() {
    std::map<Local, unsigned> block;
    std::vector<Local> todo;
    const auto add = [&](const Local& local) {
      if (block.emplace(local, 0).second) todo.push_back(local);
    };
    for (const State& state : states_)
      for (const Local& local : state.local) add(local);
    bool ignored = false;
    while (!todo.empty()) {
      const Local local = todo.back();
      todo.pop_back();
      for (const unsigned result : results_[key(local)]) add(step(local, result, ignored));
    }
    for (std::size_t blocks = 0;;) {
      std::map<std::pair<Key, std::vector<unsigned>>, unsigned> numbers;
      std::map<Local, unsigned> refined;
      for (const auto& [local, old] : block) {
        std::vector<unsigned> signature{old};
        for (const unsigned result : results_[key(local)])
          signature.push_back(block.at(step(local, result, ignored)));
        const auto next = static_cast<unsigned>(numbers.size());
        refined[local] = numbers.emplace(std::pair(key(local), signature), next).first->second;
      }
      block = std::move(refined);
      if (numbers.size() == blocks) break;
      blocks = numbers.size();
    }
    std::set<std::tuple<std::array<std::uint8_t, cells>, std::array<std::vector<unsigned>, locks>,
                        std::vector<unsigned>>>
        images;
    facts.merged_transitions = 1;
    for (const State& state : states_) {
      std::vector<unsigned> blocks;
      for (const Local& local : state.local) blocks.push_back(block.at(local));
      if (!images.emplace(state.cell, state.queue, blocks).second) continue;
      for (unsigned thread = 0; thread < state.local.size(); ++thread)
        facts.merged_transitions += outcomes(state, thread).size();
    }
    facts.merged_states = images.size();
  }

  const RandomProgram& program_;
  bool queues_;
  bool confused_ = false; // with queues: a lock is misused or taken twice, which has no meaning here
  std::map<State, std::size_t> number_;
  std::vector<State> states_;
  std::vector<std::size_t> depth_;
  std::vector<std::map<unsigned, unsigned>> switches_; // by state, by the thread that moved last
  std::map<Key, std::set<unsigned>> results_;
  PlainGraph graph_;
};

} // namespace

ReferenceFacts explore_plainly(const RandomProgram& program, bool queues, std::size_t most_states) {
  Plain plain(program, queues);
  plain.facts.complete = plain.explore(most_states);
  return plain.facts;
}

} // namespace gupcheck::engine::test
