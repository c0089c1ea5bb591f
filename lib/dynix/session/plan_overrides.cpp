#include "dynix/session/plan_overrides.hpp"

#include "dynix/overrides/effective.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <boost/json/parse.hpp>

namespace dynix::session {

using syntax::print_attribute_path;

std::vector<activation::applied_override> recorded_overrides(plan::activation_plan const& plan) {
    std::vector<activation::applied_override> out;
    auto const file = overrides::read_dynamic_file(plan.configuration, plan.dynamic_file);
    if (!file)
        return out;
    for (auto const& one : overrides::effective_overrides(*file))
        out.push_back({print_attribute_path(one.what->path), one.what->value, one.from->number});
    return out;
}

void fill_hidden_values(plan::activation_plan& plan) {
    if (plan.fingerprint.empty() || !plan::read_configuration(plan))
        return;
    for (auto const& one : recorded_overrides(plan))
        for (auto& planned : plan.overrides) {
            boost::json::error_code not_json;
            boost::json::parse(one.value, not_json);
            if (!not_json && planned.option == one.option)
                planned.dynamic_value = one.value;
        }
}

} // namespace dynix::session
