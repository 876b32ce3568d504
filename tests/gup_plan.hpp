// SPDX-License-Identifier: GPL-2.0-only
//
// A small program over the paths of model/gup, written down in a test: how memory is laid out, what each
// thread does, what must hold at the end. The functions are plain (lambdas without captures), so that nothing
// but the world changes while it is explored.
#pragma once

#include "model/engine/explore.hpp"
#include "model/gup/config.hpp"
#include "model/kernel/system.hpp"
#include "model/kernel/verify.hpp"

#include <array>
#include <ostream>
#include <string>
#include <vector>

namespace gupcheck::tests {

using Function = void (*)();

struct GupPlan {
  kernel::KernelConfig kernel;
  gup::GupConfig gup;
  Function layout = [] {};
  std::array<Function, 3> threads{}; // the first kernel.cpus of them
  Function after = [] { kernel::verify_memory(); };
};

inline GupPlan plan; // constant while it is explored

struct GupSuite : kernel::KernelSuite<GupSuite, 2> {
  void before() {
    boot();
    plan.layout();
  }
  void thread(unsigned index) { plan.threads[index](); }
  void after() { plan.after(); }
};

class GupProgram : public kernel::KernelProgram<GupSuite> {
public:
  explicit GupProgram(const GupPlan& the_plan) : KernelProgram(the_plan.kernel), plan_(the_plan) {}
  void build() override {
    plan = plan_;
    gup::configure(plan_.gup);
    KernelProgram::build();
  }

private:
  GupPlan plan_;
};

inline engine::Result explore(const GupPlan& the_plan, engine::Options options) {
  GupProgram program(the_plan);
  options.shortest = false;
  options.timeout = std::chrono::seconds(100);
  return engine::explore(program, options);
}
inline engine::Result explore(const GupPlan& the_plan, std::vector<std::string> without = {}) {
  engine::Options options;
  options.without = std::move(without);
  return explore(the_plan, options);
}

// The name of the check that breaks, or "holds", or "incomplete".
inline std::string outcome(const engine::Result& result) {
  if (result.violation) return result.violation->check;
  return result.verdict == engine::Verdict::holds ? "holds" : "incomplete";
}
inline std::string outcome(const GupPlan& the_plan, std::vector<std::string> without = {}) {
  return outcome(explore(the_plan, std::move(without)));
}

// What a test asks about; never part of the modelled kernel.
inline constexpr engine::Check reached{"reached"};

// `movable` pages of ZONE_MOVABLE, number 0 and up, then `normal` of ZONE_NORMAL; two CPUs.
inline kernel::KernelConfig with_memory(kernel::KernelConfig config, unsigned movable, unsigned normal,
                                        unsigned virtual_pages = 1) {
  config.add_pages(movable, kernel::ZONE_MOVABLE, kernel::MIGRATE_MOVABLE);
  config.add_pages(normal, kernel::ZONE_NORMAL, kernel::MIGRATE_UNMOVABLE);
  config.virtual_pages = virtual_pages;
  return config;
}

} // namespace gupcheck::tests
