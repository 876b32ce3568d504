// SPDX-License-Identifier: GPL-2.0-only
//
// Reads lines, bounded, and answers each. See explore_pipe.hpp.
#include "tools/gupcheck/explore_pipe.hpp"

#include "tools/gupcheck/explore_json.hpp"
#include "tools/gupcheck/interrupt.hpp"
#include "tools/gupcheck/output.hpp"
#include "tools/gupcheck/progress.hpp"
#include "tools/gupcheck/status.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace gupcheck::tools {

namespace {

constexpr std::size_t longest_line = 4096;
constexpr int look_every_ms = 250; // for SIGTERM between two commands

struct Line {
  enum class Kind { whole, too_long, cut, ended };
  Kind kind = Kind::ended;
  std::string text;
};

class LineReader {
public:
  // Waits for it. A line that is too long is read to its end and forgotten.
  Line next() {
    Line line;
    bool too_long = false;
    for (;;) {
      if (used_ == size_ && !read_more()) {
        line.kind = line.text.empty() && !too_long ? Line::Kind::ended : Line::Kind::cut;
        return line;
      }
      const char byte = buffer_.at(used_++);
      if (byte == '\n') {
        line.kind = too_long ? Line::Kind::too_long : Line::Kind::whole;
        if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
        return line;
      }
      too_long = too_long || line.text.size() == longest_line;
      if (!too_long) line.text += byte;
    }
  }

private:
  // False at the end of the input, or when the process was told to end.
  bool read_more() {
    for (;;) {
      if (told_to_end()) return false;
      pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
      const int ready = ::poll(&input, 1, look_every_ms);
      if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
      const ssize_t got = ready < 0 ? ready : ::read(STDIN_FILENO, buffer_.data(), buffer_.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) throw UsageError("stdin: cannot be read: " + std::generic_category().message(errno));
      used_ = 0;
      size_ = static_cast<std::size_t>(got);
      return got != 0;
    }
  }

  std::array<char, 4096> buffer_{};
  std::size_t used_ = 0;
  std::size_t size_ = 0;
};

void answer(const nlohmann::ordered_json& json) {
  print(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

} // namespace

void explore_at_pipe(ExploreSession& session) {
  ProgressLine progress("looking for a broken promise");
  session.set_progress(progress.callback());
  LineReader reader;
  for (;;) {
    const Line line = reader.next();
    if (line.kind == Line::Kind::ended || told_to_end()) return;
    forget_interrupts();
    try {
      if (line.kind == Line::Kind::too_long)
        throw UsageError("a line of more than " + std::to_string(longest_line) + " bytes is no command");
      if (line.kind == Line::Kind::cut) throw UsageError("the input ends in the middle of a command");
      const ExploreCommand command = parse_command(line.text);
      const ExploreReply reply = execute(session, command);
      progress.erase();
      answer(json_of(reply, session));
      if (command.kind == ExploreCommand::Kind::quit) return;
    } catch (const std::runtime_error& error) {
      progress.erase();
      answer(json_of_error(error.what()));
    }
  }
}

} // namespace gupcheck::tools
