// SPDX-License-Identifier: GPL-2.0-only
//
// gup-micro's world: what its threads share, and the names of what they do. For gup_micro*.cpp only.
//
// A reader may rely on every member function of a shared member being one visible step, and on nothing else
// being one: the numbered steps of the benchmark's text.
#pragma once

#include "checks/pin_placement.hpp"
#include "checks/scenarios/gup_micro.hpp"
#include "model/engine/suite.hpp"
#include "model/kernel/promises.hpp"

namespace gupcheck::checks::gup_micro {

using engine::atomic;

// The same promises as the modelled kernel's, so that they are left out by the same names.
using checks::pin_placement;
using kernel::list_integrity;
using kernel::refcount;

inline constexpr unsigned PG_lru = 0;
inline constexpr unsigned PG_locked = 1;

// Physical page numbers fit a pte: first the old pages, then the new ones, in the order of the virtual pages.
using PageNumber = std::int8_t;
inline constexpr PageNumber migration_entry = -1;

// What the model is made for; set before it is built and constant while it is explored.
extern GupMicroConfig config;

inline PageNumber old_page(unsigned v) { return static_cast<PageNumber>(v); }
inline PageNumber new_page(unsigned v) { return static_cast<PageNumber>(config.pages + v); }

// A list is a place to be linked on; what is linked where is said by the pages.
struct List {
  std::uint8_t unused = 0;
};

struct Page {
  atomic<std::uint8_t> flags;
  atomic<std::int8_t> references;
  atomic<List*> on; // null: on no list
};

struct GupMicro : engine::Suite<GupMicro, 2> {
  struct PerThread {
    List movable_page_list;
  };
  // The page that each virtual page was found to be, while it is pinned.
  struct Pins {
    PageNumber page[gup_micro_max_pages] = {};
  };
  using Selection = std::uint8_t; // a set of virtual pages, one bit each

  Page pages[2 * gup_micro_max_pages];
  atomic<PageNumber> pte[gup_micro_max_pages];
  engine::spinlock page_table_lock;
  engine::spinlock lru_lock;
  List lru;

  void before();
  void thread(unsigned index);
  void after();
  const engine::Watch* watch(const engine::Operation& operation) const;
  void describe(engine::Names& names) const;
  std::vector<std::pair<std::string, std::string>> picture() const;

  PageNumber gup(unsigned v);
  bool isolate(PageNumber page);
  void putback(PageNumber page);
  bool migrate(PageNumber page, unsigned v, PageNumber target);

  void pin_all(Pins& pins);
  Selection isolate_movable(const Pins& pins);
  void drop_all(const Pins& pins);
  bool migrate_all(Selection list);
  bool seed(Pins& pins);
  bool retry(Pins& pins);

private:
  bool unmap(PageNumber page, unsigned v);
  void replace(PageNumber page, unsigned v, PageNumber target);
};

} // namespace gupcheck::checks::gup_micro
