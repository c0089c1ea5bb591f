// The plans that lie on a machine, and what they say of one option.
#pragma once

#include "dynix/host/paths.hpp"
#include "dynix/plan/plan.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynix::session {

// The plan in this file; nullopt when there is none that can be read.
std::optional<plan::activation_plan> read_plan_if_any(std::string const& path);

// The plan that was built last by one who could keep it (dynix apply and diff, as root).
std::optional<plan::activation_plan> last_plan(host::paths const& where);

// There is none any more: it was refused.
void forget_last_plan(host::paths const& where);

// The services of the plan that declare the option at this path dynamic, or one above it. They
// point into the plan.
std::vector<plan::planned_service const*>
services_of(std::string_view option, plan::activation_plan const& in);

// Whether the value at this path is another one than in the static configuration: the plan names
// the option that it is, or is part of.
bool differs(std::string_view option, plan::activation_plan const& in);

// Whether the path `inner` is `outer` or below it; both as syntax::print_attribute_path has them.
bool is_at_or_below(std::string_view inner, std::string_view outer);

} // namespace dynix::session
