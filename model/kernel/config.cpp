// SPDX-License-Identifier: GPL-2.0-only
//
// The configuration in force. See config.hpp.
#include "model/kernel/config.hpp"

#include "model/engine/operation.hpp"

#include <stdexcept>

namespace gupcheck::kernel {

namespace {
// Written by configure() only, between explorations.
KernelConfig current_config;
} // namespace

unsigned KernelConfig::add_pages(unsigned count, zone_type zone, migratetype type) {
  if (count > max_pages - pages) throw std::invalid_argument("more physical pages than the model has");
  const unsigned first = pages;
  for (; pages < first + count; ++pages) page[pages] = {zone, type};
  return first;
}

void configure(const KernelConfig& config) {
  if (config.pages == 0 || config.pages > max_pages)
    throw std::invalid_argument("the number of physical pages must be 1 to 12");
  if (config.virtual_pages == 0 || config.virtual_pages > max_virtual_pages)
    throw std::invalid_argument("the number of virtual pages must be 1 to 4");
  if (config.cpus == 0 || config.cpus > engine::max_threads)
    throw std::invalid_argument("the number of CPUs must be 1 to 8");
  if (config.batch_size == 0 || config.batch_size > max_batch)
    throw std::invalid_argument("the size of a folio batch must be 1 to 4");
  if (config.migrate_passes == 0 || config.migrate_trylock_passes > config.migrate_passes)
    throw std::invalid_argument("migrate_pages needs a pass, and not more trylock passes than passes");
  current_config = config;
}

const KernelConfig& config() { return current_config; }

} // namespace gupcheck::kernel
