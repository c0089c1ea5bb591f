// Units that a switch would reload, or leave running: apply, status, restore and reset.
#include "dynix/activation/steps/reload.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

using strings = std::vector<std::string>;

strings words(std::vector<step> const& steps) {
    strings all;
    for (auto const& one : steps)
        all.push_back(describe(one));
    return all;
}

constexpr auto by_reload = "X-ReloadIfChanged=true\nExecReload=/bin/r\n";
constexpr auto by_nothing = "X-RestartIfChanged=false\n";

unit_report_now status_of_a(fake_machine& m) {
    auto const status = current_status(m.seen);
    REQUIRE(status);
    return status->units.at(0);
}

} // namespace

TEST_CASE("what a unit says of its own restarts is respected, as a switch does it") {
    struct {
        char const* lines; // of [Service]
        unit_change const* while_running;
    } const table[] = {
        {"X-RestartIfChanged=false\n", &changes::leave},
        {"[Unit]\nX-OnlyManualStart=true\n", &changes::leave},
        {"X-ReloadIfChanged=true\nExecReload=/bin/r\n", &changes::reload},
        {"X-StopIfChanged=false\n", &changes::restart},
    };
    for (auto const& row : table)
        for (bool const running : {true, false}) {
            CAPTURE(row.lines);
            CAPTURE(running);
            fake_machine m;
            m.add("a.service", service("1", row.lines), service("2", row.lines), running);
            auto const found = check(m.wanted, {}, m.seen);
            CHECK(found.refusals.empty());
            CHECK(found.units.at(0).change == (running ? row.while_running : &changes::defer));
        }
}

TEST_CASE("to whom a unit hands its reload on is asked, though its status does not say it") {
    fake_machine m;
    m.add("a.service", service("1", by_reload), service("2", by_reload));
    m.units.add("b.service", service("x"));
    m.units.relate("a.service", "PropagatesReloadTo", "b.service");
    auto const found = check(m.wanted, {}, m.seen);
    REQUIRE(found.unplanned.size() == 1);
    CHECK(describe(found.unplanned[0]).starts_with("reload b.service, which is not in the plan"));
}

TEST_CASE("X-ReloadIfChanged: the unit is reloaded with its new text, and keeps its process") {
    fake_machine m;
    m.add("a.service", service("1", by_reload), service("2", by_reload));
    auto const run = m.invocation("a.service");
    auto const found = m.apply();
    REQUIRE(found.result == apply_result::done);
    CHECK(
        words(found.steps) == strings{
                                  "write " + host::paths().drop_in("a.service"),
                                  "reload systemd (daemon-reload)", "reload a.service",
                                  "look at a.service after its reload"});
    CHECK(m.invocation("a.service") == run);
    auto const& unit = m.units.units["a.service"];
    CHECK(unit.reloaded_with.last("Service", "ExecStart") == "/bin/x 2");
    REQUIRE(found.units.size() == 1);
    CHECK(found.units[0].change == &changes::reload);
    CHECK(found.units[0].reloaded);
    CHECK_FALSE(found.units[0].restarted);
    CHECK(found.units[0].proved.outcome == verdict::not_provable);
    CHECK(found.units[0].proved.notes == strings{"its process keeps the command line '/bin/x 1'"});

    SUBCASE("status says the same, until the unit is started again") {
        CHECK(status_of_a(m).standing == unit_standing::applied);
        CHECK(status_of_a(m).reason == "its process keeps the command line '/bin/x 1'");
        CHECK(m.apply().steps.empty());
        fake_systemd::stop(m.units.units["a.service"]);
        m.units.start("a.service");
        CHECK(status_of_a(m).standing == unit_standing::live);
    }
    SUBCASE("an apply of the same says it again, and warns of nothing") {
        auto const again = m.apply();
        CHECK(again.warnings.empty());
        CHECK(again.units[0].proved.notes == found.units[0].proved.notes);
        CHECK(status_of_a(m).standing == unit_standing::applied);
    }
    SUBCASE("a reset reloads it with its static text") {
        REQUIRE(m.reset().result == apply_result::done);
        CHECK(m.invocation("a.service") == run);
        CHECK(unit.reloaded_with.last("Service", "ExecStart") == "/bin/x 1");
        CHECK(m.view().drop_ins.empty());
    }
}

TEST_CASE("a service that says itself that it has reloaded is believed") {
    fake_machine m;
    auto const text = [](char const* trigger) {
        return fmt::format(
            "[Unit]\nX-Reload-Triggers={}\n{}", trigger,
            service("1", "Type=notify-reload\nExecReload=/bin/r\n"));
    };
    m.add("a.service", text("/1"), text("/2"));
    auto const found = m.apply();
    CHECK(found.units.at(0).proved.outcome == verdict::proven);
    CHECK(status_of_a(m).standing == unit_standing::live);

    fake_machine silent;
    auto const plain = [](char const* trigger) {
        return fmt::format(
            "[Unit]\nX-Reload-Triggers={}\n{}", trigger, service("1", "ExecReload=/bin/r\n"));
    };
    silent.add("a.service", plain("/1"), plain("/2"));
    CHECK(silent.apply().units.at(0).proved.outcome == verdict::not_provable);
    CHECK(status_of_a(silent).standing == unit_standing::applied);
    CHECK(status_of_a(silent).reason == "what its process made of that cannot be seen");
}

TEST_CASE("a reload that fails: the drop-in of before comes back, and the unit is reloaded again") {
    fake_machine m;
    m.add("a.service", service("1", by_reload), service("2", by_reload));
    auto const before = m.view();
    auto const run = m.invocation("a.service");
    bool failed = false;
    m.units.fails = [&](std::string const& call) {
        return call == "reload-unit a.service" && !std::exchange(failed, true);
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(said(found).find("'a.service' was not reloaded: job failed") != std::string::npos);
    CHECK(m.view() == before);
    CHECK(m.invocation("a.service") == run);
    CHECK(m.units.units["a.service"].reloaded_with.last("Service", "ExecStart") == "/bin/x 1");
}

TEST_CASE("the failure of another unit reloads it back, and restarts it not") {
    fake_machine m;
    m.add("a.service", service("1", by_reload), service("2", by_reload));
    m.add("b.service", service("1"), service("2"));
    auto const run = m.invocation("a.service");
    m.units.on_start = [](std::string const&, fake_unit& started) {
        if (started.loaded.last("Service", "ExecStart").ends_with("2"))
            fake_systemd::fail(started);
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(m.invocation("a.service") == run);
    CHECK(m.units.units["a.service"].reloaded_with.last("Service", "ExecStart") == "/bin/x 1");
}

TEST_CASE("X-RestartIfChanged=false: the files change, and the process runs on") {
    fake_machine m;
    m.add("a.service", service("1", by_nothing), service("2", by_nothing));
    auto const run = m.invocation("a.service");
    auto const found = m.apply();
    REQUIRE(found.result == apply_result::done);
    CHECK(
        words(found.steps) ==
        strings{
            "write " + host::paths().drop_in("a.service"), "reload systemd (daemon-reload)",
            "leave a.service running: the change takes effect when it is started again"});
    CHECK(m.invocation("a.service") == run);
    CHECK(found.units.at(0).change == &changes::leave);
    CHECK_FALSE(found.units.at(0).restarted);
    CHECK_FALSE(found.units.at(0).reloaded);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
    CHECK(status_of_a(m).standing == unit_standing::applied);
    CHECK(status_of_a(m).reason.starts_with("it runs on with its previous configuration"));

    SUBCASE("its next start takes it") {
        fake_systemd::stop(m.units.units["a.service"]);
        m.units.start("a.service");
        CHECK(status_of_a(m).standing == unit_standing::live);
        CHECK(m.reset().result == apply_result::refused);
    }
    SUBCASE("a reset takes the files back: the process never had the override") {
        auto const back = m.reset();
        CHECK(back.result == apply_result::done);
        CHECK(back.warnings.empty());
        CHECK(m.view().drop_ins.empty());
        CHECK(m.invocation("a.service") == run);
    }
    SUBCASE("so does a switch, without a warning") {
        auto const back = m.reset({.switching = true});
        CHECK(back.result == apply_result::done);
        CHECK(back.warnings.empty());
        CHECK(m.view().drop_ins.empty());
        CHECK(m.invocation("a.service") == run);
    }
}

TEST_CASE("one that runs on, and was started anew before another one failed, is named") {
    struct {
        char const* started_with; // what b is started with when somebody starts a anew
        apply_result result;
        char const* runs;
    } const table[] = {
        {"2", apply_result::failed_left, "/bin/x 2 "},
        {"1", apply_result::failed_restored, "/bin/x 1 "},
    };
    for (auto const& row : table) {
        CAPTURE(row.started_with);
        fake_machine m;
        m.add("a.service", service("1", by_nothing), service("2", by_nothing));
        m.add("b.service", service("1"), service("2"));
        auto const run = m.invocation("a.service");
        m.units.on_start = [&](std::string const& name, fake_unit& started) {
            auto const command = started.loaded.last("Service", "ExecStart");
            if (name == "b.service" && command.ends_with(row.started_with)) {
                fake_systemd::stop(m.units.units["a.service"]);
                m.units.start("a.service");
            }
            if (name == "b.service" && command.ends_with("2"))
                fake_systemd::fail(started);
        };
        auto const found = m.apply();
        CHECK(m.invocation("a.service") != run);
        CHECK(m.view().drop_ins.empty());
        CHECK(m.view().runs.at("a.service") == row.runs);
        CHECK(found.result == row.result);
        CHECK(
            found.left == (row.result == apply_result::failed_restored
                               ? strings{}
                               : strings{"'a.service': it was started meanwhile and does not run "
                                         "as before, and by its own word it is not restarted: "
                                         "'systemctl restart a.service' would"}));
    }
}

TEST_CASE("killed or failing at every call: status is true, and the next reset converges") {
    for (auto const how : {manner::once, manner::from_then_on, manner::kill})
        for (std::size_t at = 1;; ++at) {
            fake_machine m;
            m.add("a.service", service("1", by_reload), service("2", by_reload));
            m.add("b.service", service("1", by_nothing), service("2", by_nothing));
            auto const run = m.invocation("a.service");
            auto const faulty = with_fault(m, how, at, [&] { return m.apply(); });
            if (faulty.beyond)
                break;
            auto const& found = faulty.found;
            CAPTURE(at);
            auto const reload_of_a = [&] {
                return m.units.units["a.service"].reloaded_with.last("Service", "ExecStart");
            };
            if (found && found->result == apply_result::failed_restored) {
                CHECK(m.view().drop_ins.empty());
                CHECK(reload_of_a() != "/bin/x 2");
            }
            auto const status = current_status(m.seen);
            REQUIRE(status);
            bool const changed = !m.view().drop_ins.empty();
            CHECK((!changed || status->unfinished || !status->units.empty()));
            auto const back = m.reset();
            CHECK(back.result == apply_result::done);
            CHECK(m.view().drop_ins.empty());
            CHECK_FALSE(m.view().state);
            CHECK(reload_of_a() != "/bin/x 2");
            CHECK(m.invocation("a.service") == run);
            REQUIRE(at < 500);
        }
}
