// dynix reset: back to the static configuration now.
#include "announce.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/activation/reset.hpp"
#include "module_switch.hpp"
#include "outcome_output.hpp"
#include "own_unit.hpp"
#include "returning.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"
#include "this_machine.hpp"

#include <fmt/format.h>
#include <memory>
#include <optional>

namespace dynix::tool {
namespace {

struct reset_arguments {
    activation::reset_options options;
    bool json = false;
    std::optional<unsigned> timeout;
    std::optional<unsigned> wait;
    place where;
};

exit_code run(reset_arguments given) {
    auto const machine = this_machine::connect();
    if (!machine)
        return report(machine.error(), given.json, exit_code::refused);
    if (given.timeout)
        given.options.timeout = std::chrono::seconds(*given.timeout);
    if (given.wait)
        given.options.lock_patience = std::chrono::seconds(*given.wait);
    auto world = (*machine)->view();
    if (given.options.switching)
        // What waits to be confirmed does not stay with half of its units.
        if (auto const kept = stays_in_this_switch(world);
            kept && (kept->taken_back.empty() || !activation::may_wait(world.files, world.where))) {
            note_what_stays(*kept);
            if (kept->taken_back.empty())
                return exit_code::done;
            given.options.stays = kept->stays;
        }
    unit_work work;
    work.act = [&](auto const&) {
        progress_line line(given.json);
        activation::reset_ends_confirmation ends(
            given.options.switching ? "switch" : fmt::format("reset by {}", given.where.caller()),
            undo_in_file(given.where.caller(), world), world);
        given.options.with = &ends;
        given.options.on_progress = [&](auto const& progress) { line.show(progress); };
        auto outcome = activation::reset(given.options, world);
        if (ends.ended())
            announce(describe(*ends.ended(), world), ends.ended()->id);
        return outcome;
    };
    work.show = [&](auto const& outcome) {
        return show_outcome(outcome, given.options.dry_run, given.json, words_of_reset);
    };
    work.on_stop = "a reset runs to completion, so that nothing is left between two states";
    // dynix-revert.service is a unit already.
    given.where.here = given.where.here || given.options.dry_run || given.options.switching;
    return run_in_place(given.where, world, work);
}

} // namespace

void add_reset(CLI::App& app, exit_code& code) {
    command_line line(app, "reset", "Go back to the static configuration; the dynamic file stays");
    auto const given = std::make_shared<reset_arguments>();
    line.flag("--dry-run,-n", given->options.dry_run, "Show the steps, change nothing");
    line.flag(
        "--switching", given->options.switching,
        "For dynix-revert.service: a switch is running, which holds the switch lock itself");
    line.option(
            "--timeout", given->timeout,
            "Seconds for the units to stop and start (default: what the units allow)")
        .placeholder("S")
        .seconds(1);
    add_wait_option(line, given->wait);
    add_place_options(line, given->where);
    add_json_option(line, given->json);
    line.footer("Example:\n  dynix reset --dry-run");
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
