// SPDX-License-Identifier: GPL-2.0-only
//
// Catches malloc and operator new inside a model thread: what they return would be state that no snapshot
// holds. malloc is interposed for the whole process; outside native runs it is libc's own.
#pragma once

namespace gupcheck::engine {

// Called at each allocation and release; null to switch the trap off. It returns to let the call through.
using HeapTrap = void (*)();
void set_heap_trap(HeapTrap trap);

} // namespace gupcheck::engine
