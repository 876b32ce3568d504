// SPDX-License-Identifier: GPL-2.0-only
//
// Results as JUnit XML, which CI systems show as tests.
#include "tools/gupcheck/report.hpp"
#include "traces/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::tools {

namespace {

using engine::Verdict;

// Text as XML, with the characters that XML 1.0 cannot hold replaced.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    case '\n':
    case '\t': out += c; break;
    default: out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

std::ptrdiff_t count(const RunResult& result, Verdict verdict) {
  return std::count_if(result.checks.begin(), result.checks.end(),
                       [verdict](const CheckResult& check) { return check.verdict == verdict; });
}

std::string test_case(const CheckResult& check, const std::string& suite, const std::string& stopped_by) {
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(suite), escaped(check.name));
  switch (check.verdict) {
  case Verdict::broken:
    return fmt::format("{}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", head,
                       escaped(check.message), check.trace ? escaped(traces::text(*check.trace)) : "");
  case Verdict::incomplete:
    return fmt::format("{}>\n      <skipped message=\"no verdict: {}\"/>\n    </testcase>\n", head,
                       escaped(stopped_by));
  case Verdict::holds: break;
  }
  return head + "/>\n";
}

} // namespace

std::string report_junit(const std::vector<RunResult>& results) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const RunResult& result : results) {
    const std::string suite = words(result.request);
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
                       "time=\"{:.3f}\">\n",
                       escaped(suite), result.checks.size(), count(result, Verdict::broken),
                       count(result, Verdict::incomplete), result.statistics.seconds);
    for (const CheckResult& check : result.checks) out += test_case(check, suite, result.stopped_by);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

} // namespace gupcheck::tools
