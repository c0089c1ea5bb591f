// runtime-module enable, disable, reset, rebuild and diff: another system of the same base.
#include "command.hpp"
#include "dynix/modules/activation.hpp"
#include "dynix/modules/closure.hpp"
#include "elevation.hpp"
#include "output.hpp"
#include "overrides.hpp"
#include "shared/progress_line.hpp"
#include "shared/report.hpp"

#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <unistd.h>

namespace dynix::tool {
namespace {

using modules::verb;

// The phases as a person sees them, each as it ends with the time that it took.
class shown_phases {
  public:
    explicit shown_phases(arguments const& given) : verbose_(given.verbose), line_(given.json) {}

    void enter(std::string_view name) {
        if (!now_.empty())
            line_.end(std::chrono::duration_cast<host::milliseconds>(
                std::chrono::steady_clock::now() - begun_));
        now_ = name;
        if (now_.empty())
            return;
        begun_ = std::chrono::steady_clock::now();
        line_.begin(name);
    }

    // The phase has come to nothing: what is to be said of that follows.
    void drop() {
        line_.drop();
        now_.clear();
    }

    // Of Nix: it tells when it has evaluated and builds.
    void on_line_of_nix(std::string_view said) {
        pass_on(said);
        bool const builds = said.starts_with("these ") || said.starts_with("this derivation ") ||
                            said.starts_with("building ");
        if (builds && now_ == "evaluate")
            enter("build");
    }

    void pass_on(std::string_view said) {
        if (verbose_)
            line_.pass_on(said);
        else
            line_.detail(said);
    }

    void wait_for(std::string const& holder) {
        line_.pass_on(fmt::format("  waiting for {}", holder));
    }

  private:
    bool verbose_;
    progress_line line_;
    std::string now_;
    std::chrono::steady_clock::time_point begun_;
};

// Once it has begun, an activation goes on to its end, whoever closes a terminal or a pipe.
void withstand_signals() {
    for (int const number : {SIGINT, SIGTERM, SIGHUP})
        std::signal(number, SIG_IGN);
}

class change_command {
  public:
    change_command(verb what, std::string name, arguments const& given)
        : verb_(what), name_(std::move(name)), given_(given), machine_(given.root),
          host_(machine_.view()), phases_(given) {}

    exit_code run() {
        // What was read and resolved must hold until it is activated.
        std::optional<file_lock> lock;
        bool const activates = ::geteuid() == 0 && !given_.dry_run;
        if (activates) {
            auto taken = modules::take_lock(
                host_, std::chrono::seconds(given_.wait),
                [&](std::string const& holder) { phases_.wait_for(holder); });
            if (!taken)
                return report(taken.error(), given_.json, exit_code::refused);
            lock = std::move(*taken);
        }
        auto now = modules::read_running(host_, activates);
        if (!now)
            return report(now.error(), given_.json, exit_code::refused);
        now_ = std::move(*now);
        if (auto const unknown = modules::unknown_names(now_.record, given_.names))
            return report(*unknown, given_.json, exit_code::unknown_name);
        auto wanted = modules::resolve(now_.record, verb_, given_.names, given_.force);
        if (!wanted)
            return report(wanted.error(), given_.json, exit_code::refused);
        if (auto const cannot = cannot_activate(now_.record, given_))
            return report(*cannot, given_.json, exit_code::refused);
        // What the process has said that was not root.
        bool const is_quiet = given_.json || given_.elevated;
        if (!is_quiet)
            for (auto const& one : notes_on(now_))
                note_line(one);
        bool const again = given_.force || verb_ == verb::rebuild;
        if (!modules::needs_activation(now_, *wanted, again))
            return show_unchanged(*wanted);
        if (auto const what = sentence(*wanted); !what.empty() && !is_quiet)
            note_line(what);
        return build_and_activate(std::move(*wanted), activates);
    }

  private:
    exit_code build_and_activate(modules::resolution wanted, bool activates) {
        modules::change_options options;
        options.keep = activates;
        options.built = given_.built;
        options.build.heap_bytes = heap_for_nix();
        options.build.lines_are_shown = given_.verbose;
        options.build.on_line = [&](std::string_view line) { phases_.on_line_of_nix(line); };
        if (!wanted.wanted.empty() && given_.built.empty())
            phases_.enter("evaluate");
        auto change = modules::prepare(now_, std::move(wanted), options, host_);
        if (!change) {
            phases_.drop();
            return report(change.error(), given_.json, exit_code::refused);
        }
        phases_.enter("");
        if (given_.dry_run) {
            look_at_overrides(*change);
            return show_planned(*change);
        }
        if (!activates)
            return report(
                become_root(now_.record, given_, name_, change->extension), given_.json,
                exit_code::refused);
        return activate(*change);
    }

    // Which overrides of dynix are taken back; said to a person.
    void look_at_overrides(modules::prepared_change& change) {
        lost_ = overrides_lost_in(change.system, host_);
        if (!lost_.unknown.empty())
            change.warnings.push_back(fmt::format(
                "it is not known which overrides of dynix stay applied: {}", lost_.unknown));
        if (auto const what = sentence(lost_); !what.empty() && !given_.json)
            note_line(what);
    }

    exit_code activate(modules::prepared_change& change) {
        withstand_signals();
        modules::activation_options options;
        options.lock_patience = std::chrono::seconds(given_.wait);
        options.on_phase = [&](std::string_view phase) { phases_.enter(phase); };
        options.on_wait = [&](std::string const& holder) { phases_.wait_for(holder); };
        // An apply or a reset that was waited for has changed what there is to take back.
        options.on_begin = [&] { look_at_overrides(change); };
        options.on_line = [&](std::string_view line) { phases_.pass_on(line); };
        auto outcome = modules::activate(now_, change, host_, options);
        outcome.warnings.insert(
            outcome.warnings.begin(), change.warnings.begin(), change.warnings.end());
        bool const is_back = outcome.result == exit_code::failed_restored;
        if (is_back) {
            if (auto lost = apply_again(lost_, host_)) {
                outcome.errors.push_back(std::move(*lost));
                outcome.result = exit_code::failed_left;
            } else {
                lost_.overrides.clear();
            }
        }
        for (auto const& one : outcome.errors)
            static_cast<void>(report(one, false, exit_code::refused));
        for (auto const& one : outcome.warnings)
            say_line("warning", one);
        bool const good = outcome.result == exit_code::done;
        auto const& enabled = good ? change.what.wanted : now_.record.enabled;
        if (given_.json) {
            auto record = record_with(to_string(outcome.result), change.what, enabled);
            record["system"] = good ? change.system : now_.system;
            record["differences"] = record_of(change.differences);
            record["warnings"] = list_of(outcome.warnings);
            record["errors"] = to_json(outcome.errors);
            print(json::print(record));
        } else if (good) {
            print(enabled_text(enabled));
        } else if (is_back) {
            note_line("the previous system runs again: " + enabled_text(enabled));
        }
        return outcome.result;
    }

    exit_code show_unchanged(modules::resolution const& what) {
        if (given_.json)
            print(json::print(record_with("unchanged", what, now_.record.enabled)));
        else if (what.unchanged.empty())
            print("nothing to do: " + enabled_text(now_.record.enabled));
        else
            print(fmt::format(
                "nothing to do: already {}: {}\n", verb_ == verb::enable ? "enabled" : "disabled",
                fmt::join(what.unchanged, ", ")));
        return exit_code::done;
    }

    exit_code show_planned(modules::prepared_change const& change) {
        auto const bytes = modules::added_size(change.system, now_.system, host_.programs);
        auto warnings = change.warnings;
        if (!bytes)
            warnings.push_back(one_line(bytes.error()));
        for (auto const& one : warnings)
            say_line("warning", one);
        if (given_.json) {
            auto record = record_with("planned", change.what, now_.record.enabled);
            record["system"] = change.system;
            record["differences"] = record_of(change.differences);
            record["warnings"] = list_of(warnings);
            auto& added = record["addedBytes"];
            if (bytes)
                added = *bytes;
            print(json::print(record));
            return exit_code::done;
        }
        auto const text = text_of(change.differences);
        print(text.empty() ? "no unit, file below /etc, user, group or package differs\n" : text);
        if (bytes)
            print(fmt::format("  {:<10}  + {}\n", "store", modules::size_text(*bytes)));
        return exit_code::done;
    }

    boost::json::object record_with(
        std::string_view result, modules::resolution const& what,
        std::vector<std::string> const& enabled) const {
        boost::json::array pulled;
        for (auto const& one : what.pulled)
            pulled.push_back(boost::json::object{{"name", one.name}, {"by", one.by}});
        return {
            {"result", result},
            {"enabled", list_of(enabled)},
            {"turnedOn", list_of(what.turned_on)},
            {"turnedOff", list_of(what.turned_off)},
            {"pulled", std::move(pulled)},
            {"overridesTakenBack", list_of(texts_of(lost_))}};
    }

    static std::string enabled_text(std::vector<std::string> const& names) {
        return names.empty() ? std::string("no module is enabled\n")
                             : fmt::format("enabled: {}\n", fmt::join(names, ", "));
    }

    verb verb_;
    std::string name_;
    arguments const& given_;
    this_machine machine_;
    modules::surroundings host_;
    shown_phases phases_;
    modules::running_system now_;
    lost_overrides lost_;
};

} // namespace

void add_changes(CLI::App& app, arguments& given, exit_code& code) {
    auto const add = [&](char const* name, char const* about, verb what) {
        auto* command = app.add_subcommand(name, about);
        command->callback([&, name, what] { code = change_command(what, name, given).run(); });
        return command;
    };
    auto const names = [&](CLI::App* command) {
        return command->add_option("NAME", given.names, "Names of modules");
    };
    names(add("enable", "Turn modules on, with those that they require", verb::enable))->required();
    names(add("disable", "Turn modules off", verb::disable))->required();
    add("reset", "Turn all modules off", verb::reset);
    add("rebuild", "Build the system with the modules that are on again, and activate it",
        verb::rebuild);
    auto* diff = app.add_subcommand("diff", "Show what turning modules on would change");
    names(diff)->required();
    diff->callback([&] {
        given.dry_run = true;
        code = change_command(verb::enable, "diff", given).run();
    });
}

} // namespace dynix::tool
