// SPDX-License-Identifier: GPL-2.0-only
//
// mm/memory.c and mm/gup.c: page faults on anonymous memory, called with mmap_lock held for reading.
#pragma once

#include "model/kernel/mm.hpp"

namespace gupcheck::kernel {

// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
using vm_fault_t = std::uint32_t;
inline constexpr vm_fault_t VM_FAULT_OOM = 0x1;
// NOLINTEND(readability-identifier-naming)

// Makes one step towards a present pte: maps a new page where there is none, waits where there is a migration
// entry, does nothing more where the page is present. 0, or VM_FAULT_OOM.
vm_fault_t handle_mm_fault(MmStruct& mm, unsigned long address);

// For GUP: 0 (look at the pte again) or -ENOMEM.
int faultin_page(MmStruct& mm, unsigned long address);

} // namespace gupcheck::kernel
