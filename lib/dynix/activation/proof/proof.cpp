#include "dynix/activation/proof/proof.hpp"

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

// Without the blanks that a title which is shorter than what was there before leaves behind it.
std::string_view without_blanks(std::string_view text) {
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string joined(std::vector<std::string> const& words) {
    return std::string(without_blanks(fmt::format("{}", fmt::join(words, " "))));
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

// Whether a list has it, as programs leave it that put something before or behind a value
// (makeWrapper's --prefix and --suffix).
bool has_in_list(std::string_view list, std::string_view value) {
    constexpr std::string_view separators = ":;, ";
    for (auto at = list.find(value); at != list.npos; at = list.find(value, at + 1)) {
        auto const end = at + value.size();
        if ((at == 0 || separators.contains(list[at - 1])) &&
            (end == list.size() || separators.contains(list[end])))
            return true;
    }
    return false;
}

bool same(units::text_pattern const& a, units::text_pattern const& b) {
    return a.before == b.before && a.after == b.after;
}

// One text instead of words, or nothing at all, is what a process leaves that has overwritten its
// command line.
std::optional<std::string_view> title_of(host::live_process const& process) {
    auto const& argv = process.argv;
    auto const empty = [](std::string const& word) { return word.empty(); };
    // It executes its program just now (executed.hpp): what is overwritten shows zeros at least.
    if (argv.empty())
        return std::nullopt;
    if (std::all_of(argv.begin(), argv.end(), empty))
        return std::string_view();
    bool const one = std::all_of(argv.begin() + 1, argv.end(), empty);
    if (one && (argv.size() > 1 || argv[0].find(' ') != std::string::npos))
        return argv[0];
    return std::nullopt;
}

// Whether it still shows all the assignments that it was given.
bool is_whole(std::vector<std::string> const& environment) {
    return !environment.empty() &&
           std::all_of(environment.begin(), environment.end(), [](std::string const& entry) {
               return entry.find('=') != std::string::npos;
           });
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
    prover(
        units::unit_file const& wanted, units::unit_file const& before,
        host::unit_status const& status, host::unit_processes const& in_group)
        : wanted_(wanted), before_(before), status_(status), hidden_(in_group.hidden) {
        auto const& all = in_group.live;
        auto const older_than_run = [&](host::live_process const& one) {
            return one.started_before(status.last_inactive_usec);
        };
        for (auto const& one : all)
            if (one.pid == status.main_pid && !older_than_run(one))
                main_ = &one;
        for (auto const& one : all)
            if (older_than_run(one) || (main_ && one.start_ticks < main_->start_ticks))
                left_over_.push_back(fmt::format("process {} '{}'", one.pid, joined(one.argv)));
            else
                live_.push_back(&one);
    }

    proof run(std::string const& invocation_before) {
        auto found = judge(invocation_before);
        found.left_over = std::move(left_over_);
        return found;
    }

  private:
    proof judge(std::string const& invocation_before) {
        if (status_.need_daemon_reload)
            return contradicted(
                "unit files as loaded", "unit files changed since (NeedDaemonReload)");
        if (!invocation_before.empty() && status_.invocation_id == invocation_before)
            return contradicted("a new run of the unit", "invocation " + invocation_before);
        // What should run and does not is no question of proof. (What starts again and again is
        // 'activating', too.)
        if (status_.active_state == "failed" || status_.sub_state.starts_with("auto-restart"))
            return contradicted(
                "a unit that runs",
                fmt::format("{} ({})", status_.active_state, status_.sub_state));
        // It forgets a unit that is down and that nothing refers to, unless it has failed.
        if (!status_.active() && status_.invocation_id.empty() && !invocation_before.empty())
            return not_provable(
                "systemd has forgotten its run, and with it whether it ended well or a condition "
                "kept it from starting");
        if (!status_.active())
            return not_provable(fmt::format("the unit is {}", status_.active_state));
        if (!status_.name.ends_with(".service"))
            return not_provable("only services have processes to look at");
        auto const command = units::planned_command(wanted_);
        auto const command_before = units::planned_command(before_);
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
        environment_ = *environment;
        environment_before_ = *environment_before;
        return judge_command(
            **command, command_before ? *command_before : std::optional<units::command_pattern>());
    }

    proof judge_command(
        units::command_pattern const& command,
        std::optional<units::command_pattern> const& command_before) const {
        std::optional<proof> found;
        bool const main_is_older = main_ && command_before && !command.matches(main_->argv) &&
                                   command_before->matches(main_->argv);
        if (main_ && !main_is_older)
            found = look_at(*main_, command, command_before);
        if (!found && !main_is_older)
            for (auto const* process : live_) {
                auto other = look_at(*process, command, command_before);
                if (other && (!found || other->outcome < found->outcome))
                    found = std::move(other);
            }
        if (found)
            return std::move(*found);
        if (!main_ &&
            (status_.sub_state == "exited" || (live_.empty() && !hidden_ && is_oneshot())))
            return not_provable("the service has no process once it has ended");
        if (!main_ && hidden_ != 0)
            return not_provable(fmt::format(
                "{} of its processes cannot be seen from here (another PID namespace, or hidepid= "
                "of /proc)",
                hidden_));
        proof none = contradicted(command.show(), "no process");
        none.no_such_command = true;
        if (!live_.empty())
            none.live.clear();
        for (auto const* process : live_)
            if (none.live.size() < most_shown)
                none.live.push_back(joined(process->argv));
        return none;
    }

    bool is_oneshot() const { return status_.type == "oneshot"; }

    // nullopt: it says nothing about the unit, as the children of a service do not.
    std::optional<proof> look_at(
        host::live_process const& process, units::command_pattern const& command,
        std::optional<units::command_pattern> const& command_before) const {
        if (command.matches(process.argv))
            return judge_environment(process);
        auto const title = title_of(process);
        if (!title)
            return std::nullopt;
        if (title->find(command.show()) != std::string_view::npos)
            return judge_environment(process);
        bool const older =
            command_before && title->find(command_before->show()) != std::string_view::npos;
        if (older || !runs_program(process, command))
            return std::nullopt;
        return not_provable(fmt::format(
            "the process has overwritten its command line with '{}'", without_blanks(*title)));
    }

    proof judge_environment(host::live_process const& process) const {
        proof found{.outcome = verdict::proven};
        bool const files = !wanted_.effective("Service", "EnvironmentFile").empty();
        bool const passed = !wanted_.effective("Service", "PassEnvironment").empty();
        bool const whole = is_whole(process.environment);
        bool const given = whole && value_of(process, "INVOCATION_ID");
        if (!whole && environment_differs(environment_, environment_before_))
            doubt(
                found, process.environment.empty() ? "the environment of the process cannot be read"
                                                   : "the process has overwritten its environment");
        for (auto const& one : environment_) {
            auto const live = value_of(process, one.name);
            if ((live && one.value.matches(*live)) || (!live && !whole))
                continue;
            auto const* const old = find(environment_before_, one.name);
            auto const wanted_text = one.name + '=' + one.value.show();
            auto const live_text =
                live ? fmt::format("{}={}", one.name, *live) : one.name + " unset";
            if (old && same(old->value, one.value))
                found.notes.push_back(
                    files ? fmt::format(
                                "{} is something else than {}, which did not change: set by "
                                "EnvironmentFile= or a wrapper",
                                one.name, wanted_text)
                          : fmt::format(
                                "{} instead of {}, which did not change: set by a wrapper",
                                live_text, wanted_text));
            else if (files && live)
                // Such a file may hold secrets, so its value is not shown.
                doubt(
                    found, fmt::format(
                               "{} is something else than {}: EnvironmentFile= may set it",
                               one.name, wanted_text));
            else if (live ? old && old->value.matches(*live) : !old && given)
                contradict(found, wanted_text, live_text);
            else if (
                live && one.value.after.empty() && !one.value.before.empty() &&
                has_in_list(*live, one.value.before))
                found.notes.push_back(
                    fmt::format("{} contains {}: a wrapper added to it", live_text, wanted_text));
            else
                doubt(
                    found, fmt::format(
                               "{} instead of {}: neither is what systemd gave it before or now",
                               live_text, wanted_text));
        }
        for (auto const& old : environment_before_) {
            auto const live = value_of(process, old.name);
            if (find(environment_, old.name) || !live || !old.value.matches(*live))
                continue;
            if (files || passed)
                doubt(
                    found, fmt::format(
                               "{} is still there: EnvironmentFile= or PassEnvironment= may set it",
                               old.name));
            else
                contradict(found, old.name + " unset", fmt::format("{}={}", old.name, *live));
        }
        return found;
    }

    // A contradiction stays one.
    static void doubt(proof& found, std::string why) {
        if (found.outcome == verdict::proven)
            found.outcome = verdict::not_provable;
        found.notes.insert(found.notes.begin(), std::move(why));
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
    host::unit_status const& status_;
    std::size_t hidden_;
    host::live_process const* main_ = nullptr;
    std::vector<host::live_process const*> live_; // of this run
    std::vector<std::string> left_over_;
    std::vector<units::assignment_pattern> environment_;
    std::vector<units::assignment_pattern> environment_before_;
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

void proof::now_not_provable(std::string why) {
    outcome = verdict::not_provable;
    notes = {std::move(why)};
    wanted.clear();
    live.clear();
}

proof prove(
    units::unit_file const& wanted, units::unit_file const& before, host::unit_status const& status,
    host::unit_processes const& in_group, std::string const& invocation_before) {
    return prover(wanted, before, status, in_group).run(invocation_before);
}

} // namespace dynix::activation
