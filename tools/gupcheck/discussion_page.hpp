// SPDX-License-Identifier: GPL-2.0-only
//
// The discussion as one page: its tables, and behind each row the traces that it rests on. The page is made
// when all is known; what was added until then is all that it shows.
#pragma once

#include "checks/claims/claims.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace gupcheck::tools {

// A row of the table of spinning_columns.
std::array<std::string, 7> spinning_cells(const checks::Spinning& row);

class DiscussionPage {
public:
  void add(const checks::Answer& answer) { answers_.push_back(answer); }
  void add(const checks::Spinning& row) { spinning_.push_back(row); }

  // `note` is its last line.
  std::string html(const std::string& note) const;

private:
  std::vector<checks::Answer> answers_;
  std::vector<checks::Spinning> spinning_;
};

} // namespace gupcheck::tools
