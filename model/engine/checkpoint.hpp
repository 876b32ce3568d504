// SPDX-License-Identifier: GPL-2.0-only
//
// The file that a checkpoint is: whole or not there, and refused unless it is what this build wrote.
//
// A writer makes FILE.tmp, and commit() puts it on the disk and in FILE's place. So at every moment, whatever
// ends the process, FILE is the checkpoint before or this one. The file starts with its length and checksums
// over all of it; a reader looks at them first, so that nobody ever has to make sense of bytes that were not
// written like this. Then come the build that wrote it, a request (bytes that mean something to whoever
// starts runs only), and whatever the run adds (checkpointer.hpp).
//
// Costs one pass over the file to write it and two to read it; a buffer of 1 MB.
#pragma once

#include "model/engine/byte_stream.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gupcheck::engine {

// One line that names the file and what is wrong with it, or with writing it.
class CheckpointError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

// Which executable this is: its bytes decide.
const std::string& this_build();

// What a run has to say to a run of its own that goes on: the bytes that were given to it. Throws
// CheckpointError for whatever is no checkpoint that this build can go on from.
std::string request_of_checkpoint(const std::string& path);

class CheckpointWriter {
public:
  // Throws CheckpointError, as the others do. `build` is for tests.
  CheckpointWriter(std::string path, std::string_view request, std::string_view build = this_build());
  ~CheckpointWriter(); // without commit(): nothing was written
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  void write(std::span<const std::byte> bytes);
  ByteSink sink() {
    return [this](std::span<const std::byte> bytes) { write(bytes); };
  }
  // All of it is on the disk and has taken the place of what there was. Returns its length.
  std::uint64_t commit();

private:
  struct Checksum;

  void flush();
  void write_out(std::span<const std::byte> bytes, std::uint64_t offset);
  [[noreturn]] void refuse(int error);

  std::string path_;   // as it was given: for messages
  std::string target_; // where a symbolic link leads to
  std::string temporary_;
  int descriptor_ = -1;
  std::vector<std::byte> buffer_;
  std::uint64_t written_ = 0;
  std::unique_ptr<Checksum> checksum_;
};

class CheckpointReader {
public:
  // Verifies all of it.
  explicit CheckpointReader(std::string path);
  ~CheckpointReader();
  CheckpointReader(const CheckpointReader&) = delete;
  CheckpointReader& operator=(const CheckpointReader&) = delete;

  const std::string& request() const { return request_; }

  // Fills all of it.
  void read(std::span<std::byte> bytes);
  ByteSource source() {
    return [this](std::span<std::byte> bytes) { read(bytes); };
  }
  std::uint64_t left() const { return end_ - at_; } // bytes
  // How many elements of this size follow: never more than there are bytes for.
  std::uint64_t length(std::size_t element_bytes);
  // Nothing may be left.
  void finish();
  // The file is no checkpoint for this run.
  [[noreturn]] void refuse(const std::string& reason) const;

private:
  void open();
  void verify();
  void fill(std::span<std::byte> bytes, std::uint64_t offset) const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t at_ = 0;
  std::uint64_t end_ = 0;
  std::vector<std::byte> buffer_;
  std::uint64_t buffer_begin_ = 0; // where in the file it is from
  std::string request_;
};

// Sequences: how many, then their bytes.
template <class T> void put_all(const ByteSink& sink, std::span<const T> values) {
  static_assert(std::has_unique_object_representations_v<T>, "padding has no value to write");
  put(sink, std::uint64_t{values.size()});
  sink(std::as_bytes(values));
}
inline void put_text(const ByteSink& sink, std::string_view text) {
  put_all(sink, std::span<const char>(text.data(), text.size()));
}
template <class T> std::vector<T> get_all(CheckpointReader& reader) {
  static_assert(std::has_unique_object_representations_v<T>);
  std::vector<T> values(reader.length(sizeof(T)));
  reader.read(std::as_writable_bytes(std::span(values)));
  return values;
}
inline std::string get_text(CheckpointReader& reader) {
  const std::vector<char> text = get_all<char>(reader);
  return {text.begin(), text.end()};
}

} // namespace gupcheck::engine
