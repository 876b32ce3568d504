// SPDX-License-Identifier: GPL-2.0-only
//
// Runs that survive: whatever stops one, whoever goes on from its checkpoint comes to the same verdict,
// counts and schedule; and whatever is not a checkpoint of this run is refused, with the reason.
#include "tests/engine_checkpoint_support.hpp"

using namespace gupcheck::engine;
using namespace gupcheck::engine::test;

namespace {

// Three that are alike, with a block each, a lock, and something to wait for.
struct Workshop : Suite<Workshop, 3> {
  struct PerThread {
    var<unsigned> done;
  };
  spinlock lock;
  var<unsigned> stock;
  atomic<unsigned> turns;
  void thread(unsigned) {
    for (unsigned i = 0; i < 2; ++i) {
      lock.lock();
      stock.store((stock.load() + 1) % 5);
      lock.unlock();
      self<Workshop>().done.store(i + 1);
      turns.add(1);
    }
  }
};

// What is used without care is on a path that a look depth first does not come to: the search has to start
// again when it has done much.
struct Surprise : Suite<Surprise, 2> {
  atomic<unsigned> sums[2];
  var<unsigned> careless;
  void thread(unsigned index) {
    const unsigned way = index == 0 ? choose(4) : 0;
    for (unsigned i = 0; i < 50; ++i) sums[index].add(way + 1);
    if (index == 0 && way == 1) {
      careless.store(1);
      careless.store(2);
    } else if (index == 1) {
      careless.load();
    }
    for (unsigned i = 0; i < 3; ++i) sums[0].add(1);
  }
};

// The same with a look at a neighbour: rotations are what is left of symmetry then.
struct LateNeighbour : Suite<LateNeighbour, 3> {
  struct PerThread {
    atomic<unsigned> flag;
  };
  atomic<unsigned> sum;
  void thread(unsigned) {
    const unsigned way = choose(4);
    for (unsigned i = 0; i < 7; ++i) sum.add(way + 1);
    if (way == 1) {
      self<LateNeighbour>().flag.store(1);
      peer<LateNeighbour>(1).flag.load();
    }
  }
};

struct WrongAtTheEnd : Suite<WrongAtTheEnd, 3> {
  atomic<unsigned> sum;
  void thread(unsigned) {
    for (unsigned i = 0; i < 4; ++i) sum.store(sum.load() + 1);
  }
  void after() { require(sum.load() != 2, assertion, "all but two are lost"); }
};

// Goes round for ever.
struct Waits : Suite<Waits, 3> {
  atomic<unsigned> turn;
  atomic<unsigned> rounds[3];
  void thread(unsigned index) {
    for (unsigned i = 0; i < 3; ++i) rounds[index].add(1);
    while (turn.load() == 0) {
    }
  }
};

class EngineCheckpoint : public InOwnFolder {};

} // namespace

TEST_F(EngineCheckpoint, SurvivesInEveryWay) {
  for (unsigned bits = 0; bits < 8; ++bits)
    for (const bool cycles : {false, true}) {
      Options options = cycles ? Options() : no_cycles();
      options.transactions = options.sleep_sets = (bits & 1U) != 0;
      options.symmetry = (bits & 2U) != 0;
      options.quotient = (bits & 4U) != 0;
      SCOPED_TRACE(testing::Message() << "bits " << bits << (cycles ? ", with" : ", without") << " cycles");
      EXPECT_GT(expect_survives<Workshop>(file(), options), 3U);
    }
}

TEST_F(EngineCheckpoint, SurvivesRestarts) {
  const Result whole = explore_suite<Surprise>(no_cycles());
  EXPECT_GT(whole.statistics.restarts, 0U);
  EXPECT_GT(expect_survives<Surprise>(file(), no_cycles()), 3U);
  EXPECT_GT(expect_survives<Surprise>(file(), {}), 3U);
  EXPECT_GT(expect_survives_stops<Surprise>(file(), no_cycles(), 20), 3U);
  EXPECT_GT(expect_survives_stops<Surprise>(file(), {}, 30), 3U);
}

TEST_F(EngineCheckpoint, SurvivesWhenFewerRenamingsAreLeft) {
  const Result whole = explore_suite<LateNeighbour>(no_cycles());
  EXPECT_EQ(whole.statistics.renamings, Renamings::rotations);
  EXPECT_GT(whole.statistics.restarts, 0U);
  EXPECT_GT(expect_survives<LateNeighbour>(file(), no_cycles()), 3U);
  EXPECT_GT(expect_survives_stops<LateNeighbour>(file(), no_cycles(), 5), 3U);
}

TEST_F(EngineCheckpoint, SurvivesToACounterexample) {
  EXPECT_GT(expect_survives<WrongAtTheEnd>(file(), no_cycles()), 3U);
  EXPECT_GT(expect_survives<WrongAtTheEnd>(file(), unreduced()), 3U);
  EXPECT_GT(expect_survives_stops<WrongAtTheEnd>(file(), {}, 1), 3U);
}

TEST_F(EngineCheckpoint, SurvivesToAnEndlessRun) {
  EXPECT_GT(expect_survives<Waits>(file(), {}), 3U);
  EXPECT_GT(expect_survives<Waits>(file(), unreduced()), 3U);
  EXPECT_GT(expect_survives_stops<Waits>(file(), unreduced(), 2), 3U);
}

// In the middle of a level, too: there is none here when the level is done.
TEST_F(EngineCheckpoint, SurvivesAnyLimit) {
  const Options base = unreduced(no_cycles());
  const Result whole = explore_suite<Surprise>(base);
  for (std::uint64_t states = 4000; states < whole.statistics.states; states += 1777) {
    SCOPED_TRACE(states);
    Options options = base;
    options.jobs = 2;
    checkpoint_of<Surprise>(file(), states, options);
    options.jobs = static_cast<unsigned>(1 + states % 2);
    expect_same(resume_suite<Surprise>(file(), options), whole);
  }
}

// Writing takes no more than a twentieth of the time.
TEST_F(EngineCheckpoint, TheIntervalBecomesLonger) {
  Options options = unreduced(no_cycles());
  options.checkpoints.file = file();
  options.checkpoints.interval = std::chrono::nanoseconds(1);
  unsigned written = 0;
  double interval = 1e-9;
  options.checkpoints.written = [&](const CheckpointReport& report) {
    EXPECT_EQ(report.lengthened, report.seconds > 0.05 * interval);
    interval = report.next_interval;
    EXPECT_GE(report.next_interval, 19.99 * report.seconds);
    ++written;
  };
  EXPECT_EQ(explore_suite<Surprise>(options).verdict, Verdict::holds);
  EXPECT_GT(written, 0U);
}

TEST_F(EngineCheckpoint, IsWrittenWhenTheRunIsInterrupted) {
  Options options = unreduced(no_cycles());
  const Result whole = explore_suite<Surprise>(options);
  std::atomic<bool> interrupted = false;
  options.interrupted = &interrupted;
  options.checkpoints.file = file();
  options.checkpoints.interval = std::chrono::seconds(0);
  unsigned written = 0;
  options.checkpoints.written = [&](const CheckpointReport&) {
    ++written;
    interrupted = true;
  };
  const Result stopped = explore_suite<Surprise>(options);
  EXPECT_EQ(stopped.verdict, Verdict::incomplete);
  EXPECT_EQ(stopped.stopped_by, "interrupt");
  EXPECT_EQ(written, 2U); // when it was time, and when it stopped
  interrupted = false;
  options.checkpoints = {.resume_from = file()};
  const Result result = explore_suite<Surprise>(options);
  expect_same(result, whole);
  EXPECT_GT(result.statistics.seconds, stopped.statistics.seconds * 0.5);
  EXPECT_GE(result.statistics.peak_memory_bytes, stopped.statistics.peak_memory_bytes / 2);
}

TEST_F(EngineCheckpoint, ADamagedOneIsRefused) {
  const std::string good = first_checkpoint_of<Waits>(file());
  ASSERT_GT(good.size(), 500U);
  const std::string bad = file() + ".bad";
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << at % 8);
    write_file(bad, bytes);
    expect_refused(bad, "");
    if (at % 997 == 0) {
      EXPECT_THROW(resume_suite<Waits>(bad), CheckpointError) << at;
    }
  }
  for (std::size_t size = 0; size < good.size(); size += 1 + (size > 200 ? 13 : 0)) {
    write_file(bad, good.substr(0, size));
    expect_refused(bad, size == 0 ? "is empty" : size < 16 ? "no checkpoint" : "was cut off");
  }
  write_file(bad, good + '\0');
  expect_refused(bad, "has been added to");
}

// Whole, but not a run: what is behind the checksum is looked at, too.
TEST_F(EngineCheckpoint, OneThatEndsTooEarlyIsRefused) {
  first_checkpoint_of<Waits>(file());
  std::vector<std::byte> payload;
  {
    CheckpointReader reader(file());
    payload.resize(reader.left());
    reader.read(payload);
  }
  const std::string bad = file() + ".bad";
  const auto expect_no_run = [&](std::span<const std::byte> bytes) {
    CheckpointWriter writer(bad, "");
    writer.write(bytes);
    writer.commit();
    EXPECT_THROW(resume_suite<Waits>(bad), CheckpointError) << bytes.size();
  };
  for (std::size_t size = 0; size < payload.size(); size += 1 + payload.size() / 300)
    expect_no_run(std::span(payload).first(size));
  payload.push_back({});
  expect_no_run(payload);
}

TEST_F(EngineCheckpoint, WhatIsNoneIsRefused) {
  expect_refused(file(), "No such file");
  expect_refused(folder(), "is a directory");
  expect_refused("/dev/null", "no regular file");
  write_file(file(), "a letter, and certainly no checkpoint of anything at all");
  expect_refused(file(), "no checkpoint of gupcheck");
  if (geteuid() != 0) {
    fs::permissions(file(), fs::perms::none);
    expect_refused(file(), "Permission denied");
  }
}

TEST_F(EngineCheckpoint, OneOfAnotherBuildIsRefused) {
  EXPECT_EQ(this_build().size(), 32U);
  CheckpointWriter(file(), "the request").commit();
  EXPECT_EQ(request_of_checkpoint(file()), "the request");
  std::string other = this_build();
  other[3] = other[3] == '0' ? '1' : '0';
  CheckpointWriter(file(), "the request", other).commit();
  expect_refused(file(), "another build");
}

TEST_F(EngineCheckpoint, OneOfAnotherRunIsRefused) {
  first_checkpoint_of<Waits>(file());
  EXPECT_THROW(resume_suite<Workshop>(file()), CheckpointError);
  for (const auto& change : std::vector<std::function<void(Options&)>>{
           [](Options& options) { options.symmetry = false; },
           [](Options& options) { options.quotient = false; },
           [](Options& options) { options.locks = Locks::fifo; },
           [](Options& options) { options.fairness = Fairness::weak; },
           [](Options& options) { options.without = {"livelock"}; },
           [](Options& options) { options.order = SearchOrder::dfs; },
           [](Options& options) { options.executor = Executor::raw; }}) {
    Options options;
    change(options);
    EXPECT_THROW(resume_suite<Waits>(file(), options), CheckpointError);
  }
  EXPECT_EQ(resume_suite<Waits>(file()).verdict, Verdict::broken);
}

TEST_F(EngineCheckpoint, AFullDiskLeavesTheLastGoodOne) {
  const Result whole = explore_suite<Surprise>(unreduced(no_cycles()));
  const std::string good = checkpoint_of<Surprise>(file(), 4000, unreduced(no_cycles()));
  Options options = unreduced(no_cycles());
  options.max_states = 9000;
  options.checkpoints.file = options.checkpoints.resume_from = file();
  {
    const LargestFile full(good.size());
    const Result stopped = explore_suite<Surprise>(options);
    EXPECT_EQ(stopped.verdict, Verdict::incomplete);
    EXPECT_NE(stopped.stopped_by.find(file()), std::string::npos) << stopped.stopped_by;
    EXPECT_NE(stopped.stopped_by.find("File too large"), std::string::npos) << stopped.stopped_by;
  }
  EXPECT_EQ(read_file(file()), good);
  EXPECT_FALSE(fs::exists(file() + ".tmp"));
  expect_same(resume_suite<Surprise>(file(), unreduced(no_cycles())), whole);
}

TEST_F(EngineCheckpoint, NothingTakesThePlaceOfWhatIsNoFile) {
  for (const std::string& place : {std::string("/dev/full"), folder(), folder() + "/none/file"}) {
    Options options = unreduced(no_cycles());
    options.checkpoints.file = place;
    options.checkpoints.interval = std::chrono::seconds(0);
    const Result result = explore_suite<Surprise>(options);
    EXPECT_EQ(result.verdict, Verdict::incomplete);
    EXPECT_NE(result.stopped_by.find(place), std::string::npos) << result.stopped_by;
    EXPECT_FALSE(fs::exists(place + ".tmp"));
  }
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

// What a process that was killed has left is no obstacle, and a link stays one.
TEST_F(EngineCheckpoint, TakesThePlaceOfWhatWasLeft) {
  write_file(file(), "something");
  write_file(file() + ".tmp", "half a checkpoint");
  const std::string link = file() + ".link";
  fs::create_symlink(file(), link);
  CheckpointWriter(link, "first").commit();
  { const CheckpointWriter not_committed(link, "second"); }
  EXPECT_EQ(request_of_checkpoint(file()), "first");
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_FALSE(fs::exists(file() + ".tmp"));
}
