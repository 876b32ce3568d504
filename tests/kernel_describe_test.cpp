// SPDX-License-Identifier: GPL-2.0-only
//
// What traces say of the modelled kernel: names of locations and values, one line for each page.
#include "model/kernel/page_ref.hpp"
#include "tests/kernel_plan.hpp"

#include <gtest/gtest.h>

namespace gupcheck::tests {

using namespace kernel; // NOLINT(google-build-using-namespace): the vocabulary under test

namespace {

using Picture = std::vector<std::pair<std::string, std::string>>;

// Filled by after(), which runs outside the threads.
Picture last_picture;

Picture picture_after(Function layout, Function thread) {
  Plan plan;
  plan.config = small_machine();
  plan.layout = layout;
  plan.threads = {thread, [] {}};
  plan.after = [] { last_picture = picture(); };
  last_picture.clear();
  EXPECT_EQ(outcome(plan), "holds");
  return last_picture;
}

// Every program's world is at the same place, so names may be asked for after an exploration.
engine::Names names_of_a_small_machine() {
  picture_after([] {}, [] {});
  engine::Names names;
  describe(names);
  return names;
}

} // namespace

TEST(KernelDescribe, PictureSaysWhereEachPageIs) {
  const Picture lines =
      picture_after([] { map_page_on_lru(0, 0); },
                    [] { folio_ref_add(page_folio(pfn_to_page(0)), GUP_PIN_COUNTING_BIAS); });
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0],
            std::make_pair(std::string("page[0]"), std::string("MOVABLE ref 1+1pin lru, on LRU, pte[0]")));
  EXPECT_EQ(lines[1], std::make_pair(std::string("page[1]"), std::string("MOVABLE free")));
  EXPECT_EQ(lines[2], std::make_pair(std::string("page[2]"), std::string("NORMAL free")));
}

TEST(KernelDescribe, PictureShowsPrivateListsAndBatches) {
  // Both the reader's own block (thread 0) and another's, which it sees at different addresses.
  Plan plan;
  plan.config = small_machine();
  plan.config.virtual_pages = 2;
  plan.layout = [] {
    map_page_in_batch(0, 0, 1);
    map_page_on_lru(1, 1);
  };
  static const Function isolate = [] {
    if (isolate_lru_page(pfn_to_page(1)) == 0)
      list_add_tail(&pfn_to_page(1)->lru, own_list(current().movable_page_list));
  };
  plan.after = [] { last_picture = picture(); };
  for (const unsigned owner : {0U, 1U}) {
    plan.threads = {[] {}, [] {}};
    plan.threads[owner] = isolate;
    EXPECT_EQ(outcome(plan), "holds");
    ASSERT_EQ(last_picture.size(), 4U);
    EXPECT_EQ(last_picture[0].second, "MOVABLE ref 2, in CPU1's batch, pte[0]");
    EXPECT_EQ(last_picture[1].second,
              "MOVABLE ref 2, on T" + std::to_string(owner) + "'s movable_page_list, pte[1]");
  }
}

TEST(KernelDescribe, LocationsHaveTheKernelsNames) {
  const engine::Names names = names_of_a_small_machine();
  const System& state = system();
  EXPECT_EQ(names.location(state.pages[1].flags.address()), "page[1].flags");
  EXPECT_EQ(names.bits(state.pages[1].flags.address(), 1U << PG_lru), "PG_lru");
  EXPECT_EQ(names.location(state.pages[0]._refcount.address()), "page[0]._refcount");
  EXPECT_EQ(names.location(state.pages[0].lru.next.address()), "page[0].lru.next");
  EXPECT_EQ(names.location(state.lruvec.lru_lock.address()), "lruvec.lru_lock");
  EXPECT_EQ(names.location(state.mm.pte[0].address()), "mm.pte[0]");
  EXPECT_EQ(names.location(task_on(1).lru_add.folios[0].address()), "cpu1.lru_add[0]");
}

TEST(KernelDescribe, ValuesAreReadable) {
  const engine::Names names = names_of_a_small_machine();
  const System& state = system();
  const auto pte = [&](pte_t value) { return names.value(state.mm.pte[0].address(), value.value, false); };
  EXPECT_EQ(pte({}), "none");
  EXPECT_EQ(pte(mk_pte(pfn_to_page(2))), "page[2]");
  EXPECT_EQ(pte(make_writable_migration_entry(pfn_to_page(0))), "migration entry of page[0]");
  const auto count = [&](std::uint64_t value) {
    return names.value(state.pages[0]._refcount.address(), value, false);
  };
  EXPECT_EQ(count(1), "1");
  EXPECT_EQ(count(2050), "2+2pins");
  EXPECT_EQ(names.value(state.pages[0]._mapcount.address(), 0xffff'ffff, false), "-1");
  EXPECT_EQ(names.value(state.pages[0].flags.address(), 1U << PG_lru | 1U << PG_locked, false),
            "PG_locked|PG_lru");
  const auto address = [](const void* object) { return reinterpret_cast<std::uint64_t>(object); };
  const engine::Address next = state.pages[0].lru.next.address();
  EXPECT_EQ(names.value(next, address(&state.pages[1].lru), true), "&page[1].lru");
  EXPECT_EQ(names.value(next, address(&state.lruvec.list), true), "&lruvec.list");
  EXPECT_EQ(names.value(next, address(list_poison1()), true), "LIST_POISON1");
  EXPECT_EQ(names.value(task_on(0).lru_add.folios[0].address(), address(&state.pages[1]), true), "&page[1]");
  EXPECT_EQ(names.value(state.allocator.free_pages.address(), 0b101, false), "{0,2}");
}

} // namespace gupcheck::tests
