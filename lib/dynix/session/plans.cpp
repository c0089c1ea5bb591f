#include "dynix/session/plans.hpp"

#include "dynix/base/file.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace dynix::session {

std::optional<plan::activation_plan> read_plan_if_any(std::string const& path) {
    if (auto const text = read_file(path))
        if (auto read = plan::read_plan(*text, path))
            return std::move(*read);
    return std::nullopt;
}

std::optional<plan::activation_plan> last_plan(host::paths const& where) {
    return read_plan_if_any(where.pending() + "/plan.json");
}

void forget_last_plan(host::paths const& where) {
    std::error_code ignored; // it is one of those who cannot keep one either
    std::filesystem::remove(where.pending(), ignored);
}

std::vector<plan::planned_service const*>
services_of(std::string_view option, plan::activation_plan const& in) {
    std::vector<plan::planned_service const*> out;
    for (auto const& service : in.services)
        if (std::any_of(
                service.options.begin(), service.options.end(),
                [&](std::string const& declared) { return is_at_or_below(option, declared); }))
            out.push_back(&service);
    return out;
}

bool differs(std::string_view option, plan::activation_plan const& in) {
    return std::any_of(
        in.overrides.begin(), in.overrides.end(),
        [&](plan::planned_override const& one) { return is_at_or_below(option, one.option); });
}

bool is_at_or_below(std::string_view inner, std::string_view outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '.');
}

} // namespace dynix::session
