// SPDX-License-Identifier: GPL-2.0-only
//
// The claims as predictions. See claims.hpp.
#include "checks/claims/claims.hpp"

#include "checks/pin_placement.hpp"
#include "model/history/history.hpp"
#include "model/kernel/promises.hpp"

namespace gupcheck::checks {

namespace {

using engine::Fairness;
using engine::Verdict;

const std::string the_patch = history::seed_v1.id;

// `scenario` under `kernel`, with so many threads and pages.
struct Run {
  const char* scenario;
  std::string kernel;
  unsigned threads;
  unsigned pages;
  kernel::Mutant mutant = kernel::Mutant::none;
};

Prediction predict(const Run& run, std::vector<std::string> promises, Verdict verdict,
                   Fairness fairness = Fairness::strong, engine::Locks locks = engine::Locks::unfair) {
  return {
      .scenario = run.scenario,
      .parameters = {.kernel = run.kernel, .threads = run.threads, .pages = run.pages, .mutant = run.mutant},
      .promises = std::move(promises),
      .verdict = verdict,
      .fairness = fairness,
      .locks = locks};
}

Prediction holds(const Run& run, const engine::Check& promise) {
  return predict(run, {promise.name}, Verdict::holds);
}
Prediction breaks(const Run& run, const engine::Check& promise) {
  return predict(run, {promise.name}, Verdict::broken);
}

} // namespace

std::vector<Claim> claims() {
  const engine::Check& placement = pin_placement;
  const engine::Check& lists = kernel::list_integrity;
  return {
      {"patch",
       "Tatashin",
       "when migration fails, get_user_pages without migration is acceptable",
       {holds({"pin-alloc-failure", the_patch, 1, 1}, placement),
        holds({"pin-vs-reference", the_patch, 2, 1}, placement)}},
      {"1, 4",
       "Gunthorpe, Tatashin",
       "GUP-fast needs the same test: the patch leaves it out, v2 has it",
       {breaks({"fast-pin", the_patch, 1, 1}, placement),
        holds({"fast-pin", history::posting_v2.id, 1, 1}, placement)}},
      {"6",
       "Gunthorpe",
       "two GUPs under the mmap read lock race list_add_tail and corrupt head->lru",
       {breaks({"concurrent-pins", the_patch, 3, 1}, lists)}},
      {"8",
       "Tatashin",
       "two move_pages() race in the same way",
       {breaks({"two-move-pages", the_patch, 3, 1}, lists)}},
      {"11",
       "Tatashin",
       "isolate_lru_page() has one winner until putback, because it clears the LRU flag",
       {holds({"concurrent-pins", the_patch, 3, 1}, lists),
        holds({"concurrent-pins", the_patch, 2, 2}, lists), holds({"two-move-pages", the_patch, 3, 1}, lists),
        holds({"pin-vs-move-pages", the_patch, 3, 1}, lists),
        breaks({"concurrent-pins", the_patch, 2, 1, kernel::Mutant::isolate_keeps_flag}, lists)}},
      {"12",
       "Gunthorpe",
       "the patch creates a ridiculously expensive spin lock (later kernels: see below)",
       {predict({"concurrent-pins", the_patch, 3, 1}, {engine::livelock.name, engine::starvation.name},
                Verdict::broken, Fairness::none)}},
      {"13",
       "Kim",
       "most of ZONE_NORMAL is MIGRATE_MOVABLE; where the free pages are, too, a long-term pin never "
       "succeeds",
       {breaks({"pin-normal-page", the_patch, 1, 1}, engine::livelock),
        holds({"pin-normal-page", history::posting_v2.id, 1, 1}, engine::livelock)}},
      {"13",
       "Kim",
       "the right test is CMA and ZONE_MOVABLE",
       {holds({"pin-cma-page", history::v2_both_tests.id, 1, 1}, placement),
        holds({"concurrent-pins", history::v2_both_tests.id, 1, 1}, placement)}},
      {"14",
       "Tatashin",
       "not a spin lock: the second thread cannot isolate the page and skips its migration",
       {predict({"concurrent-pins", the_patch, 3, 1}, {engine::livelock.name, engine::starvation.name},
                Verdict::holds, Fairness::none),
        breaks({"concurrent-pins", the_patch, 2, 1}, placement)}},
      {"15",
       "Gunthorpe",
       "if all pages fail to isolate it exits with success, against its own invariant",
       {breaks({"concurrent-pins", the_patch, 2, 1}, placement),
        breaks({"concurrent-pins", history::cma_5_10.id, 2, 1}, placement),
        breaks({"overlapping-pins", the_patch, 2, 2}, placement)}},
      {"16",
       "Tatashin",
       "the right test is CMA or ZONE_MOVABLE (one task at a time: only the test is judged)",
       {holds({"pin-cma-page", history::posting_v2.id, 1, 1}, placement),
        holds({"concurrent-pins", history::posting_v2.id, 1, 1}, placement),
        holds({"pin-normal-page", history::posting_v2.id, 1, 1}, engine::livelock)}},
      {"later",
       "v6.1",
       "6.1.0 brings message 6 back (a page gets on two lists), 6.1.13 mends it",
       {breaks({"concurrent-pins", history::linux_6_1_0.id, 2, 1}, lists),
        holds({"concurrent-pins", history::linux_6_1_13.id, 3, 1}, lists)}},
      {"later",
       "v6.14",
       "1aaf8c122918 brings message 15 back, 517f496e1e61 (v6.16) mends it",
       {breaks({"concurrent-pins", history::commit_1aaf8c.id, 2, 1}, placement),
        holds({"concurrent-pins", history::commit_517f496.id, 3, 1}, placement),
        holds({"concurrent-pins", history::commit_517f496.id, 2, 2}, placement)}},
  };
}

std::vector<std::string> spinning_kernels() {
  std::vector<std::string> ids;
  for (const history::Version* version : history::all()) ids.emplace_back(version->id);
  return ids;
}

Spinning spinning(const std::string& kernel, Explorations& explorations) {
  // What else can break on the way is looked for, too: a run that ends in a corrupt list has not ended well.
  std::vector<std::string> promises = check_names();
  std::erase(promises, pin_placement.name); // that is message 15
  const auto concurrent = [&](Fairness fairness, engine::Locks locks = engine::Locks::unfair) {
    return explorations.explore(
        predict({"concurrent-pins", kernel, 2, 1}, promises, Verdict::holds, fairness, locks));
  };
  return {.kernel = kernel,
          .unfair = concurrent(Fairness::none),
          .weak = concurrent(Fairness::weak),
          .strong = concurrent(Fairness::strong),
          .fifo = concurrent(Fairness::weak, engine::Locks::fifo),
          .off_lru =
              explorations.explore(predict({"pin-off-lru", kernel, 1, 1}, check_names(), Verdict::holds))};
}

} // namespace gupcheck::checks
