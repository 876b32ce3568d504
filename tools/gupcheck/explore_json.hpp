// SPDX-License-Identifier: GPL-2.0-only
//
// What `gupcheck explore` answers at a pipe, as JSON; docs/explore.md says what the members mean.
#pragma once

#include "tools/gupcheck/explore_command.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace gupcheck::tools {

nlohmann::ordered_json json_of(const ExploreReply& reply, const ExploreSession& session);
nlohmann::ordered_json json_of_error(std::string_view message);

} // namespace gupcheck::tools
