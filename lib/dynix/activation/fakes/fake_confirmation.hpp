// A machine with an activation that has to be confirmed, for tests.
#pragma once

#include "dynix/activation/confirmed_apply.hpp"
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/record/confirmation.hpp"
#include "dynix/activation/take_back.hpp"

#include "dynix/test.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dynix::activation {

inline constexpr auto two_minutes = std::chrono::minutes(2);
inline override_id const second{2, "0123"};

enum class before_confirmed { nothing_applied, older_applied };

// One service, with an older override or none, and a plan for a newer one.
class confirmed_machine : public fake_machine {
  public:
    explicit confirmed_machine(before_confirmed what) {
        add("a.service", service("static"), service("old"));
        // A unit that only the newer override changes.
        add("b.service", service("static"), service("static"));
        if (what == before_confirmed::older_applied)
            REQUIRE(apply(with_override("1")).result == apply_result::done);
        planned("a.service").dynamic_text = service("new");
        planned("b.service").dynamic_text = service("new");
        first_runs = runs();
        first_drop_ins = view().drop_ins;
    }

    static apply_options with_override(std::string const& value) {
        return {.overrides = {{"services.a.jobs", value, 1}}};
    }

    // As `dynix apply --confirm 2min` of alice, whose entry is the second.
    apply_outcome apply_to_confirm(bool by_anyone = false) {
        confirmed_apply with(
            {.wait = two_minutes,
             .by = "alice",
             .by_anyone = by_anyone,
             .dynamic_file = "/etc/nixos/dynamic.nix",
             .brought =
                 [](state const&) {
                     return result<std::vector<override_id>>(std::vector<override_id>{second});
                 }},
            seen);
        auto options = with_override("2");
        options.with = &with;
        return apply(options);
    }

    take_back_outcome back(take_back_request request) {
        request.require_root = false;
        request.lock_patience = host::milliseconds(0);
        request.undo = undo();
        return take_back(request, seen);
    }

    undo_entries undo() {
        return [this](confirmation const& what, std::string const& why) {
            undone = what.brought;
            undone_why = why;
            return std::vector<std::string>();
        };
    }

    result<confirmation> confirm_by(std::string const& who) {
        confirm_request request;
        request.by = who;
        request.require_root = false;
        request.lock_patience = host::milliseconds(0);
        request.on_kept = [this](state const& what) {
            kept = what.overrides.size();
            return result<void>();
        };
        return confirm(request, seen);
    }

    // What systemd would do by now: starts the service of every timer whose time is over.
    void let_timers_fire() {
        auto const armed = units.timers;
        for (auto const& [name, timer] : armed) {
            if (timer.since + *timer.what.after > time.time)
                continue;
            units.timers.erase(name);
            REQUIRE(timer.what.command.at(1) == "due");
            REQUIRE(timer.what.command.at(0) == where.program());
            back({.id = timer.what.command.at(3), .only_when_due = true});
        }
    }

    std::optional<confirmation> recorded() {
        auto found = read_confirmation(seen);
        REQUIRE(found);
        return *found;
    }

    // What the two services run; timers are no units of the fake manager.
    std::map<std::string, std::string> runs() {
        auto const all = view().runs;
        return {{"a", all.at("a.service")}, {"b", all.at("b.service")}};
    }

    void check_as_first() {
        CHECK(runs() == first_runs);
        CHECK(view().drop_ins == first_drop_ins);
    }

    std::map<std::string, std::string> first_runs, first_drop_ins;
    std::vector<override_id> undone;
    std::string undone_why;
    std::size_t kept = 0;
};

} // namespace dynix::activation
