#include "dynix/activation/as_before.hpp"

#include "dynix/activation/steps/file_links.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace dynix::activation {
namespace {

bool runs_since(previous_unit const& unit, host::unit_status const& now) {
    return !unit.invocation_id.empty() && now.invocation_id == unit.invocation_id;
}

// Empty: it runs, waits, or does not run, as it did.
std::string difference_of_run(previous_unit const& unit, result<host::unit_status> const& now) {
    if (!now)
        return "cannot be looked at: " + now.error().message;
    auto const state = fmt::format("{} ({})", now->active_state, now->sub_state);
    if (unit.ran && !is_up(*now))
        return fmt::format(
            "ran before, and is {} now{}", state,
            now->result.empty() || now->result == "success"
                ? ""
                : fmt::format(", result '{}'", now->result));
    if (unit.waited && !is_up(*now) && !is_waiting(*now))
        return fmt::format("waited to be started again, and is {} now", state);
    if (!unit.ran && !unit.waited && is_up(*now))
        return "did not run before, and runs now";
    return {};
}

// Which configuration a unit has whose drop-in is another one.
std::string effect_of(previous_unit const& unit, host::unit_status const& now) {
    if (is_waiting(now))
        return ", and it waits to be started again, as before";
    if (!is_up(now))
        return ", and it does not run, as before";
    if (runs_since(unit, now) && unit.change && unit.change->job)
        return fmt::format(", and it {}", unit.change->perhaps);
    if (runs_since(unit, now))
        return ", but it still runs with its previous configuration";
    if (unit.invocation_id.empty())
        return "";
    return now.active() ? ", and it has been restarted" : ", and it is being started";
}

std::optional<std::string>
difference(previous_unit const& unit, host::machine& host, unreadable drop_in) {
    auto const now = host.units.status(unit.name);
    auto const file = host.files.read(host.where.drop_in(unit.name));
    std::vector<std::string> found;
    if (auto run = difference_of_run(unit, now); !run.empty())
        found.push_back(std::move(run));
    if (!file && drop_in == unreadable::is_said)
        found.push_back("its drop-in cannot be read: " + file.error().message);
    else if (file && file->value_or("") != unit.drop_in.value_or(""))
        found.push_back(fmt::format(
            "its drop-in is not the previous one{}", found.empty() ? effect_of(unit, *now) : ""));
    for (auto const& one : links_before(unit.name, unit.drop_in, state()))
        if (auto const leads = host.files.link_target(host.where.root + one.path);
            !leads || *leads != one.target)
            found.push_back(fmt::format("'{}' does not lead to its previous file", one.path));
    if (found.empty())
        return std::nullopt;
    return fmt::format("'{}': {}", unit.name, fmt::join(found, "; "));
}

// What a killed activation has done to a unit: it has not come to its proof.
unit_report report_of(previous_unit const& unit, host::machine& host) {
    auto const now = host.units.status(unit.name);
    bool const restarted = now && is_up(*now) && (unit.ran || unit.waited) &&
                           !unit.invocation_id.empty() && !runs_since(unit, *now);
    unit_report report{
        unit.name, restarted ? &changes::restart : &changes::none, restarted, false, {}};
    report.proved.now_not_provable("the activation was killed before it could look");
    return report;
}

} // namespace

std::vector<std::string>
not_as_before(std::vector<previous_unit> const& units, host::machine& host, unreadable drop_in) {
    std::vector<std::string> lines;
    for (auto const& unit : units)
        if (auto line = difference(unit, host, drop_in))
            lines.push_back(std::move(*line));
    return lines;
}

apply_outcome outcome_of_killed(error why, host::machine& host) {
    apply_outcome out;
    out.result = apply_result::failed_left;
    out.errors.push_back(std::move(why));
    if (auto const recorded = read_state(host); recorded && *recorded)
        for (auto const& unit : (*recorded)->previous) {
            out.units.push_back(report_of(unit, host));
            for (auto& line : not_as_before({unit}, host))
                out.left.push_back(std::move(line));
        }
    if (out.left.empty())
        out.left.emplace_back("what runs may not be what ran before: 'dynix status' shows it");
    return out;
}

apply_outcome outcome_at_work(error why, std::string unit) {
    apply_outcome out;
    out.result = apply_result::failed_left;
    why.message += fmt::format("; the activation works on in '{}'", unit);
    why.hint = fmt::format(
        "'journalctl -u {}' has its result when it has ended; 'dynix status' shows what runs",
        unit);
    out.errors.push_back(std::move(why));
    out.works_on = std::move(unit);
    return out;
}

} // namespace dynix::activation
