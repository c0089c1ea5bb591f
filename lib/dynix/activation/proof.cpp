#include "dynix/activation/proof.hpp"

#include "dynix/units/exec_command.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace dynix::activation {
namespace {

// More processes than this are not listed in a contradiction.
constexpr std::size_t most_shown = 8;

std::string joined(std::vector<std::string> const& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

std::optional<std::string_view> value_of(host::live_process const& process, std::string_view name) {
    for (auto const& entry : process.environment) {
        auto const text = std::string_view(entry);
        if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=')
            return text.substr(name.size() + 1);
    }
    return std::nullopt;
}

units::assignment_pattern const*
find(std::vector<units::assignment_pattern> const& all, std::string_view name) {
    for (auto const& one : all)
        if (one.name == name)
            return &one;
    return nullptr;
}

bool same(units::text_pattern const& a, units::text_pattern const& b) {
    return a.before == b.before && a.after == b.after;
}

// One text instead of words is what a process leaves that has overwritten its command line.
bool overwritten(host::live_process const& process) {
    return process.argv.size() == 1 && process.argv[0].find(' ') != std::string::npos;
}

bool runs_program(host::live_process const& process, units::command_pattern const& command) {
    constexpr std::string_view deleted = " (deleted)";
    auto exe = std::string_view(process.exe);
    if (exe.ends_with(deleted))
        exe.remove_suffix(deleted.size());
    return command.program.matches(exe);
}

class prover {
  public:
    prover(units::unit_file const& wanted, units::unit_file const& before)
        : wanted_(wanted), before_(before) {}

    proof
    run(host::unit_status const& status, std::vector<host::live_process> const& live,
        std::string const& invocation_before) {
        if (status.need_daemon_reload)
            return contradicted(
                "unit files as loaded", "unit files changed since (NeedDaemonReload)");
        if (!invocation_before.empty() && status.invocation_id == invocation_before)
            return contradicted("a new run of the unit", "invocation " + invocation_before);
        // What should run and does not is no question of proof. (What starts again and again is
        // 'activating', too.)
        if (status.active_state == "failed" || status.sub_state.starts_with("auto-restart"))
            return contradicted(
                "a unit that runs", fmt::format("{} ({})", status.active_state, status.sub_state));
        if (!status.active())
            return not_provable(fmt::format("the unit is {}", status.active_state));
        if (!status.name.ends_with(".service"))
            return not_provable("only services have processes to look at");
        auto const command = units::planned_command(wanted_);
        auto const environment = units::planned_environment(wanted_);
        auto const environment_before = units::planned_environment(before_);
        if (!command)
            return not_provable(command.error().message);
        if (!environment)
            return not_provable(environment.error().message);
        if (!environment_before)
            return not_provable(environment_before.error().message);
        if (!*command)
            return not_provable("the unit has no ExecStart");
        return prove_command(status, live, **command, *environment, *environment_before);
    }

  private:
    proof prove_command(
        host::unit_status const& status, std::vector<host::live_process> const& live,
        units::command_pattern const& command,
        std::vector<units::assignment_pattern> const& environment,
        std::vector<units::assignment_pattern> const& environment_before) {
        if (live.empty() && status.type == "oneshot")
            return not_provable("a oneshot service has no process once it has ended");
        std::optional<proof> best;
        for (auto const& process : live) {
            if (!command.matches(process.argv))
                continue;
            auto found = prove_environment(process, environment, environment_before);
            if (!best || found.outcome < best->outcome)
                best = std::move(found);
        }
        if (best)
            return std::move(*best);
        for (auto const& process : live) {
            if (!overwritten(process))
                continue;
            if (process.argv[0].find(command.show()) != std::string::npos)
                return environment_differs(environment, environment_before)
                           ? not_provable("the process has overwritten its environment")
                           : proof{.outcome = verdict::proven};
            auto const old = units::planned_command(before_);
            if (old && *old && process.argv[0].find((*old)->show()) != std::string::npos)
                break;
            if (runs_program(process, command))
                return not_provable(fmt::format(
                    "the process has overwritten its command line with '{}'", process.argv[0]));
        }
        proof found = contradicted(command.show(), {});
        found.no_such_command = true;
        found.live.clear();
        for (auto const& process : live)
            if (found.live.size() < most_shown)
                found.live.push_back(joined(process.argv));
        if (live.empty())
            found.live.emplace_back("no process");
        return found;
    }

    proof prove_environment(
        host::live_process const& process,
        std::vector<units::assignment_pattern> const& environment,
        std::vector<units::assignment_pattern> const& environment_before) const {
        proof found{.outcome = verdict::proven};
        bool const files = !wanted_.effective("Service", "EnvironmentFile").empty();
        bool const passed = !wanted_.effective("Service", "PassEnvironment").empty();
        if (process.environment.empty() && environment_differs(environment, environment_before))
            return not_provable("the environment of the process cannot be read");
        for (auto const& one : environment) {
            auto const live = value_of(process, one.name);
            if (live && one.value.matches(*live))
                continue;
            auto const* const old = find(environment_before, one.name);
            auto const wanted_text = one.name + '=' + one.value.show();
            auto const live_text =
                live ? fmt::format("{}={}", one.name, *live) : one.name + " unset";
            if (process.environment.empty())
                continue;
            if (old && same(old->value, one.value))
                found.notes.push_back(fmt::format(
                    "{} instead of {}, which did not change: set by a wrapper", live_text,
                    wanted_text));
            else if (files)
                found.notes.push_back(fmt::format(
                    "{} instead of {}: EnvironmentFile may set it", live_text, wanted_text));
            else if (
                live && one.value.after.empty() && !one.value.before.empty() &&
                live->find(one.value.before) != std::string_view::npos &&
                !(old && old->value.matches(*live)))
                found.notes.push_back(
                    fmt::format("{} contains {}: a wrapper added to it", live_text, wanted_text));
            else
                contradict(found, wanted_text, live_text);
        }
        for (auto const& old : environment_before) {
            auto const live = value_of(process, old.name);
            if (!find(environment, old.name) && live && old.value.matches(*live) && !files &&
                !passed)
                contradict(found, old.name + " unset", fmt::format("{}={}", old.name, *live));
        }
        return found;
    }

    static void contradict(proof& found, std::string wanted, std::string live) {
        found.outcome = verdict::contradicted;
        found.wanted.push_back(std::move(wanted));
        found.live.push_back(std::move(live));
    }

    static bool environment_differs(
        std::vector<units::assignment_pattern> const& a,
        std::vector<units::assignment_pattern> const& b) {
        auto const in_other = [](std::vector<units::assignment_pattern> const& other) {
            return [&other](units::assignment_pattern const& one) {
                auto const* const found = find(other, one.name);
                return found && same(found->value, one.value);
            };
        };
        return !std::all_of(a.begin(), a.end(), in_other(b)) ||
               !std::all_of(b.begin(), b.end(), in_other(a));
    }

    static proof contradicted(std::string wanted, std::string live) {
        proof found;
        contradict(found, std::move(wanted), std::move(live));
        return found;
    }

    static proof not_provable(std::string why) {
        return {.outcome = verdict::not_provable, .notes = {std::move(why)}};
    }

    units::unit_file const& wanted_;
    units::unit_file const& before_;
};

} // namespace

std::string proof::show() const {
    switch (outcome) {
    case verdict::proven:
        return "proven";
    case verdict::not_provable:
        return fmt::format("not provable: {}", fmt::join(notes, "; "));
    case verdict::contradicted:
        break;
    }
    return fmt::format("wanted='{}' live='{}'", fmt::join(wanted, "', '"), fmt::join(live, "', '"));
}

proof prove(
    units::unit_file const& wanted, units::unit_file const& before, host::unit_status const& status,
    std::vector<host::live_process> const& live, std::string const& invocation_before) {
    return prover(wanted, before).run(status, live, invocation_before);
}

} // namespace dynix::activation
