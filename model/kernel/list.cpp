// SPDX-License-Identifier: GPL-2.0-only
//
// Lists with the conditions of CONFIG_DEBUG_LIST. See list.hpp.
#include "model/kernel/list.hpp"

#include "model/engine/arena.hpp"
#include "model/kernel/page.hpp"
#include "model/kernel/promises.hpp"
#include "model/kernel/task.hpp"

namespace gupcheck::kernel {

namespace {

list_head* as_list(std::uint64_t address) { return reinterpret_cast<list_head*>(address); }
std::uint64_t as_word(const list_head* list) { return reinterpret_cast<std::uint64_t>(list); }

// Conditions follow pointers that may be poison or worse.
bool is_followable(const list_head* list) {
  return engine::in_world(as_word(list)) || engine::in_window(as_word(list));
}

// lib/list_debug.c, __list_add_valid(): the neighbours are each other's neighbours.
const char* neighbours_agree(std::uint64_t prev, std::uint64_t next) {
  if (as_list(next)->prev.load() != as_list(prev)) return "list_add corruption: next->prev should be prev";
  if (as_list(prev)->next.load() != as_list(next)) return "list_add corruption: prev->next should be next";
  return nullptr;
}

// The kernel sees a double add only when the entry is added beside itself; here it is always seen.
const char* entry_is_unlinked(std::uint64_t entry, std::uint64_t) {
  return is_unlinked(as_list(entry)) ? nullptr : "list_add double add: the entry is already on a list";
}

// lib/list_debug.c, __list_del_entry_valid(), one neighbour each.
const char* prev_agrees(std::uint64_t prev, std::uint64_t entry) {
  return as_list(prev)->next.load() == as_list(entry) ? nullptr
                                                      : "list_del corruption: prev->next should be the entry";
}
const char* next_agrees(std::uint64_t next, std::uint64_t entry) {
  return as_list(next)->prev.load() == as_list(entry) ? nullptr
                                                      : "list_del corruption: next->prev should be the entry";
}

const char* own_list_is_empty(std::uint64_t list, std::uint64_t) {
  return as_list(list)->next.load() == as_list(list)
             ? nullptr
             : "a task's list still had entries when it was used again";
}

void list_add_between(list_head* entry, list_head* prev, list_head* next) {
  engine::require(is_followable(prev) && is_followable(next), list_integrity,
                  "list_add corruption: a neighbour is no list entry");
  engine::expect(list_integrity, neighbours_agree, as_word(prev), as_word(next));
  next->prev.store(entry);
  entry->next.store(next);
  entry->prev.store(prev);
  prev->next.store(entry);
}

void list_del_entry(list_head* entry) {
  list_head* next = entry->next.load();
  list_head* prev = entry->prev.load();
  engine::require(next != list_poison1() && prev != list_poison2(), list_integrity,
                  "list_del corruption: the entry is on no list (LIST_POISON)");
  engine::require(is_followable(prev) && is_followable(next), list_integrity,
                  "list_del corruption: a neighbour is no list entry");
  engine::expect(list_integrity, next_agrees, as_word(next), as_word(entry));
  engine::expect(list_integrity, prev_agrees, as_word(prev), as_word(entry));
  next->prev.store(prev);
  prev->next.store(next);
}

} // namespace

list_head* list_poison1() { return as_list(0x100); }
list_head* list_poison2() { return as_list(0x122); }

// NOLINTNEXTLINE(readability-identifier-naming): the kernel's own name
void INIT_LIST_HEAD(list_head* list) {
  list->next.store(list);
  list->prev.store(list);
}

void list_add(list_head* entry, list_head* head) {
  list_head* next = head->next.load();
  engine::expect(list_integrity, entry_is_unlinked, as_word(entry));
  list_add_between(entry, head, next);
}

void list_add_tail(list_head* entry, list_head* head) {
  list_head* prev = head->prev.load();
  engine::expect(list_integrity, entry_is_unlinked, as_word(entry));
  list_add_between(entry, prev, head);
}

void list_del(list_head* entry) {
  list_del_entry(entry);
  entry->next.store(list_poison1());
  entry->prev.store(list_poison2());
}

void list_del_init(list_head* entry) {
  list_del_entry(entry);
  INIT_LIST_HEAD(entry);
}

void list_move(list_head* entry, list_head* head) {
  list_del_entry(entry);
  list_head* next = head->next.load();
  list_add_between(entry, head, next); // as in list_move_tail()
}

void list_move_tail(list_head* entry, list_head* head) {
  list_del_entry(entry);
  list_head* prev = head->prev.load();
  list_add_between(entry, prev, head); // the entry still has its old pointers, so it is not asked about them
}

bool list_empty(const list_head* head) { return head->next.load() == head; }

Page* lru_entry(list_head* entry) {
  return reinterpret_cast<Page*>(reinterpret_cast<char*>(entry) - offsetof(Page, lru));
}

Page* list_first_page(list_head* head) {
  list_head* first = head->next.load();
  return first == head ? nullptr : lru_entry(first);
}

Page* list_next_page(Page* page, list_head* head) {
  list_head* next = page->lru.next.load();
  return next == head ? nullptr : lru_entry(next);
}

list_head* own_list(list_head& list) {
  engine::expect(list_integrity, own_list_is_empty, as_word(&list));
  return &list;
}

bool list_contains(const list_head* head, const list_head* entry) {
  const list_head* at = head->next.load();
  for (unsigned walked = 0; walked <= max_pages && at != head && is_followable(at); ++walked) {
    if (at == entry) return true;
    at = at->next.load();
  }
  return false;
}

bool is_unlinked(const list_head* entry) {
  const list_head* next = entry->next.load();
  return next == nullptr || next == list_poison1() || next == entry;
}

bool is_consistent(const list_head* head) {
  const list_head* at = head;
  for (unsigned walked = 0; walked <= max_pages; ++walked) {
    const list_head* next = at->next.load();
    if (!is_followable(next) || next->prev.load() != at) return false;
    if (next == head) return true;
    at = next;
  }
  return false;
}

} // namespace gupcheck::kernel
