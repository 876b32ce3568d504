// SPDX-License-Identifier: GPL-2.0-only
//
// See engine_symmetry_audit.hpp.
#include "tests/engine_symmetry_audit.hpp"

#include "model/engine/local_states.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gupcheck::engine::test {

namespace {

struct State {
  std::vector<std::uint64_t> world;
  std::vector<LocalId> local;
  auto operator<=>(const State&) const = default;
};

using Renaming = std::vector<unsigned>; // old number -> new number

class Audit {
public:
  Audit(NativeRunner& runner, unsigned threads, bool fifo)
      : locals_(runner, fifo), threads_(threads), is_lock_(arena().world_size() / 8) {}

  Orbits count() {
    State initial;
    initial.world.resize(arena().world_size() / 8);
    std::memcpy(initial.world.data(), arena().world().data(), arena().world_size());
    for (unsigned thread = 0; thread < threads_; ++thread) initial.local.push_back(locals_.start(thread));
    find_renamings(initial.local);
    std::vector<State> todo{initial};
    std::set<State> seen{initial};
    while (!todo.empty()) {
      const State state = std::move(todo.back());
      todo.pop_back();
      for (unsigned thread = 0; thread < threads_; ++thread)
        for (State& next : successors(state, thread))
          if (seen.insert(next).second) todo.push_back(std::move(next));
    }
    std::set<std::string> orbits; // only now all lock words are known
    std::set<std::string> rotated;
    for (const State& state : seen) {
      orbits.insert(least_text(state, renamings_));
      rotated.insert(least_text(state, rotations_));
    }
    return {.states = seen.size(), .orbits = orbits.size(), .rotated = rotated.size()};
  }

private:
  // All that keep each thread among those that start as it does.
  void find_renamings(const std::vector<LocalId>& start) {
    Renaming order(threads_);
    std::iota(order.begin(), order.end(), 0U);
    do {
      bool keeps = true;
      for (unsigned thread = 0; thread < threads_; ++thread)
        keeps = keeps && start[order[thread]] == start[thread];
      if (!keeps) continue;
      renamings_.push_back(order);
      bool rotates = true;
      for (unsigned thread = 0; thread < threads_; ++thread)
        rotates = rotates && order[thread] == (thread + order[0]) % threads_;
      if (rotates) rotations_.push_back(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }

  std::vector<State> successors(const State& state, unsigned thread) {
    const Access access = locals_[state.local[thread]].access; // a copy: locals_ grows
    std::vector<State> all;
    if (access.kind == OperationKind::lock || access.kind == OperationKind::enqueue)
      is_lock_[word_of(access, thread)] = true;
    if (!enabled(access, state.world.data(), thread)) return all;
    const std::uint64_t choices = access.kind == OperationKind::choose ? access.a : 1;
    for (std::uint32_t choice = 0; choice < choices; ++choice) {
      const Effect effect = execute(access, state.world.data(), thread, choice);
      State next = state;
      next.world[effect.word] = effect.after;
      next.local[thread] = locals_.step(state.local[thread], effect.result);
      all.push_back(std::move(next));
    }
    return all;
  }

  std::string least_text(const State& state, const std::vector<Renaming>& renamings) const {
    std::string least;
    for (const Renaming& renaming : renamings) {
      std::string text = renamed(state, renaming);
      if (least.empty() || text < least) least = std::move(text);
    }
    return least;
  }

  std::string renamed(const State& state, const Renaming& renaming) const {
    std::vector<std::uint64_t> world = state.world;
    for (std::size_t i = 0; i < world.size(); ++i) {
      if (is_lock_[i]) world[i] = renamed_lock(world[i], renaming);
      if (!arena().in_blocks(world[i])) continue;
      const Address offset = world[i] - arena().block(0);
      world[i] = arena().block(renaming[offset / arena().block_stride()]) + offset % arena().block_stride();
    }
    const std::vector<std::uint64_t> old_places = world;
    const std::size_t blocks = (arena().block(0) - Arena::base) / 8;
    const std::size_t block_words = arena().block_stride() / 8;
    for (unsigned thread = 0; thread < threads_; ++thread)
      std::copy_n(&old_places[blocks + thread * block_words], block_words,
                  &world[blocks + renaming[thread] * block_words]);
    std::string text = bytes_of(world);
    std::vector<std::string> threads(threads_);
    for (unsigned thread = 0; thread < threads_; ++thread)
      threads[renaming[thread]] = renamed_thread(locals_[state.local[thread]], thread, renaming);
    for (const std::string& thread : threads) text += std::to_string(thread.size()) + ':' + thread;
    return text;
  }

  static std::uint64_t renamed_lock(std::uint64_t word, const Renaming& renaming) {
    std::uint64_t result = word & lock_granted;
    for (unsigned shift = 0; shift < 60; shift += 4)
      if (const std::uint64_t holder = (word & ~lock_granted) >> shift & 15; holder != 0)
        result |= std::uint64_t{renaming[holder - 1] + 1} << shift;
    return result;
  }

  // A window is a block as seen from a thread: whose block that is follows the renaming, and so does from
  // where it is seen.
  std::uint64_t renamed_address(std::uint64_t value, unsigned thread, const Renaming& renaming) const {
    if (!in_window(value)) return value;
    const Address offset = value - Arena::windows;
    const auto owner = static_cast<unsigned>(thread + offset / Arena::max_block) % threads_;
    const unsigned window = (renaming[owner] + threads_ - renaming[thread]) % threads_;
    return Arena::windows + window * Arena::max_block + offset % Arena::max_block;
  }

  std::string renamed_thread(const LocalState& local, unsigned thread, const Renaming& renaming) const {
    std::vector<std::uint64_t> words(local.image.size() / 8);
    std::memcpy(words.data(), local.image.data(), words.size() * 8);
    const Operation& operation = local.posted.operation;
    words.insert(words.end(), {operation.address, operation.operand, operation.operand2});
    for (unsigned i = 0; i < local.posted.expectation_count; ++i)
      words.insert(words.end(), {local.posted.expectations[i].a, local.posted.expectations[i].b});
    for (std::uint64_t& word : words) word = renamed_address(word, thread, renaming);
    std::vector<std::uint64_t> held;
    for (const Address lock : local.held) held.push_back(renamed_address(lock, thread, renaming));
    std::sort(held.begin(), held.end());
    return bytes_of(words) + bytes_of(held) + std::to_string(std::bit_cast<std::uint64_t>(operation.form));
  }

  static std::string bytes_of(const std::vector<std::uint64_t>& words) {
    return {reinterpret_cast<const char*>(words.data()), words.size() * 8};
  }

  LocalStates locals_;
  unsigned threads_;
  std::vector<bool> is_lock_; // by word
  std::vector<Renaming> renamings_;
  std::vector<Renaming> rotations_; // those of them that are
};

} // namespace

Orbits count_orbits(Program& program, const Options& options) {
  if (build_world(program, options)) return {}; // no program has so few
  NativeRunner runner(program, options);
  return Audit(runner, program.threads(), options.locks == Locks::fifo).count();
}

} // namespace gupcheck::engine::test
