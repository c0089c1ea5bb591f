// dynix confirm: keep what `dynix apply --confirm` has applied, or take it back now.
#include "announce.hpp"
#include "applying.hpp"
#include "author.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "confirmation_output.hpp"
#include "dynix/session/lasting_entries.hpp"
#include "outcome_output.hpp"
#include "own_unit.hpp"
#include "returning.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"
#include "shared/usage_error.hpp"
#include "this_machine.hpp"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dynix::tool {
namespace {

struct confirm_arguments {
    bool cancel = false;
    bool json = false;
    place where;
};

exit_code keep(confirm_arguments const& given, host::machine& host) {
    activation::confirm_request request;
    request.by = person();
    std::vector<std::string> warnings;
    request.on_kept = [&](activation::state const& kept) -> result<void> {
        auto done = session::keep_entries(kept.dynamic_file, kept.configuration, host);
        if (!done)
            return done.error();
        warnings = std::move(*done);
        // What runs as it is to stay does not go back for want of a timer.
        auto const more = after_kept(kept.dynamic_file, kept.configuration, host);
        warnings.insert(warnings.end(), more.begin(), more.end());
        return {};
    };
    auto const kept = activation::confirm(request, host);
    if (!kept)
        return report(kept.error(), given.json, exit_code::refused);
    for (auto const& one : warnings)
        say_line("warning", one);
    announce(describe(*kept, host), kept->id);
    if (given.json)
        print(json::print(boost::json::object{{"confirmation", to_json(*kept, host)}}));
    else
        print(describe(*kept, host) + '\n');
    return exit_code::done;
}

exit_code cancel(confirm_arguments const& given, host::machine& host) {
    unit_work work;
    work.act = [&](auto const&) {
        progress_line line(given.json);
        activation::take_back_request request;
        request.why = fmt::format("cancelled by {}", given.where.caller());
        request.on_progress = [&](auto const& progress) { line.show(progress); };
        auto done = take_back_and_announce(std::move(request), given.where.caller(), host);
        if (!done.what && done.went.errors.empty())
            done.went.errors.push_back(make_error("nothing waits to be confirmed"));
        return std::move(done.went);
    };
    work.show = [&](auto const& outcome) {
        return show_outcome(outcome, false, given.json, words_of_take_back);
    };
    work.on_stop = "a return runs to completion, so that nothing is left between two states";
    return run_in_place(given.where, host, work);
}

exit_code run(confirm_arguments const& given) {
    auto const machine = this_machine::connect();
    if (!machine)
        return report(machine.error(), given.json, exit_code::refused);
    auto world = (*machine)->view();
    return given.cancel ? cancel(given, world) : keep(given, world);
}

} // namespace

void add_confirm(CLI::App& app, exit_code& code) {
    command_line line(app, "confirm", "Keep what 'dynix apply --confirm' has applied");
    auto const given = std::make_shared<confirm_arguments>();
    line.flag("--cancel", given->cancel, "Take it back now, to what was applied before");
    add_place_options(line, given->where);
    add_json_option(line, given->json);
    line.footer(
        "Example:\n  dynix apply --confirm 2min\n  dynix confirm\n\n" +
        exit_status_help({exit_code::done, exit_code::refused, exit_code::failed_left}));
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
