// SPDX-License-Identifier: GPL-2.0-only
//
// Mappings on huge pages, and how they grow. See mapping.hpp.
#include "model/engine/mapping.hpp"

#include <cstdint>
#include <new>
#include <sys/mman.h>

namespace gupcheck::engine {

namespace {

// Huge pages need an aligned address, and so does moving them whole: what is before and behind is given back.
std::byte* map_aligned(std::size_t bytes) {
  const std::size_t slack = bytes < Mapping::huge_page ? 0 : Mapping::huge_page;
  void* block = mmap(nullptr, bytes + slack, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) throw std::bad_alloc();
  auto* start = static_cast<std::byte*>(block);
  if (slack == 0) return start;
  const std::size_t past = reinterpret_cast<std::uintptr_t>(start) % Mapping::huge_page;
  const std::size_t before = past == 0 ? 0 : Mapping::huge_page - past;
  if (before != 0) munmap(start, before);
  munmap(start + before + bytes, slack - before);
  madvise(start + before, bytes, MADV_HUGEPAGE); // refused where the kernel has none: slower, no more
  return start + before;
}

} // namespace

Mapping::Mapping(std::size_t bytes) : data_(map_aligned(rounded(bytes))), bytes_(rounded(bytes)) {}

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

void Mapping::grow(std::size_t bytes) {
  const std::size_t new_bytes = rounded(bytes);
  if (new_bytes <= bytes_) return;
  std::byte* target = map_aligned(new_bytes);
  if (mremap(data_, bytes_, new_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, target) == MAP_FAILED) {
    munmap(target, new_bytes);
    throw std::bad_alloc();
  }
  data_ = target;
  bytes_ = new_bytes;
  if (new_bytes >= huge_page) madvise(target, new_bytes, MADV_HUGEPAGE);
}

} // namespace gupcheck::engine
