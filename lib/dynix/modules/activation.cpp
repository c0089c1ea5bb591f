#include "dynix/modules/activation.hpp"

#include "dynix/base/file.hpp"
#include "dynix/host/program_lock.hpp"
#include "dynix/modules/failing.hpp"
#include "dynix/plan/nix.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

namespace dynix::modules {
namespace {

constexpr std::size_t longest_said = 4'000;

std::string program_of(std::string const& system) {
    return system + "/bin/switch-to-configuration";
}

// As nixos-rebuild starts it.
process::command switch_command(std::string const& system) {
    process::command out;
    out.program = "systemd-run";
    out.args = {
        "--collect",
        "--no-ask-password",
        "--pipe",
        "--quiet",
        "--service-type=exec",
        "--setenv=LOCALE_ARCHIVE",
        "--setenv=NIXOS_INSTALL_BOOTLOADER=0",
        fmt::format("--unit={}", switch_unit),
        "--wait",
        program_of(system),
        "test"};
    return out;
}

class activation_run {
  public:
    activation_run(
        running_system const& now, prepared_change const& change, surroundings const& host,
        activation_options const& options)
        : now_(now), change_(change), host_(host), options_(options) {}

    activation_outcome run() {
        if (auto good = begin(); !good) {
            phase("");
            out_.errors.push_back(good.error());
            return std::move(out_);
        }
        phase("activate");
        auto const failed = switch_to(change_.system);
        if (!failed)
            end_well();
        else if (!is_started_)
            refuse(*failed);
        else
            restore(*failed);
        phase("");
        return std::move(out_);
    }

  private:
    void phase(std::string_view name) {
        if (std::exchange(in_phase_, !name.empty()) && options_.on_phase)
            options_.on_phase("");
        if (!name.empty() && options_.on_phase)
            options_.on_phase(name);
    }

    std::string running() const {
        std::error_code ignored;
        return std::filesystem::read_symlink(host_.where.current_system(), ignored).string();
    }

    // Whatever can be refused is refused here.
    result<void> begin() {
        std::error_code ignored;
        if (!std::filesystem::exists(program_of(change_.system), ignored))
            return make_error(
                fmt::format("'{}' is not there", program_of(change_.system)),
                "the system must have it: 'system.switch.enable = true;'");
        if (auto rooted = root_extension(); !rooted)
            return rooted;
        phase("wait");
        auto const theirs = host::take_program_lock(
            host_.where, host_.where.switch_lock(), "a NixOS switch", options_.lock_patience,
            options_.on_wait);
        if (!theirs)
            return theirs.error();
        if (running() != now_.system)
            return make_error(
                fmt::format("another system has been activated meanwhile: '{}'", running()),
                "run the command again");
        if (options_.on_begin)
            options_.on_begin();
        failing_before_ = failing();
        return write(extended_system{change_.system, change_.what.wanted});
    }

    // Its closure stays in the store for as long as /run: for one that another process has built,
    // this is the only root.
    result<void> root_extension() {
        if (change_.extension.empty())
            return {};
        process::command add;
        add.program = plan::nix::store;
        add.args = {
            "--realise", change_.extension, "--add-root", host_.where.modules_pending(),
            "--indirect"};
        auto const ended = host_.programs.run(add);
        if (!ended)
            return ended.error();
        if (!ended->success())
            return make_error(
                fmt::format(
                    "Nix cannot keep '{}' in its store: {}", change_.extension,
                    process::describe(*ended)),
                ended->err);
        return {};
    }

    // The state with what is under way, which is nothing any more without `activating`.
    result<void> write(std::optional<extended_system> activating) {
        module_state state;
        state.since = host_.time.date();
        state.base = now_.base();
        state.applied = {now_.system, now_.record.enabled};
        if (now_.recorded && now_.recorded->applied.system == now_.system)
            state.extension = now_.recorded->extension;
        state.activating = std::move(activating);
        return write_state(host_.files, host_.where, state);
    }

    // Why the system does not run now; nullopt when it does.
    std::optional<error> switch_to(std::string const& system) {
        auto command = switch_command(system);
        command.on_err_line = options_.on_line;
        command.on_out_line = options_.on_line;
        auto const ended = host_.programs.run(command);
        if (!ended)
            return ended.error();
        is_started_ = true;
        if (!ended->success())
            return failure_of(system, *ended);
        if (running() != system)
            return make_error(
                fmt::format("'{} test' ended well, but '{}' runs", program_of(system), running()),
                "");
        return std::nullopt;
    }

    // What had failed before the first change is no failure of the switch, else one sore unit of
    // the base would be the end of every change, and of the way back.
    std::optional<error> failure_of(std::string const& system, process::outcome const& ended) {
        auto said = ended.out + ended.err;
        auto const failures = what_failed(system, ended, said);
        if (failures.fresh.empty() && !failures.old.empty()) {
            out_.warnings.push_back(fmt::format(
                "'{} test' ended with status {} for units that had failed before: {}",
                program_of(system), ended.exit_code, fmt::join(failures.old, ", ")));
            return std::nullopt;
        }
        auto failed = make_error(
            fmt::format("'{} test' failed: {}", program_of(system), process::describe(ended)), "");
        if (said.size() > longest_said)
            said = "[...]" + said.substr(said.size() - longest_said);
        while (said.ends_with('\n'))
            said.pop_back();
        if (!said.empty())
            failed.notes.push_back({"what it said:\n" + said, {}});
        if (!failures.fresh.empty())
            failed.notes.push_back(
                {fmt::format("what had not failed before: {}", fmt::join(failures.fresh, ", ")),
                 {}});
        return failed;
    }

    // Nothing where that cannot be told, or where the switch has not come to its end.
    switch_failures what_failed(
        std::string const& system, process::outcome const& ended, std::string const& said) const {
        bool const at_end = ended.by_itself() && ended.exit_code == switch_status_of_failures &&
                            running() == system;
        if (!at_end || !failing_before_)
            return {};
        auto const now = failing();
        return now ? failures_of(*failing_before_, *now, said) : switch_failures{};
    }

    // Without the unit of the switch, which has failed with it until systemd has collected it.
    std::optional<unit_set> failing() const {
        auto found = failing_units(host_.programs);
        if (found)
            found->erase(switch_unit);
        return found;
    }

    void end_well() {
        out_.result = exit_code::done;
        module_state state;
        state.since = host_.time.date();
        state.base = now_.base();
        state.applied = {change_.system, change_.what.wanted};
        state.extension = change_.extension;
        warn_unless(write_state(host_.files, host_.where, state));
        if (change_.extension.empty()) {
            warn_unless(host_.files.remove(host_.where.modules_applied()));
            return;
        }
        warn_unless(host_.files.link(change_.extension, host_.where.modules_applied()));
        warn_unless(host_.files.link(host_.where.modules_applied(), host_.where.modules_gc_root()));
    }

    void warn_unless(result<void> const& good) {
        if (!good)
            out_.warnings.push_back(one_line(good.error()));
    }

    // Without 'systemd-run' there is nothing to put back, and no way to.
    void refuse(error const& failed) {
        out_.errors.push_back(failed);
        warn_unless(write(std::nullopt));
    }

    // The switch may have ended in the middle, or before it began, or may still run in its unit.
    void restore(error const& failed) {
        phase("restore");
        out_.errors.push_back(failed);
        out_.result = exit_code::failed_left;
        {
            auto const theirs = host::take_program_lock(
                host_.where, host_.where.switch_lock(), "a NixOS switch", options_.lock_patience,
                options_.on_wait);
            if (!theirs)
                return leave(theirs.error());
            auto const current = running();
            if (current != now_.system && current != change_.system)
                return leave(make_error(
                    fmt::format("another system has been activated meanwhile: '{}'", current),
                    "'runtime-module list' shows what is enabled in it"));
        }
        // What dynix has applied stays in this one too (being_activated).
        warn_unless(write(extended_system{now_.system, now_.record.enabled}));
        if (auto const again = switch_to(now_.system))
            return leave(*again);
        out_.result = exit_code::failed_restored;
        warn_unless(write(std::nullopt));
    }

    void leave(error why) {
        if (why.hint.empty())
            why.hint = "'runtime-module reset' goes back to the system without modules; "
                       "'systemctl --failed' lists the units that failed";
        out_.errors.push_back(std::move(why));
    }

    running_system const& now_;
    prepared_change const& change_;
    surroundings const& host_;
    activation_options const& options_;
    activation_outcome out_;
    std::optional<unit_set> failing_before_; // nullopt: systemd has not said it
    bool in_phase_ = false;
    bool is_started_ = false; // a switch, so that something may have changed
};

} // namespace

result<file_lock> take_lock(
    surroundings const& host, host::milliseconds patience,
    std::function<void(std::string const& holder)> const& on_wait) {
    return host::take_program_lock(
        host.where, host.where.modules_lock(), "another runtime-module", patience, on_wait);
}

activation_outcome activate(
    running_system const& now, prepared_change const& change, surroundings const& host,
    activation_options const& options) {
    return activation_run(now, change, host, options).run();
}

} // namespace dynix::modules
