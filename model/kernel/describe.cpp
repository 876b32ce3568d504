// SPDX-License-Identifier: GPL-2.0-only
//
// Names, value formats and pictures. See describe.hpp.
#include "model/kernel/describe.hpp"

#include "model/kernel/page_ref.hpp"
#include "model/kernel/system.hpp"

#include <algorithm>

namespace gupcheck::kernel {

namespace {

using engine::Names;

std::string index_of(const std::string& array, unsigned long index) {
  return array + "[" + std::to_string(index) + "]";
}

// 1025 is one pin and one reference; small counts are themselves.
std::string references(std::int32_t count) {
  if (count < GUP_PIN_COUNTING_BIAS) return std::to_string(count);
  const std::int32_t pins = count / GUP_PIN_COUNTING_BIAS;
  return std::to_string(count % GUP_PIN_COUNTING_BIAS) + "+" + std::to_string(pins) +
         (pins == 1 ? "pin" : "pins");
}

std::string refcount_value(const Names&, std::uint64_t value) {
  return references(static_cast<std::int32_t>(static_cast<std::uint32_t>(value)));
}

// A pointer as the kernel's programmer thinks of it: to the page or the list, not to its first member.
std::string pointer_value(const Names& names, std::uint64_t value, const std::string& first_member) {
  if (value == 0) return "NULL";
  if (value == reinterpret_cast<std::uint64_t>(list_poison1())) return "LIST_POISON1";
  if (value == reinterpret_cast<std::uint64_t>(list_poison2())) return "LIST_POISON2";
  const std::string name = names.location(value);
  const bool is_whole = name.size() > first_member.size() && name.ends_with(first_member);
  return "&" + (is_whole ? name.substr(0, name.size() - first_member.size()) : name);
}
std::string list_value(const Names& names, std::uint64_t value) {
  return pointer_value(names, value, ".next");
}
std::string page_value(const Names& names, std::uint64_t value) {
  return pointer_value(names, value, ".flags");
}

std::string pte_value(const Names&, std::uint64_t value) {
  const pte_t pte{static_cast<std::uint32_t>(value)};
  if (pte_none(pte)) return "none";
  return index_of(is_migration_entry(pte) ? "migration entry of page" : "page", pte_pfn(pte));
}

std::string free_pages_value(const Names&, std::uint64_t value) {
  std::string text = "{";
  for (unsigned pfn = 0; pfn < config().pages; ++pfn)
    if ((value >> pfn & 1U) != 0) text += (text.size() == 1 ? "" : ",") + std::to_string(pfn);
  return text + "}";
}

void add_list(Names& names, const list_head& list, const std::string& name) {
  names.add(list.next, name + ".next", list_value);
  names.add(list.prev, name + ".prev", list_value);
}

void add_page(Names& names, const Page& page, const std::string& name) {
  names.add(page.flags, name + ".flags");
  names.add_bit(page.flags.address(), PG_locked, "PG_locked");
  names.add_bit(page.flags.address(), PG_lru, "PG_lru");
  names.add_bit(page.flags.address(), PG_anon_exclusive, "PG_anon_exclusive");
  names.add(page._refcount, name + "._refcount", refcount_value);
  names.add(page._mapcount, name + "._mapcount");
  names.add(page.index, name + ".index");
  add_list(names, page.lru, name + ".lru");
}

void add_task(Names& names, const Task& task, const std::string& cpu) {
  names.add(task.lru_add.lock, cpu + ".lru_add.lock");
  names.add(task.lru_add.nr, cpu + ".lru_add.nr");
  for (unsigned i = 0; i < max_batch; ++i)
    names.add(task.lru_add.folios[i], index_of(cpu + ".lru_add", i), page_value);
  add_list(names, task.movable_page_list, cpu + ".movable_page_list");
  add_list(names, task.folio_list, cpu + ".folio_list");
}

std::string zone_name(const PageLayout& layout) {
  std::string name = layout.zone == ZONE_MOVABLE ? "MOVABLE" : "NORMAL";
  if (layout.type == MIGRATE_CMA) name += "/CMA";
  if (layout.type == MIGRATE_ISOLATE) name += "/ISOLATE";
  if (layout.type == MIGRATE_MOVABLE && layout.zone == ZONE_NORMAL) name += "/MOVABLE block";
  return name;
}

// Every place that a page is linked to or kept in: more than one is a bug that the reader should see.
std::string whereabouts(unsigned pfn) {
  const Page* page = pfn_to_page(pfn);
  std::string text;
  if (list_contains(&system().lruvec.list, &page->lru)) text += ", on LRU";
  for (unsigned cpu = 0; cpu < config().cpus; ++cpu) {
    const std::string name = std::to_string(cpu);
    const Task& task = *task_on(cpu).here.load();
    if (list_contains(&task.movable_page_list, &page->lru)) text += ", on T" + name + "'s movable_page_list";
    if (list_contains(&task.folio_list, &page->lru)) text += ", on T" + name + "'s folio_list";
    const std::uint32_t nr = std::min<std::uint32_t>(task.lru_add.nr.load(), max_batch);
    for (std::uint32_t i = 0; i < nr; ++i)
      if (task.lru_add.folios[i].load() == page) text += ", in CPU" + name + "'s batch";
  }
  for (unsigned long address = 0; address < config().virtual_pages; ++address) {
    const pte_t pte = ptep_get(system().mm, address);
    if (pte_same(pte, mk_pte(page))) text += ", " + index_of("pte", address);
    if (pte_same(pte, make_writable_migration_entry(page)))
      text += ", " + index_of("pte", address) + " migrating";
  }
  return text;
}

std::string picture_of(unsigned pfn) {
  const Page* page = pfn_to_page(pfn);
  std::string text = zone_name(config().page[pfn]);
  if (is_free(pfn)) text += " free";
  if (!is_free(pfn) || page->_refcount.load() != 0) text += " ref " + references(page->_refcount.load());
  if (page->flags.test_bit(PG_lru)) text += " lru";
  if (page->flags.test_bit(PG_locked)) text += " locked";
  return text + whereabouts(pfn);
}

} // namespace

void describe(Names& names) {
  System& state = system();
  names.add_bit_words(
      "PG_locked",
      {.set = "locked", .clear = "unlocked", .was_set = "had locked it", .was_cleared = "had unlocked it"});
  names.add_bit_words("PG_lru", {.set = "on the LRU",
                                 .clear = "isolated (PG_lru clear)",
                                 .was_set = "had put it there",
                                 .was_cleared = "had isolated it"});
  for (unsigned pfn = 0; pfn < config().pages; ++pfn)
    add_page(names, state.pages[pfn], index_of("page", pfn));
  names.add(state.lruvec.lru_lock, "lruvec.lru_lock");
  add_list(names, state.lruvec.list, "lruvec.list");
  names.add(state.lruvec.nr_isolated, "NR_ISOLATED");
  names.add(state.mm.mmap_lock, "mm.mmap_lock");
  names.add(state.mm.page_table_lock, "mm.ptl");
  for (unsigned long address = 0; address < config().virtual_pages; ++address)
    names.add(state.mm.pte[address], index_of("mm.pte", address), pte_value);
  names.add(state.allocator.free_pages, "free_pages", free_pages_value);
  names.add(state.drain_all.mutex, "lru_drain_mutex");
  names.add(state.drain_all.lru_drain_gen, "lru_drain_gen");
  names.add(state.drain_all.lru_disable_count, "lru_disable_count");
  for (unsigned cpu = 0; cpu < config().cpus; ++cpu)
    add_task(names, task_on(cpu), "cpu" + std::to_string(cpu));
}

std::vector<std::pair<std::string, std::string>> picture() {
  std::vector<std::pair<std::string, std::string>> lines;
  for (unsigned pfn = 0; pfn < config().pages; ++pfn)
    lines.emplace_back(index_of("page", pfn), picture_of(pfn));
  return lines;
}

} // namespace gupcheck::kernel
