// dynix diff: what an apply would change.
#include "build_plan.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/activation/diff.hpp"
#include "dynix/session/plan_overrides.hpp"
#include "outcome_output.hpp"
#include "selection_output.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace dynix::tool {
namespace {

struct diff_arguments {
    build_arguments build;
    activation::check_options check;
    bool json = false;
};

std::string as_text(activation::plan_difference const& what) {
    std::string out;
    for (auto const& one : what.overrides)
        out += fmt::format("{}: {} -> {}\n", one.option, one.static_value, one.dynamic_value);
    for (auto const& one : what.units)
        if (!one.text.empty())
            out += fmt::format("\n{}", one.text);
    if (!what.steps.empty())
        out += '\n';
    for (auto const& step : what.steps)
        out += fmt::format("apply would {}\n", activation::describe(step));
    for (auto const& one : what.foreseen)
        out += fmt::format("systemd would also {}\n", activation::describe(one));
    if (!what.leaks.empty())
        out += '\n';
    for (auto const& one : what.leaks)
        out += fmt::format("not in the plan: {}\n", plan::describe(one));
    if (out.empty())
        out = "no difference: the dynamic file changes no unit\n";
    else if (what.steps.empty() && what.refusals.empty())
        out += '\n' + unchanged_lines(what.units, words_of_apply.nothing_to_do);
    return out;
}

std::string as_json(activation::plan_difference const& what, session::selection const& selected) {
    boost::json::array options, units;
    for (auto const& one : what.overrides)
        options.push_back(boost::json::object{
            {"option", one.option},
            {"static", boost::json::parse(one.static_value)},
            {"dynamic", boost::json::parse(one.dynamic_value)}});
    for (auto const& one : what.units)
        units.push_back(
            boost::json::object{{"name", one.name}, {"diff", one.text}, {"dropIn", one.drop_in}});
    boost::json::object out{
        {"options", std::move(options)},
        {"units", std::move(units)},
        {"steps", to_json(what.steps)},
        {"foreseen", to_json(what.foreseen)},
        {"refusals", to_json(what.refusals)},
        {"verify", plan::to_string(what.verify)},
        {"restsOn", plan::to_string(what.rests_on)},
        {"evaluated", plan::evaluated(what.by_slice)},
        {"leaks", to_json(what.leaks)},
        {"warnings", boost::json::array(what.warnings.begin(), what.warnings.end())}};
    add_selection(out, selected);
    return json::print(out);
}

result<activation::plan_difference>
difference_of(diff_arguments const& given, built_selection& built) {
    session::fill_hidden_values(built.plan);
    auto const machine = this_machine::connect();
    if (!machine)
        return machine.error();
    auto world = (*machine)->view();
    return activation::difference(built.plan, given.check, world);
}

exit_code run(diff_arguments given) {
    given.build.request.keep = ::geteuid() == 0;
    given.build.quiet = given.json;
    auto built = build_plan(given.build);
    if (!built)
        return report(built.error(), given.json, exit_code::refused);
    auto const what = difference_of(given, *built);
    if (!what)
        return report(what.error(), given.json, exit_code::refused);
    print(given.json ? as_json(*what, built->selected) : as_text(*what));
    for (auto const& warning : what->warnings)
        say_line("warning", warning);
    for (auto const& refusal : what->refusals)
        report(refusal, false, exit_code::refused);
    return what->refusals.empty() ? exit_code::done : exit_code::refused;
}

} // namespace

void add_diff(CLI::App& app, exit_code& code) {
    command_line line(app, "diff", "Show what an apply would change");
    auto const given = std::make_shared<diff_arguments>();
    add_build_options(line, given->build);
    add_allow_leak_option(line, given->check.allow_leak);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix diff");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
