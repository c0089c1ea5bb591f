// dynix check: whether an apply would be refused, and why.
#include "build_plan.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/activation/preflight/preflight.hpp"
#include "dynix/activation/unchanged.hpp"
#include "outcome_output.hpp"
#include "selection_output.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <boost/json/array.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace dynix::tool {
namespace {

struct check_arguments {
    build_arguments build;
    activation::check_options check;
    bool json = false;
};

struct findings {
    built_selection built;
    activation::checked_plan checked;
    std::vector<std::string> units; // a line for each: whether it runs the configuration on disk
};

// What was compared is the unit's file; what it runs is another matter.
std::string compared_line(activation::checked_unit const& unit, host::machine& world) {
    auto const why_not = activation::why_not_static(unit, world);
    return why_not.empty()
               ? fmt::format("{}: runs what the configuration on disk says\n", unit.name)
               : fmt::format(
                     "{}: its unit file is what the configuration on disk says; {}\n", unit.name,
                     why_not);
}

// After `nixos-rebuild boot`, `test` or a rollback, a reboot brings another static system.
std::optional<std::string> other_system_at_boot() {
    std::error_code failed;
    auto const runs = std::filesystem::canonical("/run/current-system", failed);
    if (failed)
        return std::nullopt;
    auto const boots = std::filesystem::canonical("/nix/var/nix/profiles/system", failed);
    if (failed || runs == boots)
        return std::nullopt;
    return fmt::format(
        "a reboot brings another system than the one that runs: '{}' instead of '{}'",
        boots.string(), runs.string());
}

result<findings> look(check_arguments const& given) {
    auto built = build_plan(given.build);
    if (!built)
        return built.error();
    auto const machine = this_machine::connect();
    if (!machine)
        return machine.error();
    auto world = (*machine)->view();
    auto checked = activation::check(built->plan, given.check, world);
    if (auto warning = other_system_at_boot())
        checked.warnings.push_back(std::move(*warning));
    std::vector<std::string> units;
    units.reserve(checked.units.size());
    for (auto const& unit : checked.units)
        units.push_back(compared_line(unit, world));
    return findings{std::move(*built), std::move(checked), std::move(units)};
}

std::string as_text(findings const& what) {
    auto out = fmt::format(
        "{}: good, {} of the dynamic options {} another value\n", what.built.file,
        what.built.plan.overrides.size(), what.built.plan.overrides.size() == 1 ? "has" : "have");
    std::error_code unreadable;
    if (!std::filesystem::exists(what.built.file, unreadable) && !unreadable)
        out += fmt::format("'{}' does not exist, so nothing is overridden\n", what.built.file);
    for (auto const& line : what.units)
        out += line;
    if (what.built.plan.leaks.empty())
        out += fmt::format("no leak: {}\n", plan::describe(what.built.plan.rests_on));
    return out;
}

std::string as_json(findings const& what) {
    auto const& warnings = what.checked.warnings;
    boost::json::object out{
        {"file", what.built.file},
        {"verify", plan::to_string(what.built.plan.verify)},
        {"restsOn", plan::to_string(what.built.plan.rests_on)},
        {"evaluated", plan::evaluated(what.built.plan.by_slice)},
        {"leaks", to_json(what.built.plan.leaks)},
        {"refusals", to_json(what.checked.refusals)},
        {"warnings", boost::json::array(warnings.begin(), warnings.end())}};
    add_selection(out, what.built.selected);
    return json::print(out);
}

exit_code run(check_arguments const& given) {
    auto const what = look(given);
    if (!what)
        return report(what.error(), given.json, exit_code::refused);
    auto const good = what->checked.refusals.empty();
    if (given.json)
        print(as_json(*what));
    else if (good)
        print(as_text(*what));
    for (auto const& warning : what->checked.warnings)
        say_line("warning", warning);
    for (auto const& refusal : what->checked.refusals)
        report(refusal, false, exit_code::refused);
    return good ? exit_code::done : exit_code::refused;
}

} // namespace

void add_check(CLI::App& app, exit_code& code) {
    command_line line(
        app, "check", "Tell whether an apply would be refused, and why; changes nothing");
    auto const given = std::make_shared<check_arguments>();
    add_build_options(line, given->build);
    add_allow_leak_option(line, given->check.allow_leak);
    add_json_option(line, given->json);
    line.footer(
        "Looks at the syntax of the dynamic file, the types of its values, whether the\n"
        "configuration on disk is the one that runs, and what an override changes elsewhere.\n\n"
        "Example:\n  dynix check --verify=full\n\n"
        "Exit codes: 0 an apply would go ahead; 1 it would be refused.");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
