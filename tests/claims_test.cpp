// SPDX-License-Identifier: GPL-2.0-only
//
// The answers to the discussion against what history made of it: every claim has a verdict, it rests on what
// the claim is about, and it is the one that fixes, reverts and later mails gave. Message 12 version by
// version.
#include "tests/scenarios_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace gupcheck::tests {

namespace {

using checks::ClaimVerdict;
using checks::Evidence;
using engine::Verdict;

// By message and, where one message has more than one claim, the version of the loop that it is about.
struct Record {
  const char* message;
  const char* kernel;
  ClaimVerdict verdict;
  const char* because;
};

const std::vector<Record> history{
    {"patch", "seed-v1", ClaimVerdict::refuted, "f0f4463837da makes it an error"},
    {"1, 4", "seed-v1", ClaimVerdict::confirmed, "the second posting asks in GUP-fast too"},
    {"6", "seed-v1", ClaimVerdict::refuted, "message 11"},
    {"8", "seed-v1", ClaimVerdict::refuted, "message 11"},
    {"11", "seed-v1", ClaimVerdict::confirmed, "true up to 5.10 by the lock, since 5.11 by the atomic test"},
    {"12", "seed-v1", ClaimVerdict::refuted, "message 14; true from 6e7f34ebb8d2 on"},
    {"13", "seed-v1", ClaimVerdict::confirmed, "the second posting asks for the zone"},
    {"13", "v2-and", ClaimVerdict::refuted, "message 16, agreed to in message 20"},
    {"14", "seed-v1", ClaimVerdict::confirmed, "which is the bug that 6e7f34ebb8d2 mends"},
    {"15", "seed-v1", ClaimVerdict::confirmed, "6e7f34ebb8d2"},
    {"16", "v2", ClaimVerdict::confirmed, "the test that was merged, refined since"},
    {"later", "6.1.0", ClaimVerdict::confirmed, "aa1e6a932ca6"},
    {"later", "1aaf8c", ClaimVerdict::confirmed, "517f496e1e61 tells of two callers that race"},
};

const Record* record_of(const checks::Claim& claim) {
  const auto found = std::find_if(history.begin(), history.end(), [&claim](const Record& record) {
    return claim.message == record.message && claim.predictions.at(0).parameters.kernel == record.kernel;
  });
  return found == history.end() ? nullptr : &*found;
}

engine::Options quick() {
  engine::Options options;
  options.timeout = std::chrono::seconds(100);
  return options;
}

// A promise that breaks must be one of those asked about: a crash of the model proves no claim.
void expect_sound(const Evidence& evidence) {
  const checks::Prediction& asked = evidence.prediction;
  const std::string about = asked.scenario + " " + asked.parameters.kernel;
  ASSERT_NE(evidence.result.verdict, Verdict::incomplete) << about;
  EXPECT_EQ(evidence.result.verdict == Verdict::broken, evidence.trace.has_value()) << about;
  if (evidence.result.verdict == Verdict::holds) return;
  const std::string& broken = evidence.result.violation.value().check;
  EXPECT_NE(std::find(asked.promises.begin(), asked.promises.end(), broken), asked.promises.end())
      << about << ": " << broken;
  EXPECT_EQ(evidence.trace->check, broken) << about;
}

TEST(Claims, AreThoseThatHistoryJudged) {
  std::vector<const Record*> judged;
  for (const checks::Claim& claim : checks::claims()) {
    ASSERT_FALSE(claim.predictions.empty()) << claim.message;
    judged.push_back(record_of(claim));
    EXPECT_NE(judged.back(), nullptr) << claim.message << ": " << claim.words;
  }
  for (const Record& record : history)
    EXPECT_EQ(std::count(judged.begin(), judged.end(), &record), 1) << record.message << " " << record.kernel;
}

TEST(Claims, HaveHistorysVerdict) {
  checks::Explorations explorations(quick());
  for (const checks::Claim& claim : checks::claims()) {
    const checks::Answer answer = checks::answer(claim, explorations);
    const Record* const record = record_of(claim);
    ASSERT_NE(record, nullptr) << claim.message;
    EXPECT_EQ(answer.verdict, record->verdict) << claim.message << ": " << record->because;
    for (const Evidence& evidence : answer.evidence) expect_sound(evidence);
    EXPECT_EQ(answer.evidence.back().came_true(), answer.verdict == ClaimVerdict::confirmed) << claim.message;
    if (answer.verdict == ClaimVerdict::confirmed) {
      EXPECT_EQ(answer.evidence.size(), claim.predictions.size()) << claim.message;
    }
  }
}

// What an interrupted run says is no verdict.
TEST(Claims, AreIncompleteWhenARunIs) {
  engine::Options options = quick();
  options.max_states = 1;
  checks::Explorations explorations(options);
  for (const checks::Claim& claim : checks::claims())
    EXPECT_NE(checks::answer(claim, explorations).verdict, ClaimVerdict::confirmed) << claim.message;
}

// The promise that a run breaks, or "ends".
std::string end_of(const Evidence& evidence) {
  if (evidence.result.violation) return evidence.result.violation->check;
  return evidence.result.verdict == Verdict::holds ? "ends" : "incomplete";
}

struct Ends {
  std::string unfair, weak, strong, fifo, off_lru;
  bool operator==(const Ends&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Ends& ends) {
  return out << ends.unfair << ", " << ends.weak << ", " << ends.strong << ", " << ends.fifo << ", "
             << ends.off_lru;
}

// Message 14 tells it of the patch: who cannot isolate goes on, and so returns a page that is never on the
// LRU. Others repeat until nobody is in their way. 6.1.0 has broken its lists by then (aa1e6a932ca6).
const Ends never_repeats{"ends", "ends", "ends", "ends", "pin-placement"};
const Ends repeats{"starvation", "starvation", "ends", "ends", "livelock"};
const Ends corrupts{"list-integrity", "list-integrity", "list-integrity", "list-integrity", "vm-bug-on"};

const std::map<std::string, Ends> spinning_on_record{
    {"cma-5.10", never_repeats}, {"seed-v1", never_repeats}, {"v2", never_repeats},     {"5.13", repeats},
    {"6.1.0", corrupts},         {"6.1.13", repeats},        {"1aaf8c", never_repeats}, {"517f496", repeats},
};

class Spinning : public testing::TestWithParam<std::string> {};

TEST_P(Spinning, IsAsMessage12And14Say) {
  checks::Explorations explorations(quick());
  const checks::Spinning row = checks::spinning(GetParam(), explorations);
  EXPECT_EQ(row.kernel, GetParam());
  const Ends ends{end_of(row.unfair), end_of(row.weak), end_of(row.strong), end_of(row.fifo),
                  end_of(row.off_lru)};
  EXPECT_EQ(ends, spinning_on_record.at(GetParam()));
  for (const Evidence* evidence : {&row.unfair, &row.weak, &row.strong, &row.fifo, &row.off_lru}) {
    expect_sound(*evidence);
    const std::string end = end_of(*evidence);
    if (end == engine::livelock.name || end == engine::starvation.name) {
      EXPECT_FALSE(evidence->result.violation->cycle.empty());
    }
  }
}

std::vector<std::string> kernels_on_record() {
  std::vector<std::string> kernels;
  kernels.reserve(spinning_on_record.size());
  for (const auto& [kernel, ends] : spinning_on_record) kernels.push_back(kernel);
  return kernels;
}
INSTANTIATE_TEST_SUITE_P(OnRecord, Spinning, testing::ValuesIn(kernels_on_record()),
                         [](const auto& test) { return as_test_name(test.param); });

TEST(SpinningTable, HasEveryVersionOnRecord) {
  const std::vector<std::string> kernels = checks::spinning_kernels();
  for (const auto& [kernel, ends] : spinning_on_record)
    EXPECT_EQ(std::count(kernels.begin(), kernels.end(), kernel), 1) << kernel;
}

} // namespace

} // namespace gupcheck::tests
