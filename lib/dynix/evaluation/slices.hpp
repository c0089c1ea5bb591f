// Slices: for each dynamic service, the few modules and the values that its part of a plan is made
// of, worked out once for the system that runs.
//
// A slice can be incomplete, and then the evaluation ends and the whole configuration is evaluated;
// it is never wrong (nixmodules/slices).
#pragma once

#include "dynix/evaluation/questions.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::evaluation {

struct slice_set {
    std::string text{}; // for nixmodules/slices/plan.nix (plan::build_options::slices)
    std::map<std::string, std::string> without{}; // services that lack one, and why
};

// Works one out for each service, in evaluations of their own, for the options that are proved. An
// error: Nix does not tell what the system is made of.
result<slice_set> find_slices(
    questioner by, std::vector<std::string> const& proved, process::runner& with,
    std::function<void(std::string_view)> const& on_step = {});

} // namespace dynix::evaluation
