// SPDX-License-Identifier: GPL-2.0-only
//
// Writes through a temporary file in the same directory, then renames.
#include "tools/gupcheck/output.hpp"

#include "tools/gupcheck/status.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace gupcheck::tools {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, int error) {
  throw UsageError(fmt::format("{}: cannot be written: {}", path, std::generic_category().message(error)));
}

// 0 or what went wrong.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

// Devices and pipes are written as they are: renaming over /dev/full would replace the device.
bool is_special(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

fs::path directory_of(const fs::path& file) {
  const fs::path parent = file.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

// Where a symbolic link leads, so that the link stays one.
fs::path resolved(const fs::path& path) {
  constexpr int most_links = 40; // as Linux follows
  std::error_code error;
  fs::path target = fs::absolute(path, error);
  if (error) return path;
  for (int i = 0; fs::is_symlink(fs::symlink_status(target, error)); ++i) {
    if (i == most_links) refuse(path.string(), ELOOP);
    target = target.parent_path() / fs::read_symlink(target, error);
  }
  const fs::path canonical = fs::weakly_canonical(target, error);
  return error ? target : canonical;
}

void write_special(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) refuse(path, error);
}

void write_regular(const std::string& path, std::string_view text) {
  const fs::path target = resolved(path);
  std::string temporary = target.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  // mkostemp() makes it private; a result is as readable as any other file.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  int error = ::fchmod(descriptor, 0666 & ~mask) != 0 ? errno : 0;
  if (error == 0) error = write_all(descriptor, text);
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(temporary.c_str());
  refuse(path, error);
}

} // namespace

void write_output(const std::string& path, std::string_view text) {
  if (path == "-") {
    if (const int error = write_all(STDOUT_FILENO, text); error != 0) refuse("stdout", error);
  } else if (is_special(path)) {
    write_special(path, text);
  } else {
    write_regular(path, text);
  }
}

bool is_same_file(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty() || one == "-" || other == "-" || is_special(one)) return false;
  std::error_code ignored;
  return fs::equivalent(one, other, ignored) || resolved(one) == resolved(other);
}

void require_writable(const std::string& path) {
  if (path == "-" || is_special(path)) return;
  std::error_code ignored;
  if (path.empty()) throw UsageError("an empty name of an output file");
  if (fs::is_directory(path, ignored)) refuse(path, EISDIR);
  const fs::path directory = directory_of(resolved(path));
  if (!fs::is_directory(directory, ignored)) refuse(path, ENOENT);
  if (::access(directory.c_str(), W_OK | X_OK) != 0) refuse(path, errno);
}

void require_directory(const std::string& path) {
  std::error_code error;
  if (path.empty()) throw UsageError("an empty name of a directory");
  fs::create_directories(path, error);
  if (error) refuse(path, error.value());
  if (!fs::is_directory(path, error)) refuse(path, ENOTDIR);
  if (::access(path.c_str(), W_OK | X_OK) != 0) refuse(path, errno);
}

namespace {
// A terminal that takes escape sequences.
bool is_terminal(int descriptor) {
  const char* const term = std::getenv("TERM");
  return ::isatty(descriptor) != 0 && term != nullptr && std::string_view(term) != "dumb";
}
} // namespace

bool colour_on_stdout() { return is_terminal(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr; }
bool stderr_is_terminal() { return is_terminal(STDERR_FILENO); }

} // namespace gupcheck::tools
