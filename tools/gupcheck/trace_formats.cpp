// SPDX-License-Identifier: GPL-2.0-only
//
// The table of formats.
#include "tools/gupcheck/trace_formats.hpp"

#include "tools/gupcheck/suggest.hpp"
#include "tools/gupcheck/trace_files.hpp"
#include "traces/dot.hpp"
#include "traces/html.hpp"
#include "traces/itf.hpp"
#include "traces/json.hpp"
#include "traces/litmus.hpp"
#include "traces/perfetto.hpp"
#include "traces/text.hpp"

#include <algorithm>
#include <array>

namespace gupcheck::tools {

namespace {

using traces::Counterexample;
using Options = FormatOptions;

// clang-format off
constexpr std::array formats{
    TraceFormat{"text", "for a mail: a lane for each thread", true,
                [](const Counterexample& trace, const Options& options) {
                  return traces::text(trace, {.colour = options.colour, .unfold = options.unfold});
                }},
    TraceFormat{"json", "all of it, as `trace replay` reads it", true,
                [](const Counterexample& trace, const Options&) { return traces::to_json(trace); }},
    TraceFormat{"html", "a page to step through, one file without network", false,
                [](const Counterexample& trace, const Options& options) {
                  return traces::html(trace, html_options(options.source));
                }},
    TraceFormat{"dot", "a graph for Graphviz: dot -Tsvg", false,
                [](const Counterexample& trace, const Options& options) {
                  return traces::dot(trace, {.unfold = options.unfold});
                }},
    TraceFormat{"perfetto", "a timeline for ui.perfetto.dev and chrome://tracing", false,
                [](const Counterexample& trace, const Options&) { return traces::perfetto(trace); }},
    TraceFormat{"itf", "states for the tools of Apalache, TLA+ and Quint", false,
                [](const Counterexample& trace, const Options&) { return traces::itf(trace); }},
    TraceFormat{"litmus", "the skeleton of a litmus test for herd7 and the kernel's memory model", false,
                [](const Counterexample& trace, const Options& options) {
                  return traces::litmus(trace, {.unfold = options.unfold, .max_steps = options.max_steps});
                }},
};
// clang-format on

} // namespace

std::span<const TraceFormat> trace_formats() { return formats; }

std::vector<std::string> format_names(bool on_terminal) {
  std::vector<std::string> names;
  for (const TraceFormat& format : formats)
    if (format.on_terminal || !on_terminal) names.emplace_back(format.name);
  return names;
}

const TraceFormat& format_named(const std::string& name, bool on_terminal) {
  require_known("--format", name, format_names(on_terminal));
  return *std::find_if(formats.begin(), formats.end(),
                       [&](const TraceFormat& format) { return format.name == name; });
}

} // namespace gupcheck::tools
