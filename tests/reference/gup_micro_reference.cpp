// SPDX-License-Identifier: GPL-2.0-only
//
// The world of gup-micro and the search over it. See the header.
#include "tests/reference/gup_micro_reference.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

namespace gupcheck::reference {

namespace {

// Where a page is linked: Place::nowhere, Place::lru, or on the private list of thread t.
constexpr std::uint8_t nowhere = 0;
constexpr std::uint8_t lru_list = 1;
constexpr std::uint8_t private_list(unsigned thread) { return static_cast<std::uint8_t>(2 + thread); }

struct Page {
  bool lru = false;
  bool locked = false;
  std::uint8_t on = nowhere;
  std::int8_t references = 0;
  bool operator==(const Page&) const = default;
};

struct State {
  Page old_pages[max_pages];
  Page new_pages[max_pages];
  Backing ptes[max_pages] = {}; // Backing::none is a migration entry
  bool pte_lock = false;
  bool lru_lock = false;
  Thread threads[max_threads];
  bool operator==(const State&) const = default;
};
static_assert(std::has_unique_object_representations_v<State>, "a State is hashed by its bytes");

struct Hash {
  std::size_t operator()(const State& state) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&state), sizeof state});
  }
};

// What executing a step did: nothing when it is blocked, otherwise its result.
struct Executed {
  bool enabled = true;
  bool assertions_hold = true;
  std::uint8_t result = 0;
};

Executed execute(State& state, const Step& step, unsigned self) {
  const Executed blocked{.enabled = false};
  Page& page = step.page == Backing::new_page ? state.new_pages[step.v] : state.old_pages[step.v];
  bool& lock = step.operand == static_cast<std::uint8_t>(Lock::pte) ? state.pte_lock : state.lru_lock;
  Backing& pte = state.ptes[step.v];
  const auto found = [](bool value) { return Executed{.result = static_cast<std::uint8_t>(value)}; };
  const auto link = [&](std::uint8_t where) {
    const std::uint8_t expected =
        step.operand == static_cast<std::uint8_t>(Place::own_list) ? private_list(self) : step.operand;
    const bool as_expected = page.on == expected;
    page.on = where;
    return Executed{.assertions_hold = as_expected};
  };
  switch (step.action) {
  case Action::nothing: return blocked;
  case Action::lock_when_mapped:
    if (pte == Backing::none) return blocked;
    [[fallthrough]];
  case Action::lock:
    if (lock) return blocked;
    lock = true;
    return {};
  case Action::unlock: lock = false; return {};
  case Action::read_pte: return {.result = static_cast<std::uint8_t>(pte)};
  case Action::wait_until_mapped: return pte == Backing::none ? blocked : Executed{};
  case Action::unmap: {
    const bool there = pte == step.page;
    if (there) pte = Backing::none;
    return found(there);
  }
  case Action::map: pte = step.page; return {};
  case Action::add_reference: return {.assertions_hold = page.references++ > 0};
  case Action::drop_reference: return {.assertions_hold = page.references-- > 0};
  case Action::set_reference: page.references = 1; return {};
  case Action::freeze: {
    const bool only_ours = page.references == 1;
    if (only_ours) page.references = 0;
    return found(only_ours);
  }
  case Action::clear_lru: return found(std::exchange(page.lru, false));
  case Action::set_lru: page.lru = true; return {};
  case Action::lock_page: return found(std::exchange(page.locked, true));
  case Action::unlock_page: page.locked = false; return {};
  case Action::link_lru: return link(lru_list);
  case Action::link_private: return link(private_list(self));
  case Action::unlink: return link(nowhere);
  }
  return blocked;
}

State initial_state(const Setup& setup, const Machine& machine) {
  State state;
  for (unsigned v = 0; v < setup.pages; ++v) {
    state.old_pages[v] = {.lru = true, .locked = false, .on = lru_list, .references = 1};
    state.ptes[v] = Backing::old_page;
  }
  for (Thread& thread : state.threads) thread.at = At::ended;
  for (unsigned t = 0; t < setup.threads; ++t) state.threads[t] = machine.start();
  return state;
}

bool references_explained(const State& state, unsigned pages) {
  for (unsigned v = 0; v < pages; ++v) {
    if (state.old_pages[v].references != (state.ptes[v] == Backing::old_page)) return false;
    if (state.new_pages[v].references != (state.ptes[v] == Backing::new_page)) return false;
  }
  return true;
}

bool returns_movable_page(const Thread& before, const Thread& after) {
  if (before.at == At::unpin || after.at != At::unpin) return false;
  for (const Backing pin : after.pins)
    if (pin == Backing::old_page) return true;
  return false;
}

// What the search saw of the threads' automata: every Thread, and for every Step the results that it had.
struct Automata {
  std::set<Thread> threads;
  std::map<Step, std::set<std::uint8_t>> results;
};

using Representatives = std::map<Thread, Thread>;

Count search(const Setup& setup, const Machine& machine, const Representatives* merged, Automata* seen) {
  const auto normal = [merged](const Thread& thread) {
    return merged != nullptr ? merged->at(thread) : thread;
  };
  Count result;
  State first = initial_state(setup, machine);
  for (unsigned t = 0; t < setup.threads; ++t) first.threads[t] = normal(first.threads[t]);
  std::unordered_set<State, Hash> visited{first};
  std::vector<State> level{first};
  result.transitions = 1;
  for (std::uint64_t depth = 1; !level.empty(); ++depth) {
    std::vector<State> next_level;
    for (const State& state : level) {
      bool moved = false;
      bool all_ended = true;
      for (unsigned t = 0; t < setup.threads; ++t) {
        const Thread& thread = state.threads[t];
        if (seen != nullptr) seen->threads.insert(thread);
        if (thread.at == At::ended) continue;
        all_ended = false;
        State after = state;
        const Step step = machine.step(thread);
        const Executed executed = execute(after, step, t);
        if (!executed.enabled) continue;
        moved = true;
        ++result.transitions;
        if (!executed.assertions_hold) ++result.broken_assertions;
        if (seen != nullptr) seen->results[step].insert(executed.result);
        after.threads[t] = normal(machine.resume(thread, executed.result));
        const bool is_new = visited.insert(after).second;
        if (setup.return_check && returns_movable_page(thread, after.threads[t])) {
          result.violation_depth = depth;
          result.states = visited.size();
          return result;
        }
        if (is_new) next_level.push_back(after);
      }
      if (all_ended && !references_explained(state, setup.pages)) ++result.broken_final_checks;
      if (!moved && !all_ended) ++result.deadlocks;
    }
    level = std::move(next_level);
  }
  result.states = visited.size();
  return result;
}

// The coarsest partition of all threads, closed under every result that their next step had anywhere, such
// that threads of one class do the same step and go to the same class with each result (Moore's algorithm).
Representatives merge_by_behaviour(const Machine& machine, Automata& automata) {
  for (std::vector<Thread> open(automata.threads.begin(), automata.threads.end()); !open.empty();) {
    const Thread thread = open.back();
    open.pop_back();
    for (const std::uint8_t result : automata.results[machine.step(thread)]) {
      const Thread next = machine.resume(thread, result);
      if (automata.threads.insert(next).second) open.push_back(next);
    }
  }
  std::map<Thread, std::size_t> class_of;
  for (std::size_t classes = 0;;) {
    std::map<std::pair<Step, std::vector<std::size_t>>, std::size_t> numbers;
    std::map<Thread, std::size_t> finer;
    for (const Thread& thread : automata.threads) {
      const Step step = machine.step(thread);
      std::vector<std::size_t> successors{class_of[thread]};
      for (const std::uint8_t result : automata.results[step])
        successors.push_back(class_of[machine.resume(thread, result)]);
      finer[thread] = numbers.try_emplace({step, std::move(successors)}, numbers.size()).first->second;
    }
    class_of = std::move(finer);
    if (numbers.size() == classes) break;
    classes = numbers.size();
  }
  std::map<std::size_t, Thread> first_of_class;
  Representatives representatives;
  for (const auto& [thread, number] : class_of)
    representatives[thread] = first_of_class.try_emplace(number, thread).first->second;
  return representatives;
}

} // namespace

Count count(const Setup& setup) {
  if (setup.threads < 1 || setup.threads > max_threads || setup.pages < 1 || setup.pages > max_pages)
    throw std::invalid_argument("gup-micro reference: threads or pages out of bounds");
  const Machine machine{.pages = setup.pages,
                        .variant = setup.variant,
                        .compound_wait = setup.reading == Reading::compound_wait};
  if (setup.reading != Reading::behaviour) return search(setup, machine, nullptr, nullptr);
  // The return check tells threads apart that otherwise do the same.
  if (setup.return_check)
    throw std::invalid_argument("gup-micro reference: behaviour is counted without checks");
  Automata automata;
  search(setup, machine, nullptr, &automata);
  const Representatives representatives = merge_by_behaviour(machine, automata);
  return search(setup, machine, &representatives, nullptr);
}

} // namespace gupcheck::reference
