// SPDX-License-Identifier: GPL-2.0-only
//
// Several threads that insert the same states into the table of visited states, in rounds as a search does:
// each state is added exactly once, and all see the number that was given to it.
#include "model/engine/visited.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <thread>
#include <vector>

using namespace gupcheck::engine;
using Outcome = VisitedTable::Insertion::Outcome;

namespace {

constexpr unsigned rounds = 12;
constexpr std::uint64_t states_of_round = 10'000;

class Crowd {
public:
  // With `foresight` the table is told what a round will bring; without it runs full again and again.
  Crowd(unsigned threads, bool foresight)
      : threads_(threads),
        foresight_(foresight),
        table_(threads, true),
        step_(threads),
        added_(std::make_unique<std::atomic<std::uint32_t>[]>(rounds * states_of_round)) {}

  void run() {
    std::vector<std::thread> workers;
    for (unsigned worker = 1; worker < threads_; ++worker)
      workers.emplace_back([this, worker] { work(worker); });
    work(0);
    for (std::thread& worker : workers) worker.join();
  }

  void check() {
    EXPECT_EQ(table_.size(), rounds * states_of_round);
    EXPECT_EQ(additions_, rounds * states_of_round);
    EXPECT_EQ(next_number_, rounds * states_of_round);
    for (std::uint64_t state = 0; state < rounds * states_of_round; ++state) {
      ASSERT_EQ(added_[state], 1U) << state;
      ASSERT_TRUE(table_.find(fingerprint_of(state, 1))) << state;
    }
    EXPECT_EQ(full_ != 0, !foresight_);
    EXPECT_EQ(wrong_numbers_, 0U);
  }

private:
  // All threads insert all states of a round, in one order, so that they meet at the same state, or
  // each in its own.
  void work(unsigned worker) {
    std::vector<std::uint32_t> numbers(rounds * states_of_round);
    for (unsigned round = 0; round < rounds; ++round) {
      std::vector<std::uint64_t> left;
      for (std::uint64_t i = 0; i < states_of_round; ++i)
        left.push_back(round * states_of_round +
                       (i * (round % 4 == 0 ? 2 * worker + 7 : 7)) % states_of_round);
      while (grow_together(worker, !left.empty()))
        std::erase_if(left, [&](std::uint64_t state) { return insert(worker, state, numbers[state]); });
    }
    for (std::uint64_t state = 0; state < numbers.size(); ++state)
      if (table_.number(*table_.find(fingerprint_of(state, 1))) != numbers[state]) ++wrong_numbers_;
  }

  // Between rounds, and whenever a thread found the table full. Whether any thread has something left.
  bool grow_together(unsigned worker, bool has_left) {
    if (has_left) ++unfinished_;
    step_.arrive_and_wait();
    const bool goes_on = unfinished_ != 0;
    if (worker == 0) {
      segments_ = table_.segments_to_grow(foresight_ ? states_of_round : 0);
      next_segment_ = 0;
    }
    step_.arrive_and_wait();
    for (std::size_t segment = next_segment_++; segment < segments_; segment = next_segment_++)
      table_.grow_segment(segment);
    if (worker == 0) unfinished_ = 0;
    step_.arrive_and_wait();
    return goes_on;
  }

  bool insert(unsigned worker, std::uint64_t state, std::uint32_t& number) {
    const auto [handle, outcome] = table_.insert(worker, fingerprint_of(state, 1));
    if (outcome == Outcome::full) {
      ++full_;
      return false;
    }
    if (outcome == Outcome::added) {
      table_.set_number(handle, next_number_++);
      ++added_[state];
      ++additions_;
    }
    number = table_.number(handle);
    return true;
  }

  unsigned threads_;
  bool foresight_;
  VisitedTable table_;
  std::barrier<> step_;
  std::size_t segments_ = 0;
  std::atomic<std::size_t> next_segment_ = 0;
  std::atomic<unsigned> unfinished_ = 0;
  std::atomic<std::uint32_t> next_number_ = 0;
  std::atomic<std::uint64_t> additions_ = 0;
  std::atomic<std::uint64_t> full_ = 0;
  std::atomic<std::uint64_t> wrong_numbers_ = 0;
  std::unique_ptr<std::atomic<std::uint32_t>[]> added_; // how many threads added it, by state
};

TEST(VisitedThreads, AddEachStateOnce) {
  for (unsigned threads = 2; threads <= 4; ++threads)
    for (const bool foresight : {false, true}) {
      SCOPED_TRACE(threads);
      Crowd crowd(threads, foresight);
      crowd.run();
      crowd.check();
    }
}

} // namespace
