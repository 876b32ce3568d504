// SPDX-License-Identifier: GPL-2.0-only
//
// Pages as files: whole, and with nothing in them that a trace could do harm with. What a browser makes of
// them is tested in tests/html/.
#include "tests/traces_samples.hpp"
#include "traces/excerpts.hpp"
#include "traces/html.hpp"
#include "traces/html_files.hpp"
#include "traces/json.hpp"
#include "traces/narration.hpp"
#include "traces/text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace gupcheck {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// What is between the first `begin` and the next `end`.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "nothing";
  const std::size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

std::size_t count(const std::string& text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

constexpr std::string_view data_begins = R"(<script type="application/json" id="data">)";

nlohmann::json data_of(const std::string& page) {
  return nlohmann::json::parse(between(page, data_begins, "</script>"));
}

TEST(Html, EmbedsItsFilesByteForByte) {
  const fs::path folder = fs::path(GUPCHECK_SOURCE_ROOT) / "traces/html";
  EXPECT_EQ(traces::page_html, content(folder / "page.html"));
  EXPECT_EQ(traces::page_css, content(folder / "page.css"));
  std::string scripts;
  for (const char* name : {"dom", "model", "sheet", "arrows", "panel", "view", "report", "page"})
    scripts += content(folder / (std::string(name) + ".js"));
  EXPECT_EQ(traces::page_js, scripts);
  EXPECT_EQ(traces::page_js_hash.size(), 44U);
}

TEST(Html, HoldsTheTraceAndWhatTheTextSays) {
  for (const traces::Counterexample& trace : {tests::sample(), tests::sample_with_cycle()}) {
    const std::string page = traces::html(trace);
    const nlohmann::json view = data_of(page)["view"];
    EXPECT_EQ(traces::from_json(view["trace"].dump(), "x"), trace);
    const std::vector<traces::Row> rows = traces::narrate(trace, true);
    ASSERT_EQ(view["derived"]["steps"].size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      EXPECT_EQ(view["derived"]["steps"][i]["line"], rows[i].line);
    EXPECT_EQ(count(page, "<script"), 2U);
    EXPECT_EQ(count(page, "{{"), 0U);
  }
}

TEST(Html, NothingInATraceBecomesMarkup) {
  const std::string evil = "</script><script>alert(1)</script><!-- <img src=x> & {{data}} </noscript></pre>";
  traces::Counterexample trace = tests::sample();
  trace.check = trace.message = trace.explanation = trace.subject.scenario = trace.threads[0] = evil;
  trace.stem[0].action.location = trace.stem[0].action.stack[1] = trace.initial[0].state = evil;
  const std::string page = traces::html(trace);
  const std::string ours = traces::html(tests::sample());
  for (const char* markup : {"<script", "</script", "<!--", "<img", "</noscript", "</pre", "</title"})
    EXPECT_EQ(count(page, markup), count(ours, markup)) << markup;
  EXPECT_EQ(traces::from_json(data_of(page)["view"]["trace"].dump(), "x"), trace);
}

TEST(Html, SurvivesATraceWithoutSteps) {
  traces::Counterexample trace;
  trace.check = "assertion";
  EXPECT_EQ(data_of(traces::html(trace))["view"]["derived"]["where"], "before the first step");
}

TEST(Html, SaysThatNothingIsBroken) {
  traces::Counterexample trace = tests::sample();
  EXPECT_NE(data_of(traces::html(trace))["view"]["derived"]["where"], "");
  trace.check = trace.message = trace.explanation = "";
  const std::string page = traces::html(trace);
  EXPECT_EQ(data_of(page)["view"]["derived"]["where"], "");
  EXPECT_TRUE(between(page, "<title>", "</title>").starts_with("nothing broken: "));
}

TEST(Html, RefusesWhatIsTooLongForAPage) {
  traces::Counterexample trace = tests::sample();
  trace.stem.resize(traces::max_html_steps + 1, trace.stem[0]);
  EXPECT_THROW(traces::html(trace), std::runtime_error);
}

class Sources : public testing::Test {
public:
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

protected:
  Sources() : place_(fs::path(testing::TempDir()) / "gupcheck-excerpts") {
    fs::remove_all(place_);
    fs::create_directories(place_ / "root/model");
    write("root/model/a.cpp");
    write("secret.cpp");
  }
  ~Sources() override { fs::remove_all(place_); }

  void write(const std::string& name) const {
    std::ofstream file(place_ / name);
    for (int line = 1; line <= 20; ++line) file << "line " << line << "\t\x1b" << '\n';
  }

  traces::Excerpts of(const std::string& name, std::uint32_t line = 10) const {
    traces::Counterexample trace = tests::sample();
    trace.stem.resize(1);
    trace.pending.clear();
    trace.stem[0].action.where = {.file = name, .line = line, .function = "f"};
    EXPECT_EQ(traces::has_sources(trace, place_ / "root"),
              line > 20 || !traces::excerpts(trace, place_ / "root").empty());
    return traces::excerpts(trace, place_ / "root");
  }

  fs::path place_;
};

TEST_F(Sources, AreTheLinesAroundEachStep) {
  const traces::Excerpts found = of("model/a.cpp");
  ASSERT_EQ(found.count("model/a.cpp"), 1U);
  EXPECT_EQ(found.at("model/a.cpp").size(), 7U);
  EXPECT_EQ(found.at("model/a.cpp").at(7), "line 7");
  EXPECT_EQ(of("model/a.cpp", 1).at("model/a.cpp").size(), 4U);
  EXPECT_EQ(of("model/a.cpp", 20).at("model/a.cpp").size(), 4U);
  EXPECT_TRUE(of("model/a.cpp", 21).empty());
}

TEST_F(Sources, NeverLeaveTheirRoot) {
  EXPECT_TRUE(of("../secret.cpp").empty());
  EXPECT_TRUE(of("model/../../secret.cpp").empty());
  EXPECT_TRUE(of("model/../model/a.cpp").empty());
  EXPECT_TRUE(of((place_ / "secret.cpp").string()).empty());
  fs::create_symlink(place_ / "secret.cpp", place_ / "root/link.cpp");
  EXPECT_TRUE(of("link.cpp").empty());
  fs::create_symlink(place_, place_ / "root/out");
  EXPECT_TRUE(of("out/secret.cpp").empty());
}

TEST_F(Sources, AreRegularSourceFilesOfModerateSize) {
  write("root/password");
  EXPECT_TRUE(of("password").empty());
  EXPECT_TRUE(of("").empty());
  EXPECT_TRUE(of("none.cpp").empty());
  fs::create_directories(place_ / "root/folder.cpp");
  EXPECT_TRUE(of("folder.cpp").empty());
  fs::resize_file(place_ / "root/model/a.cpp", traces::max_source_bytes + 1);
  EXPECT_TRUE(of("model/a.cpp").empty());
}

} // namespace
} // namespace gupcheck
