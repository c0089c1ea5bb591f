// dynix activate PLAN: carry out the plan of an activation script, which calls this.
#include "activation_options.hpp"
#include "applying.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/base/time_span.hpp"
#include "dynix/session/plan_overrides.hpp"
#include "outcome_output.hpp"
#include "own_unit.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <utility>

namespace dynix::tool {
namespace {

struct activate_arguments : activation_arguments {
    std::string plan{};
    std::optional<std::string> on_top_of{};
    std::string taken_back{}; // the units that went back just before, with blanks between
    place where{};
};

// What was done to its units just before is not called nothing.
constexpr outcome_words words_after_take_back{
    "nothing more to do: what runs is what is planned", "the planned configuration"};
activation::unit_change const taken_back_before{
    .name = "unchanged", .done = "went back just before, and needs no more for {}"};

activation::apply_outcome
after_take_back(activation::apply_outcome outcome, std::string const& taken_back) {
    auto const padded = ' ' + taken_back + ' ';
    for (auto& unit : outcome.units)
        if (unit.change == &activation::changes::none &&
            padded.find(' ' + unit.name + ' ') != padded.npos)
            unit.change = &taken_back_before;
    return outcome;
}

struct named_plan {
    std::string path;
    std::string text;
};

// The plan is opened once, by the process that was given its name; the one in the unit gets both.
result<named_plan> open_plan(activate_arguments const& given) {
    if (given.where.in_unit) {
        auto input = input_of_unit();
        if (!input)
            return input.error();
        auto const end = std::min(input->find('\0'), input->size() - 1);
        return named_plan{input->substr(0, end), input->substr(end + 1)};
    }
    auto text = read_input(given.plan, plan::largest_plan);
    if (!text)
        return text.error();
    // What came by a pipe has no name by which it could be found again.
    if (given.plan == "-")
        return named_plan{"", std::move(*text)};
    // The link 'pending' will name another plan when the next one is built.
    std::error_code unreadable;
    auto const path = std::filesystem::canonical(given.plan, unreadable);
    return named_plan{unreadable ? given.plan : path.string(), std::move(*text)};
}

exit_code run(activate_arguments const& given) {
    auto const named = open_plan(given);
    if (!named)
        return report(named.error(), given.json, exit_code::refused);
    auto plan = plan::read_plan(named->text, named->path.empty() ? "standard input" : named->path);
    if (!plan)
        return report(plan.error(), given.json, exit_code::refused);
    if (auto const read = plan::read_configuration(*plan); !read)
        plan->warnings.push_back(fmt::format(
            "what is applied is recorded without its options: {}", one_line(read.error())));
    auto const machine = this_machine::connect();
    if (!machine)
        return report(machine.error(), given.json, exit_code::refused);

    activation::apply_options options;
    options.dry_run = given.dry_run;
    options.restore = !given.no_restore;
    options.allow_leak = given.allow_leak;
    if (given.timeout)
        options.timeout = std::chrono::seconds(*given.timeout);
    if (given.lock_wait)
        options.lock_patience = std::chrono::seconds(*given.lock_wait);
    options.on_top_of = given.on_top_of;
    options.plan_path = named->path;
    options.overrides = session::recorded_overrides(*plan);
    auto world = (*machine)->view();
    applying with(*plan, world);
    if (!given.confirm.empty()) {
        auto const wait = parse_time_span(given.confirm, "--confirm");
        if (!wait)
            return report(wait.error(), given.json, exit_code::usage);
        with.to_confirm(*wait, given.where.caller(), given.anyone);
    }
    options.with = &with.attendant();
    unit_work work;
    work.act = [&](auto const& stop_requested) {
        progress_line line(given.json);
        options.on_progress = [&](auto const& progress) { line.show(progress); };
        options.stop_requested = stop_requested;
        return activation::apply(*plan, options, world);
    };
    work.show = [&](auto const& outcome) {
        auto const code = given.taken_back.empty()
                              ? show_outcome(outcome, given.dry_run, given.json, words_of_apply)
                              : show_outcome(
                                    after_take_back(outcome, given.taken_back), given.dry_run,
                                    given.json, words_after_take_back);
        if (outcome.result == activation::apply_result::done && !given.dry_run)
            with.tell();
        return code;
    };
    work.input = named->path + '\0' + named->text;
    // It may have come to its end when it is asked.
    work.on_stop = given.no_restore
                       ? "stopping: what is done so far stays as it is"
                       : "stopping: the previous state comes back, unless all is done by then";
    auto where = given.where;
    where.here = where.here || given.dry_run;
    return run_in_place(where, world, work);
}

} // namespace

void add_activate(CLI::App& app, exit_code& code) {
    command_line line(app, "activate", "Carry out a plan (activation scripts call this)");
    auto const given = std::make_shared<activate_arguments>();
    line.option("PLAN", given->plan, "The plan.json of an activation script").required();
    add_activation_options(line, *given, "Check and show the steps, change nothing");
    line.option("--on-top-of", given->on_top_of, "").hidden();
    line.option("--taken-back", given->taken_back, "").hidden();
    add_place_options(line, given->where);
    line.footer("Example:\n  dynix activate --dry-run /run/dynix/pending/plan.json");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
