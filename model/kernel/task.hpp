// SPDX-License-Identifier: GPL-2.0-only
//
// What belongs to one task, or to the CPU that it runs on: the suite's PerThread block.
//
// The kernel keeps LIST_HEADs on the stack; here they live in this block, because other threads reach them
// through the entries (and do so when a list is corrupt). A suite that needs more derives from Task.
#pragma once

#include "model/engine/arena.hpp"
#include "model/engine/suite.hpp"
#include "model/kernel/folio_batch.hpp"
#include "model/kernel/list.hpp"

namespace gupcheck::kernel {

struct Task {
  FolioBatch lru_add; // of this task's CPU
  // Initialised once: a function that uses one leaves it empty, else own_list() breaks list-integrity (in the
  // kernel the entries would point into a dead stack frame).
  list_head movable_page_list; // LIST_HEAD(movable_page_list) of longterm GUP, pagelist of move_pages(2)
  list_head folio_list;        // reclaim's private list
  // Where readers see this block: its own address, or the self window for the thread whose block it is. What
  // compares pointers from lists with heads in blocks (direct mode only) must go through it.
  engine::var<Task*> here;
};

// The calling thread's own block; that of the k-th CPU counted from the one it runs on (0: its own), since a
// task may run on any; that of the task on CPU `cpu`, in direct mode. No visible steps.
inline Task& current() { return *reinterpret_cast<Task*>(engine::Arena::self_window); }
inline Task& task_at(unsigned k) {
  return *reinterpret_cast<Task*>(engine::Arena::windows + k * engine::Arena::max_block);
}
inline Task& task_on(unsigned cpu) { return *reinterpret_cast<Task*>(engine::arena().block(cpu)); }

// current->flags. Nobody but the task itself touches it, so it is no visible step.
inline constexpr unsigned PF_MEMALLOC_PIN = 0x1; // NOLINT(readability-identifier-naming): the kernel's name
inline unsigned& current_flags() { return engine::private_state<unsigned>(); }

// LIST_HEAD(name): an own list to start with. No visible step of its own; the next step checks that the list
// is empty.
list_head* own_list(list_head& list);

} // namespace gupcheck::kernel
