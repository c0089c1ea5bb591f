// What a reset refuses, and what it leaves to others.
#include "dynix/activation/reset.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

using strings = std::vector<std::string>;

// A service with these lines that runs with an override, though its own word is against a restart:
// it was stopped for the apply.
struct kept_running {
    fake_machine m;

    explicit kept_running(std::string const& lines) {
        auto const unit = [&](char const* argument) { return service(argument, lines + '\n'); };
        m.add("kept.service", unit("1"), unit("2"), false);
        m.add("other.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        m.units.start("kept.service");
    }
};

struct own_word {
    char const* lines;
    char const* said;         // empty: nothing speaks against a restart
    char const* besides = ""; // when it is refused
};

constexpr own_word own_words[] = {
    {"X-RestartIfChanged=false",
     "must not be restarted when it changes ([Service] X-RestartIfChanged=)"},
    {"[Unit]\nX-OnlyManualStart=true",
     "must not be restarted when it changes ([Unit] X-OnlyManualStart=)"},
    {"X-ReloadIfChanged=true",
     "wants to be reloaded and not restarted when it changes ([Service] X-ReloadIfChanged=)",
     ", and has no ExecReload= to reload with"},
    {"X-StopIfChanged=false", ""},
};

} // namespace

TEST_CASE("a reset restarts no unit that must not be restarted: it is refused while that runs") {
    for (auto const& row : own_words)
        for (bool const dry_run : {true, false}) {
            CAPTURE(row.lines);
            CAPTURE(dry_run);
            kept_running it(row.lines);
            auto const before = it.m.view();
            auto const found = it.m.reset({.dry_run = dry_run});
            if (!*row.said) {
                CHECK(found.result == apply_result::done);
                continue;
            }
            CHECK(found.result == apply_result::refused);
            CHECK(
                said(found) == fmt::format(
                                   "error: 'kept.service' {}{}\n"
                                   "hint: stop 'kept.service', and start it after the reset\n",
                                   row.said, row.besides));
            CHECK(it.m.view() == before);
            // As it says.
            fake_systemd::stop(it.m.units.units["kept.service"]);
            CHECK(it.m.reset({.dry_run = dry_run}).result == apply_result::done);
            CHECK(it.m.view().runs.at("kept.service") == "inactive");
        }
}

TEST_CASE("a switch leaves running what must not be restarted, without its drop-in, and says so") {
    for (auto const& row : own_words) {
        CAPTURE(row.lines);
        kept_running it(row.lines);
        auto const run = it.m.invocation("kept.service");
        auto const found = it.m.reset({.switching = true});
        CHECK(found.result == apply_result::done);
        CHECK(it.m.view().drop_ins.empty());
        CHECK_FALSE(it.m.view().state);
        CHECK(it.m.view().runs.at("other.service") == "/bin/x 1 ");
        CHECK((it.m.invocation("kept.service") == run) == (*row.said != 0));
        if (!*row.said)
            continue;
        CHECK(it.m.units.units["kept.service"].loaded.last("Service", "ExecStart") == "/bin/x 1");
        CHECK(
            found.warnings == strings{fmt::format(
                                  "'kept.service' {}, and runs with the override until it is "
                                  "restarted",
                                  row.said)});
        CHECK(found.units.at(0).change == &changes::leave);
        CHECK_FALSE(found.units.at(0).restarted);
    }
}

TEST_CASE("one that has failed does not run, whatever it says of restarts") {
    for (auto const& row : own_words) {
        if (!*row.said)
            continue;
        CAPTURE(row.lines);
        kept_running it(row.lines);
        fake_systemd::fail(it.m.units.units["kept.service"]);
        CHECK(it.m.reset().result == apply_result::done);
        CHECK(it.m.view().runs.at("kept.service") == "failed");
        CHECK(it.m.view().drop_ins.empty());
    }
}

TEST_CASE("what refuses to be restarted by hand, and what is frozen: refused before any change") {
    struct {
        void (*make)(host::unit_status&);
        char const* said;
    } const table[] = {
        {[](host::unit_status& unit) { unit.refuse_manual_stop = true; },
         "error: 'kept.service' refuses to be restarted by hand\n"
         "hint: reboot: no override outlives that\n"},
        {[](host::unit_status& unit) { unit.frozen = true; },
         "error: 'kept.service' is frozen, and systemd restarts it only after that\n"
         "hint: 'systemctl thaw kept.service'\n"},
    };
    for (auto const& row : table) {
        kept_running it("");
        row.make(it.m.units.units["kept.service"].status);
        auto const before = it.m.view();
        auto const found = it.m.reset();
        CHECK(found.result == apply_result::refused);
        CHECK(said(found) == row.said);
        CHECK(it.m.view() == before);
    }
}

TEST_CASE("what systemd could not start again is not stopped: it is refused before any change") {
    for (auto const* const state : {"not-found", "masked", "bad-setting"})
        for (bool const by_apply : {false, true}) {
            CAPTURE(state);
            CAPTURE(by_apply);
            kept_running it("");
            auto& unit = it.m.units.units["kept.service"].status;
            unit.load_state = state;
            if (by_apply)
                std::erase_if(it.m.wanted.services[0].units, [](plan::planned_unit const& one) {
                    return one.name == "kept.service";
                });
            auto const before = it.m.view();
            auto const found = by_apply ? it.m.apply() : it.m.reset();
            CHECK(found.result == apply_result::refused);
            CHECK(
                said(found) ==
                fmt::format(
                    "error: 'kept.service' runs, and systemd could not start it again: its unit "
                    "file is {}\n"
                    "hint: bring its unit file back ('systemctl status kept.service'), or stop it: "
                    "'systemctl stop kept.service'\n",
                    state));
            CHECK(it.m.view() == before);
            // As it says.
            fake_systemd::stop(it.m.units.units["kept.service"]);
            CHECK(it.m.reset().result == apply_result::done);
            CHECK(it.m.view().drop_ins.empty());
        }
}

TEST_CASE("a switch leaves running what systemd could not start again, and says so") {
    kept_running it("");
    it.m.units.units["kept.service"].status.load_state = "not-found";
    auto const run = it.m.invocation("kept.service");
    auto const found = it.m.reset({.switching = true});
    CHECK(found.result == apply_result::done);
    CHECK(it.m.invocation("kept.service") == run);
    REQUIRE(found.warnings.size() == 1);
    CHECK(
        found.warnings[0] ==
        "'kept.service' runs, and systemd could not start it again: its unit file is not-found; it "
        "runs with the override until it is stopped");
}

TEST_CASE("what the unit wants, and has failed, starts with it, and is named") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.add("b.service", service("1"));
    m.units.relate("a.service", "Wants", "b.service");
    REQUIRE(m.apply().result == apply_result::done);
    fake_systemd::fail(m.units.units["b.service"]);
    CHECK(m.apply().result == apply_result::done); // there is nothing to do
    auto const back = m.reset();
    CHECK(back.result == apply_result::done);
    REQUIRE(back.foreseen.size() == 1);
    CHECK(
        describe(back.foreseen[0]) == "start b.service, which is not in the plan: it has failed, "
                                      "and runs again whenever something starts that wants it "
                                      "(a.service -> Wants=b.service)");
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(m.apply().result == apply_result::refused);
}

TEST_CASE("a job that systemd does not take is told in its own words") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    m.units.fails = [&](std::string const& call) {
        m.units.ends = m.units.ends || call == "queue";
        return false;
    };
    CHECK(said(m.reset()).starts_with("error: 'a.service' did not restart: Transaction for "
                                      "a.service/restart is destructive"));
}

TEST_CASE("a unit that keeps failing after its reset keeps no apply of other units") {
    void (*const table[])(fake_unit&) = {
        [](fake_unit& unit) { fake_systemd::fail(unit); },
        [](fake_unit& unit) { fake_systemd::wait(unit); },
        // In one of its short runs.
        [](fake_unit& unit) { unit.status.n_restarts = 7; },
    };
    for (auto const keeps_failing : table) {
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        auto const fails = [](std::string const& name, fake_unit& started) {
            if (name == "a.service")
                fake_systemd::wait(started);
        };
        m.units.on_start = fails;
        REQUIRE(m.reset().result == apply_result::failed_left);
        m.units.on_start = nullptr;
        m.units.start("a.service");
        m.units.on_start = fails;
        keeps_failing(m.units.units["a.service"]);
        auto const run = m.invocation("a.service");
        m.wanted = {};
        m.add("b.service", service("1"), service("2"));
        auto const found = m.apply();
        CHECK(found.result == apply_result::done);
        CHECK(m.invocation("a.service") == run);
        REQUIRE(found.warnings.size() == 1);
        CHECK(found.warnings[0].starts_with("'a.service' does not stay up: "));
        auto const status = current_status(m.seen);
        REQUIRE(status);
        CHECK(status->all_live());
    }
}

namespace {

// Two services with overrides; what may stay of them is that of a.service.
struct two_applied {
    fake_machine m;
    state stays;

    two_applied() {
        m.add("a.service", service("1"), service("2"));
        m.add("b.service", service("1"), service("2"));
        REQUIRE(
            m.apply({.overrides = {{"a", "2", 1}, {"b", "2", 2}}}).result == apply_result::done);
        auto const now = read_state(m.seen);
        REQUIRE(now);
        stays = **now;
        std::erase_if(stays.units, [](auto const& unit) { return unit.name == "b.service"; });
        stays.overrides.pop_back();
    }
};

} // namespace

TEST_CASE("what stays in a switch is left alone, and is what is applied afterwards") {
    two_applied it;
    auto const run = it.m.invocation("a.service");
    auto const found = it.m.reset({.switching = true, .stays = it.stays});
    CHECK(said(found) == "");
    CHECK(found.result == apply_result::done);
    REQUIRE(found.units.size() == 1);
    CHECK(found.units[0].name == "b.service");
    CHECK(it.m.invocation("a.service") == run);
    CHECK(it.m.view().runs.at("a.service") == "/bin/x 2 ");
    CHECK(it.m.view().runs.at("b.service") == "/bin/x 1 ");
    CHECK(it.m.view().drop_ins.size() == 1);
    auto const now = current_status(it.m.seen);
    REQUIRE(now);
    CHECK(now->all_live());
    REQUIRE(now->units.size() == 1);
    CHECK(now->units[0].name == "a.service");
    REQUIRE(now->recorded);
    CHECK(now->recorded->overrides.size() == 1);
    // The way back stays, too, and takes the rest.
    CHECK(it.m.plain.read(it.m.where.return_unit())->has_value());
    CHECK(it.m.reset().result == apply_result::done);
    CHECK(it.m.view().drop_ins.empty());
    CHECK_FALSE(it.m.view().state);
}

TEST_CASE("of what an interrupted activation has left nothing stays") {
    two_applied it;
    auto between = it.stays;
    between.now = record_state::activating;
    REQUIRE(write_state(it.m.seen, between));
    CHECK(it.m.reset({.switching = true, .stays = it.stays}).result == apply_result::done);
    CHECK(it.m.view().drop_ins.empty());
    CHECK_FALSE(it.m.view().state);
}

TEST_CASE("a reset of a part that is killed at any step: the next one takes everything back") {
    for (std::size_t at = 1;; ++at) {
        CAPTURE(at);
        two_applied it;
        auto const run = with_fault(it.m, manner::kill, at, [&] {
            return it.m.reset({.switching = true, .stays = it.stays});
        });
        CHECK(it.m.view().runs.at("a.service") == "/bin/x 2 ");
        CHECK(it.m.reset().result == apply_result::done);
        CHECK(it.m.view().drop_ins.empty());
        CHECK_FALSE(it.m.view().state);
        CHECK(it.m.view().runs.at("b.service") == "/bin/x 1 ");
        if (run.found) {
            CHECK(at > 5);
            break;
        }
    }
}

TEST_CASE("a drop-in of ours that somebody has made unreadable hides nothing of the unit") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    REQUIRE(m.plain.write(m.where.drop_in("a.service"), "junk\n"));
    auto const found = m.reset();
    CHECK(said(found) == "");
    REQUIRE(found.units.size() == 1);
    CHECK(found.units[0].proved.outcome == verdict::proven);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}
