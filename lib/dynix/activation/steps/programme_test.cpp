// In which order the steps of a set of units stand, and why: what the old configuration has started
// it stops, and what a reload alone would disturb is stopped before it.
#include "dynix/activation/steps/programme.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/test.hpp"

#include <algorithm>
#include <memory>
#include <utility>

using namespace dynix;
using namespace dynix::activation;

namespace {

std::vector<std::string> words(std::vector<step> const& all) {
    std::vector<std::string> found;
    for (auto const& one : all)
        found.push_back(describe(one));
    return found;
}

using strings = std::vector<std::string>;

strings const stopped_early{
    "stop a.service",
    "write " + host::paths().drop_in("a.service"),
    "reload systemd (daemon-reload)",
    "reset the start limit of a.service",
    "start a.service",
    "prove that a.service runs as planned"};
strings const restarted{
    "write " + host::paths().drop_in("a.service"), "reload systemd (daemon-reload)",
    "reset the start limit of a.service", "restart a.service",
    "prove that a.service runs as planned"};

} // namespace

TEST_CASE(
    "a unit with stop commands, or whose stopping changes, stops under its old configuration") {
    struct {
        char const* before;
        char const* after;
        bool early;
    } const table[] = {
        {"", "", false},
        {"ExecStop=/bin/stop\n", "ExecStop=/bin/stop\n", true},
        {"ExecStop=/bin/stop\n", "", true},
        {"", "ExecStop=/bin/stop\n", true},
        {"ExecStopPost=/bin/stop\n", "ExecStopPost=/bin/other\n", true},
        {"KillMode=process\n", "KillMode=process\n", false},
        {"KillMode=process\n", "KillMode=mixed\n", true},
        {"", "TimeoutStopSec=5\n", true},
        {"", "RuntimeMaxSec=5\n", true},
        {"RuntimeDirectory=x\n", "RuntimeDirectory=y\n", true},
        // As NixOS's stopIfChanged has it.
        {"ExecStop=/bin/stop\n", "ExecStop=/bin/stop\nX-StopIfChanged=false\n", false},
        {"ExecStop=/bin/stop\n", "ExecStop=/bin/stop\nX-StopIfChanged=true\n", true},
    };
    for (auto const& row : table) {
        CAPTURE(row.before);
        CAPTURE(row.after);
        fake_machine m;
        m.add("a.service", service("1", row.before), service("2", row.after));
        auto const found = check(m.wanted, {}, m.seen);
        REQUIRE(found.refusals.empty());
        CHECK(words(found.steps) == (row.early ? stopped_early : restarted));
    }
}

TEST_CASE(
    "the old stop command stops what the old configuration has started: apply, reset, restore") {
    fake_machine m;
    m.add(
        "a.service", service("1", "ExecStop=/bin/stop 1\n"),
        service("2", "ExecStop=/bin/stop 2\n"));
    m.add("b.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(m.units.stop_commands == strings{"a.service: /bin/stop 1"});
    m.units.stop_commands.clear();
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(m.units.stop_commands == strings{"a.service: /bin/stop 2"});
    m.units.stop_commands.clear();
    REQUIRE(m.apply().result == apply_result::done);
    m.units.stop_commands.clear();
    REQUIRE(m.reset({.switching = true}).result == apply_result::done);
    CHECK(m.units.stop_commands == strings{"a.service: /bin/stop 2"});
    m.units.stop_commands.clear();
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "b.service" && started.loaded.last("Service", "ExecStart").ends_with("2"))
            fake_systemd::fail(started);
    };
    REQUIRE(m.apply().result == apply_result::failed_restored);
    CHECK(m.units.stop_commands == strings{"a.service: /bin/stop 1", "a.service: /bin/stop 2"});
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE("what systemd stops along with a unit that stops early is started again") {
    fake_machine m;
    m.add("a.service", service("1", "ExecStop=/bin/stop\n"), service("2", "ExecStop=/bin/stop\n"));
    m.add("b.service", service("1"), service("2"));
    m.units.units["a.service"].status.stopped_with_it = {"b.service"};
    auto const steps = words(check(m.wanted, {}, m.seen).steps);
    CHECK(steps.at(0) == "stop a.service");
    CHECK(steps.at(1) == "stop b.service");
    CHECK(std::find(steps.begin(), steps.end(), "start b.service") != steps.end());
}

TEST_CASE("a unit of the plan that needs no change comes up again with the one it goes down with") {
    auto const has = [](strings const& steps, char const* one) {
        return std::find(steps.begin(), steps.end(), one) != steps.end();
    };
    for (bool const stops : {false, true}) {
        CAPTURE(stops);
        auto const* const more = stops ? "ExecStop=/bin/stop\n" : "";
        fake_machine m;
        m.add("a.service", service("1", more), service("2", more));
        m.add("b.service", service("1"), service("1"));
        m.add("c.service", service("1"), service("1"));
        m.units.units["a.service"].status.stopped_with_it = {"b.service", "c.service"};
        fake_systemd::stop(m.units.units["c.service"]);
        auto const first = m.invocation("b.service");
        auto const found = m.apply();
        REQUIRE(found.result == apply_result::done);
        CHECK(has(words(found.steps), stops ? "start b.service" : "restart b.service"));
        CHECK(has(words(found.steps), "prove that b.service runs as planned"));
        CHECK(m.invocation("b.service") != first);
        CHECK(found.units.at(1).restarted);
        CHECK_FALSE(found.units.at(2).restarted); // it did not run
        auto const second = m.invocation("b.service");
        SUBCASE("a reset, and one that a switch asks for, brings it up again, too") {
            for (bool const switching : {false, true}) {
                auto const back = m.reset({.switching = switching});
                REQUIRE(back.result == apply_result::done);
                CHECK(m.invocation("b.service") != second);
                REQUIRE(back.units.size() == 2);
                CHECK(back.units[1].restarted);
                m.apply();
            }
        }
        SUBCASE("where it does not come up, that is a failure") {
            REQUIRE(m.reset().result == apply_result::done);
            m.units.on_start = [](std::string const& name, fake_unit& started) {
                if (name == "b.service")
                    fake_systemd::fail(started);
            };
            CHECK(m.apply().result == apply_result::failed_left);
        }
    }
}

TEST_CASE("what a unit hands its stop on to stops before it, and starts after it") {
    auto const joined = [](char const* more, char const* b_after) {
        auto m = std::make_unique<fake_machine>();
        m->add("b.service", service("1", more), service(b_after, more));
        m->add("a.service", service("1", more), service("2", more));
        m->units.units["a.service"].status.stopped_with_it = {"b.service"};
        m->units.relate("a.service", "PropagatesStopTo", "b.service");
        return m;
    };
    for (auto const* more : {"", "ExecStop=/bin/stop\n", "X-StopIfChanged=false\n"})
        for (auto const* b_after : {"1", "2"}) {
            CAPTURE(more);
            CAPTURE(b_after);
            auto const m = joined(more, b_after);
            auto const found = m->apply();
            REQUIRE(found.result == apply_result::done);
            auto steps = words(found.steps);
            std::erase_if(steps, [](std::string const& one) {
                return !one.starts_with("stop ") && !one.starts_with("start ");
            });
            CHECK(
                steps ==
                strings{"stop b.service", "stop a.service", "start b.service", "start a.service"});
            auto const back = m->reset();
            CHECK(back.result == apply_result::done);
            CHECK(back.units.at(1).restarted);
        }
    SUBCASE("one that may not be started by hand is not stopped") {
        auto const m = joined("", "1");
        m->units.units["b.service"].status.refuse_manual_start = true;
        auto const before = m->view();
        auto const found = m->apply();
        CHECK(found.result == apply_result::refused);
        CHECK(said(found).find("'b.service' refuses to be restarted by hand") != std::string::npos);
        CHECK(m->view() == before);
    }
}

TEST_CASE(
    "what asks not to be restarted is not taken down with another unit: it is refused before") {
    std::pair<char const*, char const*> const table[] = {
        {"X-RestartIfChanged=false\n", "must not be restarted when it changes"},
        {"X-ReloadIfChanged=true\nExecReload=/bin/r\n", "wants to be reloaded and not restarted"},
    };
    for (auto const& row : table) {
        auto const* const word = row.first; // clang 14 captures no structured binding
        CAPTURE(word);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        m.add("b.service", service("1", word), service("2", word));
        m.units.units["a.service"].status.stopped_with_it = {"b.service"};
        auto const before = m.view();
        auto const found = m.apply();
        CHECK(found.result == apply_result::refused);
        CHECK(said(found).find(row.second) != std::string::npos);
        CHECK(said(found).find("and systemd stops it with another unit") != std::string::npos);
        CHECK(m.view() == before);
        SUBCASE("one that does not run takes the change at its next start") {
            fake_systemd::stop(m.units.units["b.service"]);
            CHECK(m.apply().result == apply_result::done);
        }
    }
}

TEST_CASE("nothing that a reload would disturb runs while it is done") {
    std::pair<char const*, std::pair<std::string, std::string>> const table[] = {
        {"a.socket", {"[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n"}},
        {"a.service", {service("1"), service("1", "RuntimeMaxSec=1\n")}},
        {"a.timer", {"[Timer]\nOnBootSec=1\n", "[Timer]\nOnBootSec=2\n"}},
    };
    for (auto const& row : table) {
        auto const* const unit = row.first; // clang 14 captures no structured binding
        auto const& texts = row.second;
        CAPTURE(unit);
        for (std::string const fault : {"reload", "shutting down", "queue"}) {
            CAPTURE(fault);
            fake_machine m;
            m.add(unit, texts.first, texts.second);
            auto const before = m.view();
            // What fails is what comes next: the look at what systemd has loaded, a job, the start.
            bool met = false;
            bool failed = false;
            m.units.fails = [&](std::string const& call) {
                // Without the timeouts of a unit there is a patience that suits most.
                bool const now =
                    met && !failed && call != "reload" && !call.starts_with("timeouts");
                failed = failed || now;
                met = met || call == fault;
                return now;
            };
            auto const found = m.apply();
            m.units.fails = nullptr;
            CHECK(failed);
            CHECK(
                found.result == (fault == "shutting down" && found.steps.empty()
                                     ? apply_result::refused
                                     : apply_result::failed_restored));
            CHECK(m.view().runs == before.runs);
            CHECK(m.view().drop_ins.empty());
        }
        fake_machine m;
        m.add(unit, texts.first, texts.second);
        CHECK(m.apply().result == apply_result::done);
        CHECK(m.units.units[unit].status.active());
        CHECK(m.reset().result == apply_result::done);
        CHECK(m.units.units[unit].status.active());
    }
}

TEST_CASE("a connection starts a socket's service after the check: it stops first all the same") {
    auto const listens = [](std::string const& port) {
        return "[Socket]\nListenStream=" + port + "\n";
    };
    for (bool const planned : {true, false})
        for (bool const late : {false, true}) {
            CAPTURE(planned);
            CAPTURE(late);
            fake_machine m;
            m.add("web.socket", listens("1"), listens("2"));
            if (planned)
                m.add("web.service", service("1"), service("2"), false);
            else
                m.units.add("web.service", service("1"), false);
            m.units.units["web.socket"].status.triggers = {"web.service"};
            std::string at;
            m.units.fails = [&](std::string const& call) {
                if (call == at && !m.units.units["web.service"].status.active()) {
                    at.clear();
                    m.units.start("web.service");
                }
                return false;
            };
            std::string const moment = late ? "ResetFailedUnit web.socket" : "shutting down";
            at = moment;
            auto const before = m.view();
            auto const found = m.apply();
            if (planned) {
                CHECK(found.result == apply_result::done);
                CHECK(m.view().runs.at("web.socket") == "listens on 2 ");
                CHECK(m.view().runs.at("web.service") == "/bin/x 2 ");
                CHECK(found.units.at(1).restarted);
            } else {
                CHECK(found.result == apply_result::failed_restored);
                CHECK(
                    render(found.errors.at(0)).find("'web.service' is stopped, which is not in") !=
                    std::string::npos);
                CHECK(m.view().runs.at("web.socket") == before.runs.at("web.socket"));
                CHECK(m.units.units["web.service"].status.active());
            }
            for (bool const switching : {false, true}) {
                CAPTURE(switching);
                fake_systemd::stop(m.units.units["web.service"]);
                REQUIRE(m.apply().result == apply_result::done);
                fake_systemd::stop(m.units.units["web.service"]);
                at = moment;
                auto const back = m.reset({.switching = switching});
                CHECK(back.result == apply_result::done);
                CHECK(m.view().runs.at("web.socket") == "listens on 1 ");
                CHECK(m.view().runs.at("web.service") == "/bin/x 1 ");
                CHECK_FALSE(m.view().state);
            }
        }
}

TEST_CASE("what was reloaded is not reloaded again when a socket's service has come meanwhile") {
    fake_machine m;
    std::string const by_reload = "X-ReloadIfChanged=true\nExecReload=/bin/r\n";
    m.add("a.service", service("1", by_reload), service("2", by_reload));
    m.add("web.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n");
    m.add("web.service", service("1"), service("2"), false);
    m.units.units["web.socket"].status.triggers = {"web.service"};
    bool came = false;
    m.units.fails = [&](std::string const& call) {
        if (call == "ResetFailedUnit web.socket" && !std::exchange(came, true))
            m.units.start("web.service");
        return false;
    };
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(m.view().runs.at("web.service") == "/bin/x 2 ");
    CHECK(std::ranges::count(m.units.calls, "reload-unit a.service") == 1);
}

TEST_CASE("a reset names the service that stops and starts with its socket") {
    fake_machine m;
    m.units.add("web.service", service("1"), false);
    m.add("web.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n");
    m.units.units["web.socket"].status.triggers = {"web.service"};
    REQUIRE(m.apply().result == apply_result::done);
    m.units.start("web.service");
    auto const steps = words(m.reset({.dry_run = true}).steps);
    CHECK(std::find(steps.begin(), steps.end(), "stop web.service") != steps.end());
    CHECK(std::find(steps.begin(), steps.end(), "start web.service") != steps.end());
}

TEST_CASE("a unit that a switch stops at the last moment stays stopped") {
    for (bool const stop_command : {false, true}) {
        CAPTURE(stop_command);
        fake_machine m;
        std::string const more = stop_command ? "ExecStop=/bin/stop\n" : "";
        m.add("a.service", service("1", more), service("2", more));
        REQUIRE(m.apply().result == apply_result::done);
        m.units.fails = [&](std::string const& call) {
            if (call == "shutting down")
                fake_systemd::stop(m.units.units["a.service"]);
            return false;
        };
        CHECK(m.reset({.switching = true}).result == apply_result::done);
        CHECK(m.view().runs.at("a.service") == "inactive");
        CHECK_FALSE(m.view().state);
    }
}
