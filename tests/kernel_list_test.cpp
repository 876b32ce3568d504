// SPDX-License-Identifier: GPL-2.0-only
//
// Lists: what the primitives do to the pointers, and that each condition of CONFIG_DEBUG_LIST can break.
#include "model/kernel/list.hpp"
#include "model/kernel/promises.hpp"
#include "tests/kernel_plan.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

using namespace kernel; // NOLINT(google-build-using-namespace): the vocabulary under test

namespace {

list_head* entry(unsigned pfn) { return &pfn_to_page(pfn)->lru; }
list_head* own() { return own_list(current().movable_page_list); }
list_head* lru() { return &system().lruvec.list; }

// The entries of pages that are in use, whoever uses them.
void allocate_all() { system().allocator.free_pages.store(0); }

std::string single(Function thread) {
  Plan plan;
  plan.config = small_machine();
  plan.config.cpus = 1;
  plan.layout = allocate_all;
  plan.threads = {thread};
  plan.after = [] {};
  return outcome(plan);
}

void require(bool condition) { engine::require(condition, window, "unexpected"); }

} // namespace

TEST(KernelList, AddsInTheKernelsOrder) {
  EXPECT_EQ(single([] {
              list_add_tail(entry(0), own());
              list_add_tail(entry(1), &current().movable_page_list);
              list_add(entry(2), &current().movable_page_list);
              Page* page = list_first_page(&current().movable_page_list);
              require(page == pfn_to_page(2));
              page = list_next_page(page, &current().movable_page_list);
              require(page == pfn_to_page(0));
              page = list_next_page(page, &current().movable_page_list);
              require(page == pfn_to_page(1));
              require(list_next_page(page, &current().movable_page_list) == nullptr);
            }),
            "holds");
}

TEST(KernelList, DeletesAndMoves) {
  EXPECT_EQ(single([] {
              list_add_tail(entry(0), lru());
              list_add_tail(entry(1), lru());
              list_move_tail(entry(0), own());
              require(list_first_page(lru()) == pfn_to_page(1));
              list_del(entry(1));
              require(list_empty(lru()));
              require(entry(1)->next.load() == list_poison1());
              list_del_init(entry(0));
              require(list_empty(entry(0)));
              require(list_empty(&current().movable_page_list));
            }),
            "holds");
}

TEST(KernelList, DoubleAddIsCaught) {
  EXPECT_EQ(single([] {
              list_add_tail(entry(0), lru());
              list_add_tail(entry(0), own());
            }),
            "list-integrity");
}

TEST(KernelList, DoubleDeleteIsCaught) {
  EXPECT_EQ(single([] {
              list_add_tail(entry(0), lru());
              list_del(entry(0));
              list_del(entry(0));
            }),
            "list-integrity");
}

TEST(KernelList, ListThatIsUsedAgainWithEntriesIsCaught) {
  EXPECT_EQ(single([] {
              list_add_tail(entry(0), own());
              require(!list_empty(own()));
            }),
            "list-integrity");
}

TEST(KernelList, ListWithoutItsLockIsCorrupted) {
  Plan plan;
  plan.config = small_machine();
  plan.layout = allocate_all;
  plan.threads = {[] { list_add_tail(entry(0), lru()); }, [] { list_add_tail(entry(1), lru()); }};
  plan.after = [] { require(is_consistent(lru())); };
  EXPECT_EQ(outcome(plan), "list-integrity");
  // The kernel without CONFIG_DEBUG_LIST: the corruption is real, not only reported.
  EXPECT_EQ(outcome(plan, {"list-integrity"}), "window");
}

} // namespace gupcheck::tests
