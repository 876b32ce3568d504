// SPDX-License-Identifier: GPL-2.0-only
//
// Slots of an unnamed file. See spill_file.hpp.
#include "model/engine/spill_file.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/types.h>
#include <system_error>
#include <unistd.h>

namespace gupcheck::engine {

namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

int open_unnamed(const std::string& directory) {
  const int file = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  // What kernels and file systems say that do not know O_TMPFILE: it looks like opening a directory to write.
  if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) {
    std::string name = directory + "/gupcheck-spill-XXXXXX";
    const int named = mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) {
      unlink(name.c_str());
      return named;
    }
  }
  throw std::runtime_error("cannot spill to " + directory + ": " + text_of(errno));
}

std::uint64_t checksum_of(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

// All of it or an errno; 0 is success.
template <class Transfer> int transfer_all(std::size_t bytes, Transfer transfer) {
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t count = transfer(done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return EIO; // the file is shorter than it was
    done += static_cast<std::size_t>(count);
  }
  return 0;
}

} // namespace

SpillFile::SpillFile(std::string directory, std::size_t slot_bytes)
    : directory_(std::move(directory)), slot_bytes_(slot_bytes), file_(open_unnamed(directory_)) {}

SpillFile::~SpillFile() { close(file_); }

void SpillFile::check_directory(const std::string& directory) { close(open_unnamed(directory)); }

std::optional<SpillFile::Slot> SpillFile::write(std::span<const std::byte> bytes, std::string& reason) {
  const Slot slot{take_number(), bytes.size(), checksum_of(bytes)};
  const auto at = static_cast<off_t>(slot.number * slot_bytes_);
  const int error = transfer_all(bytes.size(), [&](std::size_t done) {
    return pwrite(file_, bytes.data() + done, bytes.size() - done, at + static_cast<off_t>(done));
  });
  if (error == 0) return slot;
  release(slot);
  reason = "cannot spill to " + directory_ + ": " + text_of(error);
  return std::nullopt;
}

bool SpillFile::read(const Slot& slot, std::span<std::byte> to, std::string& reason) const {
  const auto at = static_cast<off_t>(slot.number * slot_bytes_);
  const int error = transfer_all(slot.bytes, [&](std::size_t done) {
    return pread(file_, to.data() + done, slot.bytes - done, at + static_cast<off_t>(done));
  });
  if (error != 0) {
    reason = "cannot read back what was spilled to " + directory_ + ": " + text_of(error);
  } else if (checksum_of(to.first(slot.bytes)) != slot.checksum) {
    reason = "cannot read back what was spilled to " + directory_ + ": it has changed";
  } else {
    return true;
  }
  return false;
}

std::uint64_t SpillFile::take_number() {
  const std::lock_guard lock(mutex_);
  ++used_;
  if (free_.empty()) return slots_++;
  const std::uint64_t number = free_.top();
  free_.pop();
  return number;
}

void SpillFile::release(const Slot& slot) {
  // First: as soon as the slot is free another thread may write to it.
  fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(slot.number * slot_bytes_),
            static_cast<off_t>(slot_bytes_));
  const std::lock_guard lock(mutex_);
  free_.push(slot.number);
  --used_;
}

std::uint64_t SpillFile::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_ * slot_bytes_;
}

} // namespace gupcheck::engine
