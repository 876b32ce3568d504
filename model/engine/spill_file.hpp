// SPDX-License-Identifier: GPL-2.0-only
//
// An unnamed temporary file of equal slots, for what does not fit into memory. It vanishes with the process,
// however that ends. A slot that is released gives its disk space back at once, where the file system can do
// that (best effort), and is used again, the first one first: the file does not grow for ever.
//
// Any thread may write and read; two do so at the same time. What is read back is what was written, by a
// checksum. (A process that has a file size limit must ignore SIGXFSZ to see it as an error here.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <vector>

namespace gupcheck::engine {

class SpillFile {
public:
  // Both throw std::runtime_error, "cannot spill to DIRECTORY: REASON", when no file can be made there.
  SpillFile(std::string directory, std::size_t slot_bytes);
  static void check_directory(const std::string& directory);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  struct Slot {
    std::uint64_t number;
    std::uint64_t bytes;
    std::uint64_t checksum;
  };
  // Nothing, and a reason, when it cannot be done; then the file is as before.
  std::optional<Slot> write(std::span<const std::byte> bytes, std::string& reason);
  bool read(const Slot& slot, std::span<std::byte> to, std::string& reason) const;
  void release(const Slot& slot);

  std::uint64_t used_bytes() const; // whole slots

private:
  std::uint64_t take_number();

  std::string directory_;
  std::size_t slot_bytes_;
  int file_;
  mutable std::mutex mutex_;
  std::uint64_t slots_ = 0; // that the file has
  std::uint64_t used_ = 0;  // of them
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> free_;
};

} // namespace gupcheck::engine
