// SPDX-License-Identifier: GPL-2.0-only
//
// See trace_files.hpp.
#include "tools/gupcheck/trace_files.hpp"

#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/status.hpp"
#include "traces/excerpts.hpp"
#include "traces/json.hpp"
#include "traces/steps.hpp"
#include "traces/text.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <system_error>

namespace gupcheck::tools {

void write_trace_files(const std::string& stem, const traces::Counterexample& trace) {
  write_output(stem + ".json", traces::to_json(trace));
  write_output(stem + ".txt", traces::text(trace));
  if (traces::Steps(trace).size() <= traces::max_html_steps) {
    write_output(stem + ".html", traces::html(trace, html_options(trace)));
  } else {
    spdlog::warn("{}.html: left out, the trace is too long for a page", stem);
  }
}

traces::HtmlOptions html_options(const traces::Counterexample& trace) {
  return {.source_root = traces::has_sources(trace, ".") ? "." : GUPCHECK_SOURCE_ROOT};
}

traces::HtmlOptions html_options(const std::string& source) {
  if (source.empty()) return {.source_root = GUPCHECK_SOURCE_ROOT};
  std::error_code error;
  if (!std::filesystem::is_directory(source, error))
    throw UsageError(fmt::format("--source {}: is not a directory", source));
  return {.source_root = source};
}

} // namespace gupcheck::tools
