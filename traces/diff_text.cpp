// SPDX-License-Identifier: GPL-2.0-only
//
// Shows a diff as sdiff(1) does: both sides beside each other, and between them `|` where they differ, `<`
// and
// `>` where only one of them has a step.
#include "traces/diff.hpp"
#include "traces/lanes.hpp"
#include "traces/text.hpp"
#include "traces/wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gupcheck::traces {

namespace {

constexpr std::size_t context = 3;  // common steps shown around a difference
constexpr std::size_t longest = 40; // steps shown of what only one side has
constexpr std::size_t few = 8;      // of these beside each other at the end
constexpr std::size_t name_width = 24;

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string thread_name(const DiffSide& side, std::size_t step) {
  return clipped(side.trace.threads.at(side[step].move.thread), name_width);
}

// With the innermost `frames` functions.
std::string place(const Action& action, std::size_t frames) {
  const std::size_t skipped = action.stack.size() - std::min(action.stack.size(), frames);
  const std::string path =
      call_path({action.stack.begin() + static_cast<std::ptrdiff_t>(skipped), action.stack.end()});
  return fmt::format("at {}{}{}", words(action.where), path.empty() ? "" : " in ", path);
}

std::string ending_words(const DiffSide& side) {
  switch (side.ending) {
  case Ending::broken:
    return fmt::format("{} breaks: {}{}", side.trace.check, side.trace.message,
                       side.trace.cycle.empty() ? ""
                                                : fmt::format(" (the last {} for ever)",
                                                              counted(side.trace.cycle.size(), "step")));
  case Ending::finished: return "nothing breaks, every thread has finished";
  case Ending::stuck: return "nothing breaks, but no thread can move any more";
  case Ending::endless: return "nothing breaks, but the threads that are left go round for ever";
  case Ending::stopped: return "nothing has broken until then; not followed any further";
  }
  return {};
}

std::string side_words(const DiffSide& side) {
  const std::size_t alone = side.size() - std::min(side.size(), side.guided);
  std::string length = counted(side.size(), "step");
  if (side.guided != 0 && alone != 0) length += fmt::format(", {} of them after the schedule's end", alone);
  return fmt::format("{}: {}; {}", side.name, length, ending_words(side));
}

// Step `i` of a side as a sentence, or how the side ends instead.
std::string next_words(const DiffSide& side, std::optional<std::size_t> i) {
  if (!i) return ending_words(side);
  return fmt::format("{} does step {}, {}, {}", thread_name(side, *i), *i + 1, words(side[*i]),
                     place(side[*i].action, 3));
}

class Sheet {
public:
  Sheet(const TraceDiff& diff, const TextOptions& options)
      : diff_(diff), colour_(options.colour), columns_(options.columns), width_((options.columns - 3) / 2) {}

  void labelled(std::string_view label, std::string_view body, Style style = Style::plain) {
    constexpr std::size_t hang = 10;
    for (const std::string& line : wrap(body, columns_ - hang)) {
      out_ += styled(fmt::format("{:<{}}", label, hang), Style::strong, colour_) +
              styled(line, style, colour_) + '\n';
      label = "";
    }
  }
  void across(std::string_view what) {
    out_ += styled(fmt::format("{:-<{}}", fmt::format("----- {} ", what), columns_), Style::strong, colour_) +
            '\n';
  }
  void blank() { out_ += '\n'; }

  void pair(std::optional<std::size_t> a, std::optional<std::size_t> b, bool same) {
    const std::vector<std::string> left = cell(diff_.a, a, !same);
    const std::vector<std::string> right = cell(diff_.b, b, !same);
    const char* mark = same ? " " : !b ? "<" : !a ? ">" : "|";
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const std::string& in_a = i < left.size() ? left[i] : nothing_;
      const std::string& in_b = i < right.size() ? right[i] : nothing_;
      std::string line = fmt::format("{:<{}} {} {}", in_a, width_, i == 0 ? mark : " ", in_b);
      line.erase(line.find_last_not_of(' ') + 1);
      out_ += styled(line, same ? Style::faint : Style::plain, colour_) + '\n';
    }
  }

  // A step that the other side has nothing to set against, in one line if it fits.
  void alone(const DiffSide& side, std::size_t i) {
    std::string margin = fmt::format("{:>4}  ", i + 1);
    const std::string what =
        fmt::format("{}: {}, {}", thread_name(side, i), words(side[i]), place(side[i].action, 2));
    for (const std::string& line : wrap(what, columns_ - margin.size() - 2)) {
      out_ += margin + line + '\n';
      margin = std::string(8, ' ');
    }
  }

  std::string take() { return std::move(out_); }

private:
  // What a side does in a row: the step, and for a difference also where.
  std::vector<std::string> cell(const DiffSide& side, std::optional<std::size_t> i, bool with_place) const {
    std::vector<std::string> lines;
    if (!i) return lines;
    constexpr std::size_t indent = 6;
    std::string margin = fmt::format("{:>4}  ", *i + 1);
    const auto add = [&](const std::string& text) {
      for (const std::string& line : wrap(text, width_ - indent - 2)) {
        lines.push_back(margin + line);
        margin = std::string(indent + 2, ' ');
      }
    };
    add(fmt::format("{}: {}", thread_name(side, *i), words(side[*i])));
    if (with_place) add(place(side[*i].action, 2));
    return lines;
  }

  const TraceDiff& diff_;
  bool colour_;
  std::size_t columns_;
  std::size_t width_; // of a side
  std::string nothing_;
  std::string out_;
};

// The rows in stretches: common ones, and differences with both sides zipped.
class Body {
public:
  Body(const TraceDiff& diff, Sheet& sheet) : diff_(diff), sheet_(sheet) {}

  void show() {
    for (std::size_t begin = 0; begin < diff_.rows.size();) {
      std::size_t end = begin;
      const bool same = diff_.rows[begin].is_same();
      while (end < diff_.rows.size() && diff_.rows[end].is_same() == same &&
             (end == begin || end != diff_.parting))
        ++end;
      if (same) {
        common(begin, end);
      } else {
        if (begin == diff_.parting) sheet_.across("from here on they have nothing in common");
        difference(begin, end);
      }
      begin = end;
    }
    if (diff_.parting == diff_.rows.size()) sheet_.across("every step is common, what comes of it is not");
  }

private:
  void common(std::size_t begin, std::size_t end) {
    const std::size_t head = begin == 0 ? begin : std::min(begin + context, end);
    const std::size_t tail = end == diff_.rows.size() && diff_.parting != end
                                 ? head
                                 : std::max(head, end - std::min(end, context));
    for (std::size_t i = begin; i < head; ++i) sheet_.pair(diff_.rows[i].a, diff_.rows[i].b, true);
    if (tail - head > 1) sheet_.across(counted(tail - head, "common step"));
    for (std::size_t i = tail - head > 1 ? tail : head; i < end; ++i)
      sheet_.pair(diff_.rows[i].a, diff_.rows[i].b, true);
  }

  void difference(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> a;
    std::vector<std::size_t> b;
    for (std::size_t i = begin; i <= end; ++i) {
      // A step of both with other values is a line of its own.
      const bool both = i < end && diff_.rows[i].a && diff_.rows[i].b;
      if (i == end || both) zip(a, b, begin == diff_.parting);
      if (i == end) break;
      const DiffRow& row = diff_.rows[i];
      if (both) {
        sheet_.pair(row.a, row.b, false);
      } else if (row.a) {
        a.push_back(*row.a);
      } else {
        b.push_back(*row.b);
      }
    }
  }

  void zip(std::vector<std::size_t>& a, std::vector<std::size_t>& b, bool to_the_end) {
    const auto at = [](const std::vector<std::size_t>& steps, std::size_t i) {
      return i < steps.size() ? std::optional(steps[i]) : std::nullopt;
    };
    // At the end one side goes on long after the other; what it does then needs no column.
    const std::size_t rows =
        to_the_end ? std::max(std::min(a.size(), b.size()), few) : std::max(a.size(), b.size());
    for (std::size_t i = 0; i < std::min(rows, longest) && (i < a.size() || i < b.size()); ++i)
      sheet_.pair(at(a, i), at(b, i), false);
    go_on(diff_.a, a, std::min(rows, longest), "A");
    go_on(diff_.b, b, std::min(rows, longest), "B");
    a.clear();
    b.clear();
  }

  void go_on(const DiffSide& side, const std::vector<std::size_t>& steps, std::size_t shown,
             const char* name) {
    if (shown >= steps.size()) return;
    sheet_.across(fmt::format("{} goes on", name));
    const std::size_t end = std::min(steps.size(), shown + longest);
    for (std::size_t i = shown; i < end; ++i) sheet_.alone(side, steps[i]);
    if (end < steps.size()) sheet_.across(counted(steps.size() - end, "more step"));
  }

  const TraceDiff& diff_;
  Sheet& sheet_;
};

std::string first_words(const TraceDiff& diff) {
  const DiffRow& row = diff.rows[*diff.first];
  if (diff.schedules_part)
    return fmt::format("step {} of both: it is the schedule that parts, not the program. A: {}. B: {}.",
                       *diff.first + 1, next_words(diff.a, *diff.first), next_words(diff.b, *diff.first));
  if (row.a && row.b) {
    const StepDifference what = difference(diff.a[*row.a], diff.b[*row.b]);
    return fmt::format("step {}, {}: another {}. A: {}. B: {}.", *row.a + 1, next_words(diff.a, row.a),
                       words(what.part), what.a, what.b);
  }
  const auto on = [&](const DiffSide& side) {
    return *diff.first < side.size() ? std::optional(*diff.first) : std::nullopt;
  };
  return fmt::format("A: {}. B: {}.", next_words(diff.a, on(diff.a)), next_words(diff.b, on(diff.b)));
}

// What the thread that breaks the promise in A, or else any, does next after the ways have parted.
std::optional<std::size_t> next_step(const TraceDiff& diff, const DiffSide& side,
                                     std::optional<std::size_t> DiffRow::*of_side) {
  const unsigned thread = diff.a.size() == 0 ? 0 : diff.a[diff.a.size() - 1].move.thread;
  std::optional<std::size_t> any;
  for (std::size_t i = *diff.parting; i < diff.rows.size(); ++i) {
    const std::optional<std::size_t> step = diff.rows[i].*of_side;
    if (step && side[*step].move.thread == thread) return step;
    if (!any) any = step;
  }
  return any;
}

std::string parting_words(const TraceDiff& diff) {
  std::string after = "before the first step. ";
  if (*diff.parting != 0) {
    const DiffRow& last = diff.rows[*diff.parting - 1];
    const StepDifference what = difference(diff.a[*last.a], diff.b[*last.b]);
    after = fmt::format("after step {} of A, {} of B{}. ", *last.a + 1, *last.b + 1,
                        what.part == StepPart::nothing
                            ? ""
                            : fmt::format(" ({}, where A has the {} {}, B {})", words(diff.a[*last.a].action),
                                          words(what.part), what.a, what.b));
  }
  return fmt::format("{}Then in A: {}. In B: {}.", after,
                     next_words(diff.a, next_step(diff, diff.a, &DiffRow::a)),
                     next_words(diff.b, next_step(diff, diff.b, &DiffRow::b)));
}

} // namespace

std::string text(const TraceDiff& diff, const TextOptions& options) {
  Sheet sheet(diff, options);
  sheet.labelled("A", side_words(diff.a), Style::strong);
  sheet.labelled("B", side_words(diff.b), Style::strong);
  sheet.blank();
  if (diff.is_same()) {
    sheet.labelled("same", fmt::format("{}, and the same comes of it", counted(diff.a.size(), "step")));
    return sheet.take();
  }
  if (diff.first) sheet.labelled("differ", first_words(diff));
  if (diff.parting && diff.parting != diff.first) sheet.labelled("part", parting_words(diff));
  if (!diff.parting) sheet.labelled("part", "never: what differs makes no difference to what comes of it");
  sheet.blank();
  Body(diff, sheet).show();
  sheet.blank();
  sheet.labelled("A ends", ending_words(diff.a));
  sheet.labelled("B ends", ending_words(diff.b));
  return sheet.take();
}

} // namespace gupcheck::traces
