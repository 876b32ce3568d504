// SPDX-License-Identifier: GPL-2.0-only
//
// Interposes glibc's malloc family. See heap_guard.hpp. Under a sanitizer, which brings its own malloc, the
// trap is off.
#include "model/engine/heap_guard.hpp"

#include <bit>
#include <cerrno>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GUPCHECK_HEAP_GUARD 0
#else
#define GUPCHECK_HEAP_GUARD 1
#endif

namespace gupcheck::engine {

namespace {
HeapTrap heap_trap = nullptr;
} // namespace

void set_heap_trap(HeapTrap trap) { heap_trap = trap; }

#if GUPCHECK_HEAP_GUARD
namespace {
inline void check_heap() {
  if (heap_trap != nullptr) [[unlikely]]
    heap_trap();
}
} // namespace
#endif

} // namespace gupcheck::engine

#if GUPCHECK_HEAP_GUARD
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void __libc_free(void* block);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  gupcheck::engine::check_heap();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  gupcheck::engine::check_heap();
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  gupcheck::engine::check_heap();
  return __libc_realloc(block, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  gupcheck::engine::check_heap();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  gupcheck::engine::check_heap();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
  gupcheck::engine::check_heap();
  if (alignment % sizeof(void*) != 0 || !std::has_single_bit(alignment)) return EINVAL;
  void* const made = __libc_memalign(alignment, size);
  if (made == nullptr) return ENOMEM;
  *block = made;
  return 0;
}
void free(void* block) {
  gupcheck::engine::check_heap();
  __libc_free(block);
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
#endif
