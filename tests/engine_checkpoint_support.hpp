// SPDX-License-Identifier: GPL-2.0-only
//
// What the tests of checkpoints share: a folder of their own, runs that are stopped and gone on with, and
// what must be the same then.
#pragma once

#include "model/engine/checkpoint.hpp"
#include "tests/engine_reduction_support.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace gupcheck::engine::test {

namespace fs = std::filesystem;

class InOwnFolder : public testing::Test {
protected:
  InOwnFolder() {
    std::string name = (fs::temp_directory_path() / "gupcheck-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    folder_ = name;
  }
  ~InOwnFolder() override { fs::remove_all(folder_); }
  const std::string& folder() const { return folder_; }
  std::string file() const { return folder_ + "/checkpoint"; }

private:
  std::string folder_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// While it exists, a file may have only so many bytes: as on a disk that is full.
class LargestFile {
public:
  explicit LargestFile(std::uint64_t bytes) : ignored_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~LargestFile() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, ignored_);
  }
  LargestFile(const LargestFile&) = delete;
  LargestFile& operator=(const LargestFile&) = delete;

private:
  void (*ignored_)(int);
  rlimit before_{};
};

inline void expect_refused(const std::string& path, const std::string& reason) {
  try {
    request_of_checkpoint(path);
    ADD_FAILURE() << path << " is accepted";
  } catch (const CheckpointError& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(path + ": ")) << message;
    EXPECT_NE(message.find(reason), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

inline void expect_same(const Result& result, const Result& whole) {
  EXPECT_EQ(result.verdict, whole.verdict);
  EXPECT_EQ(result.stopped_by, whole.stopped_by);
  EXPECT_EQ(result.statistics.states, whole.statistics.states);
  EXPECT_EQ(result.statistics.transitions, whole.statistics.transitions);
  EXPECT_EQ(result.statistics.depth, whole.statistics.depth);
  EXPECT_EQ(result.statistics.local_states, whole.statistics.local_states);
  EXPECT_EQ(result.statistics.native_runs, whole.statistics.native_runs);
  EXPECT_EQ(result.statistics.restarts, whole.statistics.restarts);
  EXPECT_EQ(result.statistics.renamings, whole.statistics.renamings);
  EXPECT_EQ(result.statistics.why_not_all_renamings, whole.statistics.why_not_all_renamings);
  ASSERT_EQ(result.violation.has_value(), whole.violation.has_value());
  if (!result.violation) return;
  EXPECT_EQ(result.violation->check, whole.violation->check);
  EXPECT_EQ(result.violation->message, whole.violation->message);
  EXPECT_EQ(result.violation->stem, whole.violation->stem);
  EXPECT_EQ(result.violation->cycle, whole.violation->cycle);
  EXPECT_EQ(result.violation->shortest, whole.violation->shortest);
}

// The bytes of a checkpoint of a run that was stopped after so many states.
template <class S>
std::string checkpoint_of(const std::string& path, std::uint64_t states, Options options = {}) {
  options.max_states = states;
  options.checkpoints.file = path;
  EXPECT_EQ(explore_suite<S>(options).stopped_by, "max-states");
  return read_file(path);
}

// The same of one that is interrupted when there is a first one: a small file.
template <class S> std::string first_checkpoint_of(const std::string& path, Options options = {}) {
  std::atomic<bool> interrupted = false;
  options.interrupted = &interrupted;
  options.checkpoints = {.file = path, .interval = std::chrono::seconds(0)};
  options.checkpoints.written = [&](const CheckpointReport&) { interrupted = true; };
  EXPECT_EQ(explore_suite<S>(options).stopped_by, "interrupt");
  return read_file(path);
}

template <class S> Result resume_suite(const std::string& path, Options options = {}) {
  options.checkpoints = {.resume_from = path};
  return explore_suite<S>(options);
}

// Keeps every checkpoint of a run and goes on from each of them (from so many at the most): everything must
// come out as in one go, with one worker or two. Returns how many there were.
template <class S>
std::size_t expect_survives(const std::string& path, Options options, std::size_t most = 24) {
  options.jobs = 1;
  const Result whole = explore_suite<S>(options);
  std::vector<std::string> kept;
  options.checkpoints = {.file = path, .interval = std::chrono::seconds(0)};
  options.checkpoints.written = [&](const CheckpointReport&) {
    kept.push_back(path + "." + std::to_string(kept.size()));
    fs::copy_file(path, kept.back(), fs::copy_options::overwrite_existing);
  };
  expect_same(explore_suite<S>(options), whole);
  for (std::size_t i = 0; i < kept.size(); i += 1 + kept.size() / most) {
    SCOPED_TRACE("from checkpoint " + std::to_string(i));
    options.jobs = 3 - options.jobs;
    expect_same(resume_suite<S>(kept[i], options), whole);
  }
  return kept.size();
}

// Stops a run again and again, each time after so many more checkpoints, until it is done. Returns how often
// it went on.
template <class S> unsigned expect_survives_stops(const std::string& path, Options options, unsigned rounds) {
  const Result whole = explore_suite<S>(options);
  std::atomic<bool> interrupted = false;
  options.interrupted = &interrupted;
  for (unsigned resumed = 0;; ++resumed) {
    // More each time: whoever is stopped after the last checkpoint goes on from the same one again.
    unsigned left = rounds + resumed;
    interrupted = false;
    options.jobs = 3 - options.jobs;
    options.checkpoints = {.file = path, .interval = std::chrono::seconds(0)};
    if (resumed != 0) options.checkpoints.resume_from = path;
    options.checkpoints.written = [&](const CheckpointReport&) { interrupted = --left == 0 || interrupted; };
    const Result result = explore_suite<S>(options);
    if (result.stopped_by == "interrupt") continue;
    expect_same(result, whole);
    return resumed;
  }
}

} // namespace gupcheck::engine::test
