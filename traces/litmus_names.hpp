// SPDX-License-Identifier: GPL-2.0-only
//
// The variables of a litmus test: what a location, or one bit of it, is called in C, of which type it is, and
// how its values are written.
//
// A location that is used by single bits only becomes a variable for each bit, because LKMM has no bit
// operations. Values that are no numbers (pointers, LIST_POISON) get small ones, the same for the same words.
#pragma once

#include "traces/counterexample.hpp"
#include "traces/steps.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gupcheck::traces {

enum class LitmusType { integer, atomic, spinlock };

struct LitmusVariable {
  std::string name;
  std::string original; // `page[0].flags PG_lru`
  LitmusType type = LitmusType::integer;
  std::uint64_t bit = 0; // the one that it stands for; 0: the whole location
  bool symbolic = false; // its values are names
  std::string initial = "0";
};

class LitmusNames {
public:
  LitmusNames(const Counterexample& trace, const std::vector<std::size_t>& chosen);

  // Null if the action is on none, or on one that cannot be written.
  const LitmusVariable* variable(const Action& action) const;
  // The whole location by its name, if it is one variable.
  const LitmusVariable* variable(const std::string& location) const;
  // `value` of the location, of `size` bytes.
  std::string value(const LitmusVariable& variable, const Value& value, unsigned size);

  // In the order in which they are used.
  const std::vector<const LitmusVariable*>& all() const { return order_; }
  // Which numbers stand for what.
  const std::vector<std::pair<std::string, std::string>>& legend() const { return legend_; }

private:
  void classify(const Steps& steps, const std::vector<std::size_t>& chosen);
  void add(const Step& step);
  std::string identifier(const std::string& text);

  struct Use {
    bool bits = true; // nothing but single bits
    bool arithmetic = false;
    bool lock = false;
    bool names = false; // some of its values are no numbers
  };
  std::map<std::string, Use> uses_; // by location
  std::map<std::pair<std::string, std::uint64_t>, LitmusVariable> variables_;
  std::vector<const LitmusVariable*> order_;
  std::set<std::string> taken_;
  std::map<std::string, std::string> numbers_; // of words
  std::vector<std::pair<std::string, std::string>> legend_;
};

} // namespace gupcheck::traces
