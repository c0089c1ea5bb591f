#include "dynix/activation/diff.hpp"

#include "dynix/activation/unchanged.hpp"
#include "dynix/base/unified_diff.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dynix::activation {

namespace {

// Of a file below /etc that is switched, too. One that cannot be read has no difference to show.
std::string file_difference(plan::planned_file const& file, host::machine& host) {
    if (file.static_target == file.dynamic_target)
        return {};
    auto const before = host.files.read(file.static_target);
    auto const after = host.files.read(file.dynamic_target);
    if (!before || !after)
        return {};
    return unified_diff(
        before->value_or(""), after->value_or(""), file.path + " (static)",
        file.path + " (dynamic)");
}

} // namespace

plan_difference
difference(plan::activation_plan const& wanted, check_options const& options, host::machine& host) {
    plan_difference found;
    found.overrides = wanted.overrides;
    found.verify = wanted.verify;
    found.rests_on = wanted.rests_on;
    found.by_slice = wanted.by_slice;
    found.leaks = wanted.leaks;
    auto checked = check(wanted, options, host);
    bool const nothing_to_do = checked.refusals.empty() && checked.steps.empty();
    if (nothing_to_do)
        std::ranges::move(prove_unchanged(checked, host), std::back_inserter(checked.warnings));
    for (auto const& service : wanted.services)
        for (auto const& unit : service.units) {
            unit_difference one;
            one.name = unit.name;
            one.text = unified_diff(
                unit.static_text, unit.dynamic_text, unit.name + " (static)",
                unit.name + " (dynamic)");
            for (auto const& file : unit.files)
                one.text += file_difference(file, host);
            for (auto const& known : checked.units)
                if (known.name == unit.name) {
                    one.drop_in = known.wanted.text;
                    one.change = known.change;
                    if (nothing_to_do)
                        one.not_as_planned = why_not_as_planned(known);
                }
            found.units.push_back(std::move(one));
        }
    found.steps = std::move(checked.steps);
    found.foreseen = std::move(checked.unplanned);
    found.refusals = std::move(checked.refusals);
    found.warnings = std::move(checked.warnings);
    return found;
}

} // namespace dynix::activation
