// SPDX-License-Identifier: GPL-2.0-only
//
// What gup-micro's world is at first, what must hold of it, how it is shown, and under which name and with
// which mutants it can be checked. See gup_micro.hpp.
#include "checks/scenarios/gup_micro_model.hpp"
#include "model/engine/explore.hpp"

namespace gupcheck::checks {

namespace gup_micro {

GupMicroConfig config;

void GupMicro::before() {
  for (unsigned v = 0; v < config.pages; ++v) {
    Page& page = pages[old_page(v)];
    page.flags.set_bit(PG_lru);
    page.references.store(1);
    page.on.store(&lru);
    pte[v].store(old_page(v));
  }
}

void GupMicro::after() {
  for (unsigned v = 0; v < config.pages; ++v) {
    for (const PageNumber page : {old_page(v), new_page(v)}) {
      const bool mapped = pte[v].load() == page;
      engine::require(pages[page].references.load() == (mapped ? 1 : 0), refcount,
                      "at the end a page has references that nobody holds");
      engine::require(pages[page].on.load() == (mapped ? &lru : nullptr), list_integrity,
                      "at the end a page is not on the list where it belongs");
    }
  }
}

namespace {

std::string page_name(PageNumber page) { return "page[" + std::to_string(page) + "]"; }

std::string pte_text(PageNumber entry) { return entry == migration_entry ? "migration" : page_name(entry); }

std::string list_name(unsigned t) { return "T" + std::to_string(t) + ".movable_page_list"; }

std::string list_text(const List* list, const List& lru) {
  if (list == nullptr) return "none";
  if (list == &lru) return "lru";
  for (unsigned t = 0; t < config.threads; ++t)
    if (list == &engine::of_thread<GupMicro>(t).movable_page_list) return list_name(t);
  return "?";
}

const char* broken_reference(const engine::WatchedStep& step) {
  if (step.operation.form.kind != engine::OperationKind::fetch_add) return nullptr;
  const bool drops = static_cast<std::int8_t>(step.operation.operand) < 0;
  if (step.before != 0) return nullptr;
  return drops ? "a reference count drops below zero" : "a reference to a page that nobody holds";
}

constexpr engine::Watch reference_watch{.check = &refcount, .broken = broken_reference};

} // namespace

const engine::Watch* GupMicro::watch(const engine::Operation& operation) const {
  for (const Page& page : pages)
    if (page.references.address() == operation.address) return &reference_watch;
  return nullptr;
}

void GupMicro::describe(engine::Names& names) const {
  names.add(lru, "lru");
  names.add(lru_lock, "lru_lock");
  names.add(page_table_lock, "page_table_lock");
  for (unsigned t = 0; t < config.threads; ++t)
    names.add(engine::of_thread<GupMicro>(t).movable_page_list, list_name(t));
  for (unsigned v = 0; v < config.pages; ++v) {
    names.add(pte[v], "pte[" + std::to_string(v) + "]", [](const engine::Names&, std::uint64_t value) {
      return pte_text(static_cast<PageNumber>(value));
    });
    for (const PageNumber page : {old_page(v), new_page(v)}) {
      const Page& described = pages[page];
      names.add(described.flags, page_name(page) + ".flags");
      names.add_bit(described.flags.address(), PG_lru, "PG_lru");
      names.add_bit(described.flags.address(), PG_locked, "PG_locked");
      names.add(described.references, page_name(page) + "._refcount");
      names.add(described.on, page_name(page) + ".lru");
    }
  }
}

std::vector<std::pair<std::string, std::string>> GupMicro::picture() const {
  std::vector<std::pair<std::string, std::string>> rows;
  for (unsigned v = 0; v < config.pages; ++v) {
    rows.emplace_back("pte[" + std::to_string(v) + "]", pte_text(pte[v].load()));
    for (const PageNumber number : {old_page(v), new_page(v)}) {
      const Page& page = pages[number];
      std::string state =
          "ref " + std::to_string(page.references.load()) + ", on " + list_text(page.on.load(), lru);
      if (page.flags.test_bit(PG_lru)) state += ", PG_lru";
      if (page.flags.test_bit(PG_locked)) state += ", PG_locked";
      rows.emplace_back(page_name(number), std::move(state));
    }
  }
  return rows;
}

namespace {

class GupMicroProgram : public engine::SuiteProgram<GupMicro> {
public:
  explicit GupMicroProgram(const GupMicroConfig& wanted) : SuiteProgram(wanted.threads), wanted_(wanted) {}
  void build() override {
    config = wanted_;
    SuiteProgram::build();
  }

private:
  GupMicroConfig wanted_;
};

// In the order of GupMicroMutant. Some show at a smaller size, or break another promise, in the variant
// `seed`.
constexpr GupMicroMutantInfo mutant_list[] = {
    {GupMicroMutant::isolate_tests_then_clears, "isolate-tests-then-clears", "list-integrity", 2, 1},
    {GupMicroMutant::isolate_never_clears, "isolate-never-clears", "list-integrity", 2, 1},
    {GupMicroMutant::isolate_inverted, "isolate-inverted", "list-integrity", 2, 1},
    {GupMicroMutant::isolate_takes_no_reference, "isolate-takes-no-reference", "refcount", 1, 1},
    {GupMicroMutant::isolate_keeps_lru_lock, "isolate-keeps-lru-lock", "deadlock", 1, 1},
    {GupMicroMutant::isolation_failure_ignored, "isolation-failure-ignored", "pin-placement", 2, 1},
    {GupMicroMutant::gup_takes_no_reference, "gup-takes-no-reference", "refcount", 1, 1},
    {GupMicroMutant::gup_reference_after_unlock, "gup-reference-after-unlock", "refcount", 2, 1},
    {GupMicroMutant::gup_waits_with_lock, "gup-waits-with-lock", "deadlock", 2, 1},
    {GupMicroMutant::pins_dropped_twice, "pins-dropped-twice", "refcount", 1, 1},
    {GupMicroMutant::migrate_ignores_pins, "migrate-ignores-pins", "refcount", 2, 1},
    {GupMicroMutant::migrate_keeps_mapping_reference, "migrate-keeps-mapping-reference", "refcount", 1, 1},
    {GupMicroMutant::migrate_maps_before_reference, "migrate-maps-before-reference", "refcount", 2, 1},
    {GupMicroMutant::migrate_frees_listed_page, "migrate-frees-listed-page", "list-integrity", 1, 1},
    {GupMicroMutant::migrate_keeps_pte, "migrate-keeps-pte", "deadlock", 2, 1},
    {GupMicroMutant::migrate_locks_in_opposite_order, "migrate-locks-in-opposite-order", "deadlock", 2, 2},
    {GupMicroMutant::putback_keeps_reference, "putback-keeps-reference", "refcount", 2, 1},
    {GupMicroMutant::putback_sets_flag_first, "putback-sets-flag-first", "list-integrity", 2, 1},
};

} // namespace

} // namespace gup_micro

std::span<const GupMicroMutantInfo> gup_micro_mutants() { return gup_micro::mutant_list; }

std::unique_ptr<engine::Program> make_gup_micro(const GupMicroConfig& config) {
  return std::make_unique<gup_micro::GupMicroProgram>(config);
}

ScenarioInfo gup_micro_scenario() {
  return {.name = "gup-micro",
          .summary =
              "the benchmark: concurrent long-term pins of the same movable pages, in the smallest model",
          .kernels = {"seed", "retry"},
          .default_kernel = "retry",
          .min_threads = 1,
          .max_threads = engine::max_threads,
          .max_pages = gup_micro_max_pages,
          .checks = {pin_placement.name, kernel::list_integrity.name, kernel::refcount.name,
                     engine::deadlock.name, engine::livelock.name, engine::starvation.name,
                     engine::fault.name, engine::model_error.name},
          .make = [](const ScenarioParameters& parameters) {
            const bool seed = parameters.kernel == "seed";
            return make_gup_micro({.threads = parameters.threads,
                                   .pages = parameters.pages,
                                   .variant = seed ? GupMicroVariant::seed : GupMicroVariant::retry});
          }};
}

} // namespace gupcheck::checks
