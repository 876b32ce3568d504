// SPDX-License-Identifier: GPL-2.0-only
//
// From the numbers of a search back to schedules and states. See search.hpp.
#include "model/engine/search_worker.hpp"

#include <algorithm>

namespace gupcheck::engine {

std::vector<Move> Search::path_to(std::uint32_t state) const {
  std::vector<Move> transactions;
  for (; state != 0; state = numbering_->origin(state).from)
    transactions.push_back(numbering_->origin(state).move);
  std::reverse(transactions.begin(), transactions.end());
  return transactions;
}

std::vector<Move> Search::steps_of(const std::vector<Move>& transactions, std::uint32_t last_steps) {
  Expander& expander = workers_[0]->expander;
  std::vector<std::uint64_t>& record = workers_[0]->record;
  make_initial(record.data());
  std::vector<Move> steps;
  for (std::size_t i = 0; i < transactions.size(); ++i)
    expander.follow(record.data(), transactions[i],
                    i + 1 == transactions.size() ? last_steps : Expander::max_transaction, steps);
  return steps;
}

std::vector<std::uint64_t> Search::record_of(const std::vector<Move>& transactions) {
  steps_of(transactions);
  return workers_[0]->record;
}

std::optional<std::uint32_t> Search::number_of_orbit(unsigned worker, const std::uint64_t* record) {
  const auto handle = visited_.find(workers_[worker]->expander.fingerprint(record));
  if (!handle) return std::nullopt;
  return numbering_->final(visited_.number(*handle));
}

std::vector<Move> Search::schedule_of_finding() {
  std::vector<Move> transactions = path_to(static_cast<std::uint32_t>(finding_->number));
  if (finding_->last) transactions.push_back(*finding_->last);
  std::vector<Move> steps =
      steps_of(transactions, finding_->last ? finding_->steps : Expander::max_transaction);
  for (Move& step : steps) step.thread = finding_->renaming[step.thread];
  return steps;
}

} // namespace gupcheck::engine
