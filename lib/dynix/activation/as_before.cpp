#include "dynix/activation/as_before.hpp"

#include "dynix/activation/preflight.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace dynix::activation {
namespace {

std::optional<std::string> difference(previous_unit const& unit, host::machine& on) {
    std::vector<std::string> found;
    if (auto const status = on.units.status(unit.name); !status) {
        found.push_back("cannot be looked at: " + status.error().message);
    } else if (unit.ran && !is_up(*status)) {
        auto line =
            fmt::format("ran before, and is {} ({}) now", status->active_state, status->sub_state);
        if (!status->result.empty() && status->result != "success")
            line += fmt::format(", result '{}'", status->result);
        found.push_back(std::move(line));
    } else if (unit.waited && !is_up(*status) && !is_waiting(*status)) {
        found.push_back(fmt::format(
            "waited to be started again, and is {} ({}) now", status->active_state,
            status->sub_state));
    } else if (!unit.ran && !unit.waited && is_up(*status)) {
        found.emplace_back("did not run before, and runs now");
    }
    auto const drop_in = on.files.read(on.where.drop_in(unit.name));
    auto const text = [](std::optional<std::string> const& one) { return one.value_or(""); };
    // Of one that cannot be read, the step that was to put it back says whether it did.
    if (drop_in && text(*drop_in) != text(unit.drop_in))
        found.emplace_back("its drop-in is not the previous one");
    if (found.empty())
        return std::nullopt;
    return fmt::format("'{}': {}", unit.name, fmt::join(found, "; "));
}

} // namespace

std::vector<std::string> not_as_before(std::vector<previous_unit> const& units, host::machine& on) {
    std::vector<std::string> lines;
    for (auto const& unit : units)
        if (auto line = difference(unit, on))
            lines.push_back(std::move(*line));
    return lines;
}

apply_outcome outcome_of_killed(error why, host::machine& on) {
    apply_outcome out;
    out.result = apply_result::failed_left;
    out.errors.push_back(std::move(why));
    if (auto const recorded = read_state(on); recorded && *recorded)
        out.left = not_as_before((*recorded)->previous, on);
    if (out.left.empty())
        out.left.emplace_back("what runs may not be what ran before: 'dynix status' shows it");
    return out;
}

} // namespace dynix::activation
