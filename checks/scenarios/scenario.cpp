// SPDX-License-Identifier: GPL-2.0-only
//
// See scenario.hpp.
#include "checks/scenarios/scenario.hpp"

#include <cstdlib>

namespace gupcheck::checks {

using namespace kernel;

namespace {
// Written between explorations only.
Size current_size;
} // namespace

const Size& size() { return current_size; }

void add_pages_to_migrate(KernelConfig& config, unsigned count) {
  if (config.pinnable == is_not_cma_page) {
    config.add_pages(count, ZONE_NORMAL, MIGRATE_CMA);
  } else {
    config.add_pages(count, ZONE_MOVABLE, MIGRATE_MOVABLE);
  }
}

void add_unmovable_pages(KernelConfig& config, unsigned count) {
  config.add_pages(count, ZONE_NORMAL, MIGRATE_UNMOVABLE);
}

namespace {

// The rest of a pin's life: the driver uses the pages and lets them go.
void use(unsigned long start, Page** pages, long pinned) {
  if (pinned > 0) gup::finish_dma(start, pages, pinned);
}

} // namespace

void pin_longterm(unsigned long start, long nr_pages) {
  Page* pages[max_virtual_pages] = {};
  const long pinned = gup::io_pin_pages(start, nr_pages, pages);
  require_placement(pages, pinned);
  use(start, pages, pinned);
}

void pin_longterm_fast(unsigned long start, long nr_pages) {
  Page* pages[max_virtual_pages] = {};
  const long pinned = gup::pin_user_pages_fast(start, nr_pages, gup::FOLL_WRITE | gup::FOLL_LONGTERM, pages);
  require_placement(pages, pinned);
  use(start, pages, pinned);
}

void pin_fast(unsigned long start, long nr_pages) {
  Page* pages[max_virtual_pages] = {};
  use(start, pages, gup::pin_user_pages_fast(start, nr_pages, gup::FOLL_WRITE, pages));
}

namespace detail {

void set_size(const Size& size) { current_size = size; }

const history::Version& version_of(const ScenarioParameters& parameters) {
  const history::Version* version = history::find(parameters.kernel);
  if (version == nullptr) std::abort(); // callers take ids from ScenarioInfo::kernels
  return *version;
}

KernelConfig memory_of(const ScenarioParameters& parameters, void (*lay_out)(KernelConfig&, const Size&)) {
  KernelConfig config = version_of(parameters).kernel;
  config.cpus = parameters.threads;
  config.virtual_pages = parameters.pages;
  config.mutant = parameters.mutant;
  lay_out(config, {parameters.threads, parameters.pages});
  return config;
}

} // namespace detail

} // namespace gupcheck::checks
