// SPDX-License-Identifier: GPL-2.0-only
//
// include/linux/list.h: circular doubly linked lists with real pointers, so that corruption is real.
//
// Every access to next or prev is one visible step, in the order of the kernel's text. CONFIG_DEBUG_LIST's
// conditions ride on the first store of an operation (the last state before anything is modified), and one
// more that the kernel cannot test: an entry that is added must not be linked anywhere. Breaking one of them
// breaks the promise list-integrity.
//
// An entry that is off every list has next == LIST_POISON1 (after list_del), next == nullptr (never linked)
// or points to itself (after list_del_init).
#pragma once

#include "model/engine/shared.hpp"

#include <cstddef>

namespace gupcheck::kernel {

struct list_head { // NOLINT(readability-identifier-naming): the kernel's own name
  engine::var<list_head*> next;
  engine::var<list_head*> prev;
};

list_head* list_poison1(); // the kernel's LIST_POISON1: where next of a deleted entry points
list_head* list_poison2();

// Two stores. A task's own lists (task.hpp) are initialised when the system boots.
void INIT_LIST_HEAD(list_head* list); // NOLINT(readability-identifier-naming): the kernel's own name

void list_add(list_head* entry, list_head* head);      // after the head: first
void list_add_tail(list_head* entry, list_head* head); // before the head: last
void list_del(list_head* entry);                       // poisons the entry
void list_del_init(list_head* entry);
void list_move(list_head* entry, list_head* head);
void list_move_tail(list_head* entry, list_head* head);
bool list_empty(const list_head* head); // one step

struct Page;
// list_entry(entry, struct page, lru)
Page* lru_entry(list_head* entry);
// list_first_entry_or_null(): one step.
Page* list_first_page(list_head* head);
// The page after `page` on the list, or null when it was the last: one step.
Page* list_next_page(Page* page, list_head* head);

// For expectations, pictures and after(): direct mode only, and safe on lists that are corrupt.
// Whether `entry` is found by walking `head`; whether it is off every list; whether all neighbours agree.
bool list_contains(const list_head* head, const list_head* entry);
bool is_unlinked(const list_head* entry);
bool is_consistent(const list_head* head);

} // namespace gupcheck::kernel
