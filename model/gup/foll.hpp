// SPDX-License-Identifier: GPL-2.0-only
//
// The FOLL_* flags of get_user_pages() that matter on the longterm path, with their values in 6.1.
#pragma once

namespace gupcheck::gup {

// NOLINTBEGIN(readability-identifier-naming): the kernel's own names
inline constexpr unsigned FOLL_WRITE = 0x01;
inline constexpr unsigned FOLL_GET = 0x04;         // an ordinary reference, dropped with put_page()
inline constexpr unsigned FOLL_LONGTERM = 0x10000; // the pin may be held for ever: not in movable memory
inline constexpr unsigned FOLL_PIN = 0x40000;      // for DMA: GUP_PIN_COUNTING_BIAS references at once
// NOLINTEND(readability-identifier-naming)

} // namespace gupcheck::gup
