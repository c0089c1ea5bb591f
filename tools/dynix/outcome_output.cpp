#include "outcome_output.hpp"

#include "command.hpp"
#include "shared/report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace dynix::tool {
namespace {

std::string_view word(activation::verdict what) {
    switch (what) {
    case activation::verdict::proven:
        return "proven";
    case activation::verdict::not_provable:
        return "not-provable";
    case activation::verdict::contradicted:
        return "contradicted";
    }
    return "?";
}

// "distccd.service: restarted; its live process has the planned configuration"
std::string unit_line(activation::unit_report const& unit, outcome_words const& words) {
    auto const& change = *unit.change;
    bool const unproven =
        !change.unproven.empty() && unit.proved.outcome != activation::verdict::proven;
    auto line =
        fmt::format("{}: ", unit.name) +
        fmt::format(fmt::runtime(unproven ? change.unproven : change.done), words.configuration);
    if (unproven && !unit.proved.notes.empty())
        line += fmt::format("{}{}", change.before_reason, unit.proved.notes.front());
    line += '\n';
    if (change.begins && !change.keeps_run)
        for (auto const& process : unit.proved.left_over)
            line += fmt::format("{}: {} of an earlier run is still there\n", unit.name, process);
    return line;
}

// Of units that an activation did not touch nothing is said, where there are others: a machine has
// many services, and their units are in every plan of the whole file.
std::vector<std::string>
unit_lines(activation::apply_outcome const& what, outcome_words const& words) {
    auto const touched = [](auto const& unit) { return unit.change != &activation::changes::none; };
    bool const all = std::ranges::none_of(what.units, touched);
    std::vector<std::string> out;
    for (auto const& unit : what.units)
        if (all || touched(unit))
            out.push_back(unit_line(unit, words));
    return out;
}

std::string would_be_done(activation::apply_outcome const& what) {
    std::string out;
    for (auto const& step : what.steps)
        out += fmt::format("would {}\n", activation::describe(step));
    for (auto const& one : what.foreseen)
        out += fmt::format("systemd would also {}\n", activation::describe(one));
    return out;
}

boost::json::array strings(std::vector<std::string> const& from) {
    return boost::json::array(from.begin(), from.end());
}

} // namespace

boost::json::array to_json(std::vector<plan::leak> const& leaks) {
    auto const lines = [](std::optional<std::string> const& text) {
        return text ? boost::json::value(*text) : boost::json::value(nullptr);
    };
    boost::json::array out;
    for (auto const& one : leaks)
        out.push_back(boost::json::object{
            {"kind", plan::to_string(one.kind)},
            {"name", one.name},
            {"static", lines(one.static_lines)},
            {"dynamic", lines(one.dynamic_lines)}});
    return out;
}

boost::json::array to_json(std::vector<activation::step> const& steps) {
    boost::json::array out;
    for (auto const& one : steps) {
        boost::json::object step{
            {"step", activation::name(one)},
            {"unit", one.unit},
            {"state", activation::to_string(one.mark)}};
        if (!one.check.empty())
            step["check"] = one.check;
        out.push_back(std::move(step));
    }
    return out;
}

boost::json::array to_json(std::vector<activation::unplanned_unit> const& units) {
    boost::json::array out;
    for (auto const& one : units)
        out.push_back(boost::json::object{
            {"unit", one.name},
            {"effect", activation::to_string(one.effect)},
            {"by", strings(one.chain)},
            {"harmless", one.harmless}});
    return out;
}

boost::json::object to_json(activation::apply_outcome const& what) {
    boost::json::array units, unplanned;
    for (auto const& one : what.unplanned)
        unplanned.push_back(boost::json::object{
            {"unit", one.unit}, {"what", one.what}, {"why", one.why}, {"foreseen", one.foreseen}});
    boost::json::object times;
    for (auto const& one : what.units)
        units.push_back(boost::json::object{
            {"name", one.name},
            {"change", one.change->name},
            {"restarted", one.restarted},
            {"reloaded", one.reloaded},
            {"proof", word(one.proved.outcome)},
            {"notes", strings(one.proved.notes)},
            {"leftOver", strings(one.proved.left_over)}});
    for (auto const& one : what.times)
        times[one.name] = one.elapsed.count();
    auto const code = activation::exit_code_of(what.result);
    boost::json::object out{{"result", to_string(code)},      {"exitCode", static_cast<int>(code)},
                            {"errors", to_json(what.errors)}, {"warnings", strings(what.warnings)},
                            {"steps", to_json(what.steps)},   {"units", std::move(units)},
                            {"left", strings(what.left)},     {"milliseconds", std::move(times)}};
    if (what.verify) {
        out["verify"] = plan::to_string(*what.verify);
        out["leaks"] = to_json(what.leaks);
    }
    if (what.rests_on) {
        out["restsOn"] = plan::to_string(*what.rests_on);
        out["evaluated"] = plan::evaluated(what.by_slice);
    }
    if (!what.works_on.empty())
        out["worksOn"] = what.works_on;
    out["foreseen"] = to_json(what.foreseen);
    out["unplanned"] = std::move(unplanned);
    if (!what.restore_steps.empty())
        out["restore"] = to_json(what.restore_steps);
    return out;
}

void show_troubles(activation::apply_outcome const& what) {
    for (auto const& warning : what.warnings)
        say_line("warning", warning);
    for (auto const& one : what.errors)
        report(one, false, exit_code::refused);
    if (what.rests_on && what.leaks.empty() && what.result != activation::apply_result::refused)
        note_line(fmt::format("no leak: {}", plan::describe(*what.rests_on)));
    for (auto const& one : what.unplanned)
        if (one.foreseen || !one.why.empty())
            note_line(describe(one));
        else
            say_line("warning", describe(one));
    using activation::apply_result;
    if (what.result == apply_result::failed_restored)
        note_line("the previous state is back");
    for (auto const& left : what.left)
        say_line("error: not as it was", left);
}

void note_units(activation::apply_outcome const& what, outcome_words const& words) {
    for (auto& line : unit_lines(what, words)) {
        line.pop_back();
        note_line(line);
    }
}

exit_code show_outcome(
    activation::apply_outcome const& what, bool dry_run, bool json, outcome_words const& words) {
    using activation::apply_result;
    show_troubles(what);
    if (json) {
        print(json::print(to_json(what)));
    } else if (what.result == apply_result::done) {
        if (what.steps.empty())
            print(unchanged_lines(what.units, words.nothing_to_do));
        else if (dry_run)
            print(would_be_done(what));
        else
            for (auto const& line : unit_lines(what, words))
                print(line);
    }
    return activation::exit_code_of(what.result);
}

} // namespace dynix::tool
