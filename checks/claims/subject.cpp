// SPDX-License-Identifier: GPL-2.0-only
//
// See subject.hpp.
#include "checks/claims/subject.hpp"

#include "model/kernel/mutant_names.hpp"

namespace gupcheck::checks {

traces::Subject subject_of(const std::string& scenario, const ScenarioParameters& parameters) {
  traces::Subject subject{.scenario = scenario,
                          .kernel = parameters.kernel,
                          .parameters = {{"threads", std::to_string(parameters.threads)},
                                         {"pages", std::to_string(parameters.pages)}}};
  if (parameters.mutant != kernel::Mutant::none)
    subject.parameters["mutant"] = kernel::name_of(parameters.mutant);
  return subject;
}

} // namespace gupcheck::checks
