// What an apply says of units whose processes show little, or that are not meant to run all the
// time.
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"

#include "dynix/test.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("an environment that no process shows ends no apply, and no restore badly") {
    auto const with = [](std::string const& value) {
        return service("", "Environment=C=" + value);
    };
    for (bool const fails : {false, true}) {
        CAPTURE(fails);
        fake_machine m;
        m.units.on_start = [&](std::string const&, fake_unit& started) {
            started.process.environment = {"", ""};
        };
        m.add("a.service", with("1"), with("2"));
        m.add("b.service", service("1"), service("2"));
        if (fails)
            m.units.fails = [&](std::string const& call) {
                return call == "restart b.service" &&
                       std::count(m.units.calls.begin(), m.units.calls.end(), call) == 1;
            };
        auto const found = m.apply();
        CHECK(found.result == (fails ? apply_result::failed_restored : apply_result::done));
        if (!fails)
            CHECK(found.units.at(0).proved.show().starts_with("not provable"));
    }
}

TEST_CASE("processes that /proc hides end no apply") {
    fake_machine m;
    m.units.on_start = [](std::string const&, fake_unit& started) { started.hidden = true; };
    m.add("a.service", service("1"), service("2"));
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).proved.outcome == verdict::not_provable);
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->units.at(0).standing == unit_standing::applied);
}

TEST_CASE("a unit that its condition leaves stopped is not done") {
    for (auto const* const type : {"simple", "oneshot"}) {
        CAPTURE(type);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        auto& unit = m.units.units["a.service"].status;
        unit.type = type;
        unit.remain_after_exit = true;
        m.units.on_start = [](std::string const&, fake_unit& started) {
            if (!started.loaded.last("Service", "ExecStart").ends_with("2"))
                return;
            fake_systemd::stop(started);
            started.status.condition_result = false;
        };
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_restored);
        CHECK(
            said(found) ==
            "error: 'a.service' was not started: a condition of it (Condition*=) is not met\n"
            "hint: 'systemctl status a.service' names the condition\n");
    }
}

TEST_CASE("a oneshot that systemd forgets once it has ended has not been started again") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto& unit = m.units.units["a.service"];
    unit.status.type = "oneshot";
    unit.status.active_state = "activating";
    unit.status.sub_state = "start";
    m.units.fails = [&](std::string const& call) {
        if (call == "wait") {
            fake_systemd::stop(unit);
            unit.status.invocation_id.clear();
        }
        return false;
    };
    auto const found = m.apply();
    CHECK(said(found).empty());
    REQUIRE(found.result == apply_result::done);
    CHECK(
        found.units.at(0).proved.show() ==
        "not provable: systemd has forgotten its run, and with it whether it ended well or a "
        "condition kept it from starting");
}

TEST_CASE("a unit that should be up and that systemd has forgotten is not done") {
    auto const* const condition = "[Unit]\nConditionPathExists=/nowhere\n";
    for (auto const* const type : {"simple", "oneshot"})
        for (bool const has_condition : {true, false}) {
            CAPTURE(type);
            CAPTURE(has_condition);
            fake_machine m;
            m.add(
                "a.service", service("1"),
                service("2", has_condition ? condition : "Environment=C=1\n"));
            auto& unit = m.units.units["a.service"].status;
            unit.type = type;
            m.units.on_start = [](std::string const&, fake_unit& started) {
                if (!started.loaded.last("Service", "ExecStart").ends_with("2"))
                    return;
                fake_systemd::stop(started);
                started.status.invocation_id.clear();
                started.status.remain_after_exit = true;
            };
            auto const found = m.apply();
            CHECK(found.result == apply_result::failed_restored);
            CHECK(said(found).starts_with(
                has_condition ? "error: 'a.service' was not started, as a condition of it"
                              : "error: 'a.service' did not stay up: inactive"));
        }
}

TEST_CASE("a oneshot that its timer starts again while it settles is as it should be") {
    for (auto const* const state : {"inactive", "activating", "deactivating"}) {
        CAPTURE(state);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        auto& unit = m.units.units["a.service"];
        unit.status.type = "oneshot";
        m.units.on_start = [](std::string const&, fake_unit& started) {
            fake_systemd::stop(started);
        };
        m.units.fails = [&](std::string const& call) {
            if (call == "wait") {
                m.units.start("a.service");
                unit.status.active_state = state;
            }
            return false;
        };
        auto const found = m.apply();
        CHECK(said(found).empty());
        CHECK(found.result == apply_result::done);
    }
}

TEST_CASE(
    "a service that is starting while it is proved is waited for, and judged as it comes up") {
    struct turn {
        std::string name;
        std::uint64_t restarts;
        bool comes_up;
        apply_result result;
        std::string_view said;
    };
    auto const never = "not provable: the unit is activating";
    for (auto const& one : std::vector<turn>{
             {"somebody restarts it", 0, true, apply_result::done, "proven"},
             {"somebody restarts it, which takes long", 0, false, apply_result::done, never},
             {"its Restart= starts it again", 1, true, apply_result::failed_restored,
              "error: 'a.service' was started again by itself: activating (start)\n"}}) {
        CAPTURE(one.name);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        m.wanted.services[0].settle = host::milliseconds(0);
        auto& unit = m.units.units["a.service"];
        // A start script, which its program has not replaced yet.
        m.units.on_start = [](std::string const&, fake_unit& started) {
            if (started.loaded.last("Service", "ExecStart").ends_with("2"))
                started.process.argv = {"/bin/script"};
        };
        m.units.fails = [&, waits = 0](std::string const& call) mutable {
            if (call == "wait" && ++waits == 1) {
                m.units.on_start = {};
                m.units.start("a.service");
                unit.status.active_state = "activating";
                unit.status.sub_state = "start";
                unit.status.n_restarts += one.restarts;
            } else if (call == "wait" && waits == 10 && one.comes_up) {
                unit.status.active_state = "active";
            }
            return false;
        };
        auto const found = m.apply();
        CHECK(found.result == one.result);
        CHECK(
            (found.result == apply_result::done
                 ? found.units.at(0).proved.show()
                 : said(found).substr(0, one.said.size())) == one.said);
    }
}

TEST_CASE("where nothing is to be done, a service that is starting is waited for as well") {
    for (auto const& [has_type, will_come_up, waited_for] :
         std::vector<std::tuple<std::string, bool, bool>>{
             {"notify", true, true}, {"notify", false, true}, {"oneshot", true, false}}) {
        auto const type = has_type; // clang 14 captures no structured binding
        bool const comes_up = will_come_up;
        CAPTURE(type);
        CAPTURE(comes_up);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        auto& unit = m.units.units["a.service"];
        unit.status.type = type;
        unit.status.active_state = "activating";
        m.units.fails = [&](std::string const& call) {
            if (call == "wait" && comes_up)
                unit.status.active_state = "active";
            return false;
        };
        auto const found = m.apply();
        CHECK(found.steps.empty());
        CHECK(
            found.units.at(0).proved.show() ==
            (comes_up && waited_for ? "proven" : "not provable: the unit is activating"));
    }
}

TEST_CASE("a unit that its ExecCondition= leaves stopped is not done, and that is said") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.on_start = [&](std::string const&, fake_unit& started) {
        if (!started.loaded.last("Service", "ExecStart").ends_with("2"))
            return;
        fake_systemd::stop(started);
        started.status.result = "exec-condition";
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(
        said(found) == "error: 'a.service' was not started: its ExecCondition= does not let it\n"
                       "hint: its messages: journalctl -b -u a.service\n");
}

TEST_CASE("a oneshot that has failed is left to what starts it, unless it should be up") {
    for (bool const remains : {false, true}) {
        CAPTURE(remains);
        fake_machine m;
        m.add("nightly.service", service("1"), service("2"));
        auto& unit = m.units.units["nightly.service"];
        unit.status.type = "oneshot";
        unit.status.remain_after_exit = remains;
        fake_systemd::fail(unit);
        auto const found = m.apply();
        CHECK(found.result == apply_result::done);
        CHECK(found.units.at(0).change == (remains ? &changes::restart : &changes::defer));
        CHECK(unit.status.active() == remains);
    }
}

TEST_CASE("a process of an earlier run is named, and the new one proved all the same") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.left_over["a.service"] = m.units.units["a.service"].process;
    m.units.on_start = [](std::string const&, fake_unit& started) {
        started.process.start_ticks = 7;
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).proved.outcome == verdict::proven);
    REQUIRE(found.units.at(0).proved.left_over.size() == 1);
    CHECK(found.units.at(0).proved.left_over[0].ends_with("'/bin/x 1'"));
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->all_live());
    CHECK(status->units.at(0).reason.ends_with("'/bin/x 1' of an earlier run is still there"));
}

TEST_CASE("the drop-ins of an interrupted activation are not strays") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.fails = [](std::string const& call) -> bool {
        if (call == "reload")
            throw killed();
        return false;
    };
    CHECK_THROWS_AS(m.apply(), killed);
    m.units.fails = {};
    auto const found = current_status(m.seen);
    REQUIRE(found);
    CHECK(found->unfinished);
    CHECK(found->strays.empty());
}

TEST_CASE("units are waited for as long as systemd waits for them") {
    using namespace std::chrono_literals;
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    auto& limits = m.units.units["a.service"].timeouts;
    limits = {10s, 200s};
    m.units.units["b.service"].timeouts = {1s, 2s};
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(m.units.patience == std::vector<host::milliseconds>{4 * 213s + 10s});
    // One without a limit, and one that is given by the user.
    limits.start.reset();
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(m.units.patience.back() == 10min + 4 * 203s + 10s);
    REQUIRE(m.apply({.timeout = 7s}).result == apply_result::done);
    CHECK(m.units.patience.back() == 7s);
}

TEST_CASE("every unit that could not be restored is named, and how") {
    fake_machine m;
    for (auto const* const name : {"a.service", "b.service", "c.service"})
        m.add(name, service("1"), service("2"));
    bool broken = false;
    m.units.on_start = [&](std::string const& name, fake_unit& started) {
        broken = broken || name == "b.service";
        if (broken)
            fake_systemd::fail(started);
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_left);
    REQUIRE(found.left.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(found.left[i]);
        CHECK(found.left[i].starts_with(fmt::format(
            "'{}.service': it does not run as before: '{}.service' did not stay up: failed",
            "abc"[i], "abc"[i])));
    }
}

TEST_CASE("a restore that loses systemd names every unit") {
    fake_machine m;
    for (auto const* const name : {"a.service", "b.service"})
        m.add(name, service("1"), service("2"));
    bool gone = false;
    m.units.fails = [&](std::string const& call) {
        gone = gone || call == "restart b.service";
        return gone;
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_left);
    for (auto const* const name : {"'a.service': ", "'b.service': "})
        CHECK(std::any_of(found.left.begin(), found.left.end(), [&](std::string const& line) {
            return line.starts_with(name);
        }));
}

TEST_CASE("without a restore, what is not as it was is what is named") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "b.service")
            fake_systemd::fail(started);
    };
    auto const found = m.apply({.restore = false});
    CHECK(found.result == apply_result::failed_left);
    CHECK(
        found.left == std::vector<std::string>{
                          "'a.service': its drop-in is not the previous one, and it has been "
                          "restarted",
                          "'b.service': ran before, and is failed (failed) now, result "
                          "'exit-code'; its drop-in is not the previous one"});
}

TEST_CASE("a unit that had failed is stopped by a restore, and that is said") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    fake_systemd::fail(m.units.units["a.service"]);
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "b.service" && started.loaded.last("Service", "ExecStart").ends_with("2"))
            fake_systemd::fail(started);
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(
        found.warnings ==
        std::vector<std::string>{"'a.service' was failed (failed) before, and is stopped now"});
}

TEST_CASE("a command that would end itself is refused, before anything is changed") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.own_unit = "a.service";
    auto const before = m.view();
    auto const found = m.apply();
    CHECK(found.result == apply_result::refused);
    CHECK(
        said(found) ==
        "error: this command runs in 'a.service', which it would restart and so end itself\n"
        "hint: run it without '--here', or from somewhere else\n");
    CHECK(m.view() == before);
    m.units.own_unit = "b.service";
    REQUIRE(m.apply().result == apply_result::done);
    m.units.own_unit = "a.service";
    CHECK(m.reset().result == apply_result::refused);
}
