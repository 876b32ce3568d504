// SPDX-License-Identifier: GPL-2.0-only
//
// See mutant_names.hpp.
#include "model/kernel/mutant_names.hpp"

#include <algorithm>

namespace gupcheck::kernel {

namespace {

constexpr NamedMutant all_mutants[] = {
    {Mutant::none, "none"},
    {Mutant::isolate_in_two_steps, "isolate-in-two-steps"},
    {Mutant::isolate_keeps_flag, "isolate-keeps-flag"},
    {Mutant::isolate_without_reference, "isolate-without-reference"},
    {Mutant::isolate_keeps_lock, "isolate-keeps-lock"},
    {Mutant::isolate_without_del, "isolate-without-del"},
    {Mutant::putback_without_put, "putback-without-put"},
    {Mutant::putback_without_del, "putback-without-del"},
    {Mutant::add_without_reference, "add-without-reference"},
    {Mutant::drain_without_put, "drain-without-put"},
    {Mutant::drain_sets_flag_first, "drain-sets-flag-first"},
    {Mutant::pte_not_restored, "pte-not-restored"},
    {Mutant::mapping_reference_kept, "mapping-reference-kept"},
    {Mutant::migrate_ignores_count, "migrate-ignores-count"},
    {Mutant::migrate_ignores_page_lock, "migrate-ignores-page-lock"},
    {Mutant::migrate_keeps_page_lock, "migrate-keeps-page-lock"},
    {Mutant::migrate_puts_twice, "migrate-puts-twice"},
    {Mutant::migrate_forgets_source, "migrate-forgets-source"},
    {Mutant::wait_holds_ptl, "wait-holds-ptl"},
    {Mutant::fault_leaks_loser, "fault-leaks-loser"},
    {Mutant::gup_get_after_unlock, "gup-get-after-unlock"},
    {Mutant::gup_fast_without_recheck, "gup-fast-without-recheck"},
    {Mutant::gup_fast_plain_get, "gup-fast-plain-get"},
    {Mutant::loop_inverted_isolate, "loop-inverted-isolate"},
    {Mutant::loop_unpins_late, "loop-unpins-late"},
};

} // namespace

std::span<const NamedMutant> named_mutants() { return all_mutants; }

const char* name_of(Mutant mutant) {
  const auto* const found =
      std::find_if(std::begin(all_mutants), std::end(all_mutants),
                   [mutant](const NamedMutant& named) { return named.mutant == mutant; });
  return found == std::end(all_mutants) ? "unknown" : found->name;
}

const NamedMutant* find_mutant(std::string_view name) {
  const auto* const found = std::find_if(std::begin(all_mutants), std::end(all_mutants),
                                         [name](const NamedMutant& named) { return name == named.name; });
  return found == std::end(all_mutants) ? nullptr : found;
}

} // namespace gupcheck::kernel
