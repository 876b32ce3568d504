// SPDX-License-Identifier: GPL-2.0-only
//
// See checkpoint.hpp. Numbers are as the machine has them: a checkpoint belongs to the build that wrote it.
#include "model/engine/checkpoint.hpp"

#include "model/engine/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gupcheck::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;
constexpr std::array<char, 16> magic{'g', 'u', 'p', 'c', 'h', 'e', 'c', 'k', ' ', 'r', 'u', 'n', '\n'};
// To be raised whenever what the file holds, or what it means, changes; builds differ then anyway, but this
// is what the reader can tell of.
constexpr std::uint64_t format_version = 2;

struct Header {
  std::array<char, 16> magic{};
  std::uint64_t version = 0;
  std::uint64_t bytes = 0;           // of the file
  std::uint64_t checksum = 0;        // of all that follows the header
  std::uint64_t header_checksum = 0; // of what comes before it
};
static_assert(std::has_unique_object_representations_v<Header>);

std::uint64_t header_checksum(const Header& header) {
  return XXH3_64bits(&header, offsetof(Header, header_checksum));
}

std::string message_of(int error) { return std::generic_category().message(error); }

bool is_regular(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string make_build() {
  std::string build;
  const int descriptor = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw CheckpointError("cannot tell which build of gupcheck this is: " + message_of(errno));
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  std::vector<std::byte> buffer(buffer_bytes);
  ssize_t got = 0;
  while ((got = ::read(descriptor, buffer.data(), buffer.size())) > 0)
    XXH3_128bits_update(&state, buffer.data(), static_cast<std::size_t>(got));
  const int error = got < 0 ? errno : 0;
  ::close(descriptor);
  if (error != 0) throw CheckpointError("cannot tell which build of gupcheck this is: " + message_of(error));
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&state));
  for (const unsigned char byte : canonical.digest)
    for (const unsigned digit : {byte / 16U, byte % 16U}) build += "0123456789abcdef"[digit];
  return build;
}

} // namespace

const std::string& this_build() {
  static const std::string build = make_build();
  return build;
}

std::string request_of_checkpoint(const std::string& path) { return CheckpointReader(path).request(); }

// --- writing ---------------------------------------------------------------------------------------------

struct CheckpointWriter::Checksum {
  Checksum() { XXH3_64bits_reset(&state); }
  XXH3_state_t state;
};

CheckpointWriter::CheckpointWriter(std::string path, std::string_view request, std::string_view build)
    : path_(std::move(path)), target_(path_), checksum_(std::make_unique<Checksum>()) {
  std::error_code ignored;
  if (const fs::path target = fs::weakly_canonical(path_, ignored); !target.empty())
    target_ = target.string();
  // Renaming over a device would replace it.
  if (fs::exists(target_, ignored) && !is_regular(target_))
    throw CheckpointError(path_ + ": is no regular file, so no checkpoint can take its place");
  temporary_ = target_ + ".tmp";
  // What a process that was killed has left; and nobody's symbolic link is followed.
  ::unlink(temporary_.c_str());
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) refuse(errno);
  buffer_.reserve(buffer_bytes);
  written_ = sizeof(Header); // which comes last, when everything is known
  put_text(sink(), build);
  put_text(sink(), request);
}

CheckpointWriter::~CheckpointWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void CheckpointWriter::refuse(int error) {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
    descriptor_ = -1;
  }
  throw CheckpointError(path_ + ": the checkpoint cannot be written: " + message_of(error));
}

void CheckpointWriter::write(std::span<const std::byte> bytes) {
  if (buffer_.size() + bytes.size() > buffer_bytes) flush();
  if (bytes.size() < buffer_bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return;
  }
  XXH3_64bits_update(&checksum_->state, bytes.data(), bytes.size());
  write_out(bytes, written_);
  written_ += bytes.size();
}

void CheckpointWriter::flush() {
  XXH3_64bits_update(&checksum_->state, buffer_.data(), buffer_.size());
  write_out(buffer_, written_);
  written_ += buffer_.size();
  buffer_.clear();
}

void CheckpointWriter::write_out(std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse(errno);
    if (written == 0) refuse(ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

std::uint64_t CheckpointWriter::commit() {
  flush();
  Header header{.magic = magic,
                .version = format_version,
                .bytes = written_,
                .checksum = XXH3_64bits_digest(&checksum_->state)};
  header.header_checksum = header_checksum(header);
  write_out(std::as_bytes(std::span(&header, 1)), 0);
  if (::fsync(descriptor_) != 0) refuse(errno);
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0 || ::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary_.c_str());
    refuse(error);
  }
  // The new name, too, has to outlive the machine. Some file systems cannot do this for directories; there
  // the file is as safe as it gets.
  const fs::path parent = fs::path(target_).parent_path();
  const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    const int error = ::fsync(directory) != 0 ? errno : 0;
    ::close(directory);
    if (error == EIO || error == ENOSPC || error == EDQUOT) refuse(error);
  }
  return written_;
}

// --- reading ---------------------------------------------------------------------------------------------

CheckpointReader::CheckpointReader(std::string path) : path_(std::move(path)) {
  open();
  try {
    verify();
    if (get_text(*this) != this_build())
      refuse("was written by another build of gupcheck; go on with that one");
    request_ = get_text(*this);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

CheckpointReader::~CheckpointReader() { ::close(descriptor_); }

void CheckpointReader::refuse(const std::string& reason) const {
  throw CheckpointError(path_ + ": " + reason);
}

void CheckpointReader::open() {
  // A pipe without a writer would keep open() waiting.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) refuse("cannot be read: " + message_of(errno));
  struct stat status = {};
  const int error = ::fstat(descriptor_, &status) != 0 ? errno : 0;
  if (error == 0 && S_ISREG(status.st_mode)) {
    end_ = static_cast<std::uint64_t>(status.st_size);
    return;
  }
  ::close(std::exchange(descriptor_, -1));
  refuse(error != 0                ? "cannot be read: " + message_of(error)
         : S_ISDIR(status.st_mode) ? "is a directory, not a checkpoint"
                                   : "is no regular file, so no checkpoint");
}

void CheckpointReader::verify() {
  Header header;
  if (end_ == 0) refuse("is empty, so no checkpoint");
  const std::uint64_t size = end_;
  const auto begins = static_cast<std::size_t>(std::min<std::uint64_t>(size, sizeof header));
  fill(std::as_writable_bytes(std::span(&header, 1)).first(begins), 0);
  if (begins < sizeof magic || header.magic != magic) refuse("is no checkpoint of gupcheck");
  const auto refuse_length = [&](std::uint64_t announced) {
    refuse((size < announced ? "was cut off: " : "has been added to: ") + std::to_string(size) +
           " bytes instead of " + std::to_string(announced));
  };
  if (begins < sizeof header)
    refuse("was cut off within its first " + std::to_string(sizeof header) + " bytes");
  if (header.header_checksum != header_checksum(header))
    refuse("is damaged: the checksum of its header is wrong");
  if (header.version != format_version)
    refuse("has the format " + std::to_string(header.version) + "; this build of gupcheck has " +
           std::to_string(format_version));
  if (header.bytes != size) refuse_length(header.bytes);
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  std::vector<std::byte> bytes(buffer_bytes);
  for (std::uint64_t at = sizeof header; at < size;) {
    const auto some =
        std::span(bytes).first(static_cast<std::size_t>(std::min<std::uint64_t>(size - at, bytes.size())));
    fill(some, at);
    XXH3_64bits_update(&state, some.data(), some.size());
    at += some.size();
  }
  if (XXH3_64bits_digest(&state) != header.checksum) refuse("is damaged: its checksum is wrong");
  at_ = sizeof header;
}

void CheckpointReader::fill(std::span<std::byte> bytes, std::uint64_t offset) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse("cannot be read: " + message_of(errno));
    if (got == 0) refuse("has become shorter while it was read");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

void CheckpointReader::read(std::span<std::byte> bytes) {
  if (bytes.size() > left()) refuse("holds something else than a run: it ends too early");
  while (!bytes.empty()) {
    if (at_ < buffer_begin_ || at_ >= buffer_begin_ + buffer_.size()) {
      buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left(), buffer_bytes)));
      fill(buffer_, at_);
      buffer_begin_ = at_;
    }
    const auto from = std::span(buffer_).subspan(static_cast<std::size_t>(at_ - buffer_begin_));
    const std::size_t some = std::min(from.size(), bytes.size());
    std::copy_n(from.begin(), some, bytes.begin());
    bytes = bytes.subspan(some);
    at_ += some;
  }
}

std::uint64_t CheckpointReader::length(std::size_t element_bytes) {
  const auto elements = get<std::uint64_t>(source());
  if (elements > left() / element_bytes)
    refuse("holds something else than a run: a length is beyond its end");
  return elements;
}

void CheckpointReader::finish() {
  if (left() != 0)
    refuse("holds something else than a run: " + std::to_string(left()) + " bytes are left over");
}

} // namespace gupcheck::engine
