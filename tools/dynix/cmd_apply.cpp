// dynix apply: let Nix build the activation script, and run it.
#include "activation_options.hpp"
#include "applying.hpp"
#include "author.hpp"
#include "build_plan.hpp"
#include "command.hpp"
#include "command_line.hpp"
#include "dynix/activation/as_before.hpp"
#include "dynix/activation/record/state.hpp"
#include "dynix/base/file.hpp"
#include "dynix/host/paths.hpp"
#include "dynix/process/runner.hpp"
#include "outcome_output.hpp"
#include "own_unit.hpp"
#include "selection_output.hpp"
#include "shared/report.hpp"
#include "shared/usage_error.hpp"
#include "this_machine.hpp"

#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <optional>
#include <unistd.h>
#include <utility>

namespace dynix::tool {
namespace {

struct apply_arguments : activation_arguments {
    build_arguments build{};
    bool wait = false; // for the end of what has to be confirmed
};

result<process::outcome> run_script(
    built_selection const& built, apply_arguments const& given,
    std::vector<std::string> const& taken_back) {
    process::command script;
    script.program = built.store_path + "/bin/activate";
    script.args = words_of(given);
    if (!given.confirm.empty())
        script.args.insert(script.args.end(), {"--by", person()});
    if (built.selected.on_top_of) {
        script.args.emplace_back("--on-top-of");
        script.args.push_back(*built.selected.on_top_of);
    }
    if (!taken_back.empty()) {
        script.args.emplace_back("--taken-back");
        script.args.push_back(fmt::format("{}", fmt::join(taken_back, " ")));
    }
    script.out = given.json ? process::destination::capture : process::destination::pass_through;
    script.err = process::destination::pass_through;
    // After Ctrl-C it puts everything back, which takes as long as the units take.
    script.grace = std::chrono::hours(1);
    return process::make_runner()->run(script);
}

error waiter_ended(process::outcome const& ended, std::string hint = {}) {
    return make_error(
        fmt::format(
            "the command that waits for the activation was ended: {}", process::describe(ended)),
        std::move(hint));
}

bool is_at_work(std::string const& unit) {
    auto const machine = this_machine::on_demand();
    if (!machine)
        return false;
    auto const status = (*machine)->view().units.status(unit);
    return status && (status->active() || status->active_state.ends_with("activating"));
}

// The one who waits for the activation can be ended by a signal that does not end the activation,
// or before it has begun. What does not work on in a unit is known by the state file, since there
// may be no systemd to ask.
activation::apply_outcome after_signal(process::outcome const& ended) {
    // The script becomes the one who waits.
    if (auto const unit = unit_of_activation(ended.process); is_at_work(unit))
        return activation::outcome_at_work(waiter_ended(ended), unit);
    auto const path = host::paths().state();
    auto const text = read_file_if_any(path);
    activation::apply_outcome out;
    bool begun = !text;
    if (text && *text) {
        auto const state = activation::parse_state(**text, path);
        begun = !state || state->now == activation::record_state::activating;
        if (state && begun)
            for (auto const& unit : state->previous)
                out.left.push_back(fmt::format("'{}': it may not be as it was", unit.name));
    }
    out.result = begun ? activation::apply_result::failed_left : activation::apply_result::refused;
    out.errors.push_back(waiter_ended(
        ended, begun ? "'dynix status' shows what runs; 'dynix apply' or 'dynix reset' goes on "
                       "from there"
                     : "no activation is under way; 'dynix status' shows what runs"));
    return out;
}

// The record of the activation, with what was measured outside of it.
std::string joined_record(built_selection const& built, boost::json::object const& inner) {
    boost::json::object out{{"file", built.file}, {"plan", built.store_path + "/plan.json"}};
    add_selection(out, built.selected);
    boost::json::object times;
    for (auto const& one : built.times)
        times[one.name] = one.elapsed.count();
    for (auto const& [name, value] : inner) {
        auto const* more = name == "milliseconds" ? value.if_object() : nullptr;
        if (!more) {
            out[name] = value;
            continue;
        }
        for (auto const& [phase, took] : *more)
            times[phase] = took;
    }
    out["milliseconds"] = std::move(times);
    return json::print(out);
}

exit_code run(apply_arguments given) {
    if (!given.dry_run && ::geteuid() != 0)
        return report(
            make_error(
                "only root can change what runs", "try again with sudo, or see 'dynix diff'"),
            given.json, exit_code::refused);
    if (given.confirm.empty() && (given.wait || given.anyone))
        return report(
            make_error("--wait and --anyone are for --confirm TIME"), given.json, exit_code::usage);
    auto const before =
        given.dry_run ? result<settled>(settled()) : settle(given.build.request.file);
    if (!before)
        return report(before.error(), given.json, exit_code::refused);
    given.build.request.keep = ::geteuid() == 0;
    given.build.quiet = given.json;
    auto const built = build_plan(given.build);
    if (!built)
        return report(built.error(), given.json, exit_code::refused);
    auto const ended = run_script(*built, given, before->taken_back);
    if (!ended)
        return report(ended.error(), given.json, exit_code::refused);
    // It has only looked, and who reads no more needs no word of us either.
    if (given.dry_run && ended->signal == SIGPIPE)
        std::raise(SIGPIPE);
    std::optional<activation::apply_outcome> killed;
    if (ended->signal != 0) {
        killed = after_signal(*ended);
        show_troubles(*killed);
    }
    // The script ends as 'dynix activate' does.
    auto const code = killed ? activation::exit_code_of(killed->result)
                             : static_cast<exit_code>(ended->exit_code);
    auto const confirmed = !given.confirm.empty() && code == exit_code::done && !given.dry_run
                               ? after_apply(before->id, given.wait, given.json)
                               : confirmed_outcome{code, std::nullopt};
    if (given.json) {
        auto said = json::parse_record(ended->out, "activation");
        auto inner = said     ? std::move(*said)
                     : killed ? to_json(*killed)
                              : boost::json::object{{"exitCode", ended->exit_code}};
        if (confirmed.code != code) {
            inner["result"] = to_string(confirmed.code);
            inner["exitCode"] = static_cast<int>(confirmed.code);
        }
        if (confirmed.record)
            inner["confirmation"] = *json::parse_record(*confirmed.record, "confirmation");
        print(joined_record(*built, inner));
    }
    return confirmed.code;
}

} // namespace

exit_code apply_now(std::string const& file, std::optional<unsigned> wait, bool json) {
    std::fflush(stdout); // what was appended is told before what became of it
    apply_arguments given;
    given.build.request.file = file;
    given.build.request.system = default_system_record;
    given.lock_wait = wait;
    given.json = json;
    return run(given);
}

void add_apply(CLI::App& app, exit_code& code) {
    command_line line(app, "apply", "Make the running services take the overrides, and prove it");
    auto const given = std::make_shared<apply_arguments>();
    add_build_options(line, given->build);
    add_activation_options(line, *given, "Build and check, show the steps, change nothing");
    line.flag(
        "--wait", given->wait, "With --confirm: wait for the end; exit 3 when it is taken back");
    line.footer(
        "Example:\n  dynix apply --dry-run\n  dynix apply --confirm 2min\n\n" +
        exit_status_help(
            {exit_code::done, exit_code::refused, exit_code::failed_restored,
             exit_code::failed_left}));
    line.runs([given] { return run(*given); }, code);
}

} // namespace dynix::tool
