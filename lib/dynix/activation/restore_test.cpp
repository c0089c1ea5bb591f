// That a failed apply leaves what was there, whatever that was, and says what it leaves; and that
// neither an apply nor a reset calls a unit done that does not run.
#include "dynix/activation/restore.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"
#include "dynix/activation/steps/transaction.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

namespace {

void fails_with(fake_machine& m, std::string const& unit, std::string const& setting) {
    m.units.on_start = [=](std::string const& name, fake_unit& started) {
        if (name == unit && started.loaded.last("Service", "ExecStart").ends_with(setting))
            fake_systemd::fail(started);
    };
}

using strings = std::vector<std::string>;

} // namespace

TEST_CASE("a unit that waits to be started again goes on waiting when another one fails") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    // The database is not there yet.
    m.units.on_start = [](std::string const& name, fake_unit& started) {
        if (name == "a.service")
            fake_systemd::wait(started);
    };
    fake_systemd::wait(m.units.units["a.service"]);
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(m.units.units["a.service"].status.sub_state == "auto-restart");
    CHECK(m.units.units["a.service"].loaded.last("Service", "ExecStart") == "/bin/x 1");
    CHECK(m.view().runs.at("b.service") == "/bin/x 1 ");
}

TEST_CASE(
    "a unit in one of its short runs is one that fails over and over, and one that stays is not") {
    using namespace std::chrono_literals;
    struct {
        std::uint64_t restarts;
        std::chrono::milliseconds runs_since; // at the check
        apply_result result;
    } const table[] = {
        {7, 100ms, apply_result::failed_restored},
        {7, 1h, apply_result::failed_left},
        {0, 100ms, apply_result::failed_left},
    };
    for (auto const& row : table) {
        CAPTURE(row.restarts);
        CAPTURE(row.runs_since.count());
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        m.add("b.service", service("1"), service("2"));
        m.time.time += row.runs_since;
        m.units.units["a.service"].status.n_restarts = row.restarts;
        // It has ended when it is looked at again.
        m.units.on_start = [](std::string const& name, fake_unit& started) {
            if (name == "a.service")
                fake_systemd::wait(started);
        };
        auto const found = m.apply();
        CHECK(found.result == row.result);
        CHECK(m.units.units["a.service"].loaded.last("Service", "ExecStart") == "/bin/x 1");
        CHECK(m.view().runs.at("b.service") == "/bin/x 1 ");
        if (row.result == apply_result::failed_left)
            CHECK(found.left.at(0).starts_with("'a.service': it does not run as before: "));
    }
}

TEST_CASE("an interrupted apply leaves alone what it has not touched") {
    for (int after = 1; after < 12; ++after) {
        CAPTURE(after);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        m.add(
            "b.service", service("1") + "ExecStop=/bin/stop\n",
            service("2") + "ExecStop=/bin/stop\n");
        m.add("c.service", service("1"), service("2"));
        m.units.on_start = [](std::string const& name, fake_unit& started) {
            if (name == "c.service")
                fake_systemd::wait(started);
        };
        fake_systemd::wait(m.units.units["c.service"]);
        auto const before = m.view();
        auto const run = m.invocation("a.service");
        int asked = 0;
        apply_options options;
        options.stop_requested = [&] { return asked++ >= after; };
        auto const found = m.apply(options);
        CHECK(found.result == apply_result::failed_restored);
        CHECK(m.view() == before);
        if (!job_begun(found.steps, "a.service"))
            CHECK(m.invocation("a.service") == run);
    }
}

TEST_CASE("a kill leaves it to the next reset to start what was waiting") {
    fake_machine m;
    m.add(
        "a.service", service("1") + "ExecStop=/bin/stop\n", service("2") + "ExecStop=/bin/stop\n");
    fake_systemd::wait(m.units.units["a.service"]);
    m.units.fails = [](std::string const& call) {
        if (call == "reload")
            throw killed();
        return false;
    };
    CHECK_THROWS_AS(m.apply(), killed);
    m.units.fails = nullptr;
    CHECK(m.view().runs.at("a.service") == "inactive");
    CHECK(m.reset().result == apply_result::done);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE(
    "what systemd takes no jobs for is refused, or nothing is lost when that begins meanwhile") {
    struct {
        void (*begin)(fake_machine&);
        char const* said;
    } const table[] = {
        {[](fake_machine& m) { m.units.units["a.service"].status.frozen = true; }, "is frozen"},
        {[](fake_machine& m) { m.units.ends = true; }, "shutting down"},
    };
    for (auto const& row : table)
        for (auto const* const more : {"", "ExecStop=/bin/stop\n"}) {
            CAPTURE(row.said);
            CAPTURE(more);
            fake_machine refused;
            refused.add("a.service", service("1") + more, service("2") + more);
            row.begin(refused);
            auto const before_all = refused.view();
            auto const found = refused.apply();
            CHECK(found.result == apply_result::refused);
            CHECK(render(found.errors.at(0)).find(row.said) != std::string::npos);
            CHECK(refused.view() == before_all);

            fake_machine m;
            m.add("a.service", service("1"), service("2"));
            auto const before = m.view();
            auto const run = m.invocation("a.service");
            m.units.fails = [&](std::string const& call) {
                if (call == "reload")
                    row.begin(m);
                return false;
            };
            CHECK(m.apply().result == apply_result::failed_restored);
            CHECK(m.view() == before);
            CHECK(m.invocation("a.service") == run);
        }
}

TEST_CASE("what systemd takes no jobs for, once units were stopped, is left stopped and named") {
    void (*const table[])(fake_machine&) = {
        [](fake_machine& m) {
            for (auto const* const name : {"a.service", "b.service"})
                m.units.units[name].status.frozen = true;
        },
        [](fake_machine& m) { m.units.ends = true; },
    };
    for (auto const begin : table) {
        fake_machine m;
        for (auto const* const name : {"a.service", "b.service"})
            m.add(name, service("1", "ExecStop=/bin/stop\n"), service("2", "ExecStop=/bin/stop\n"));
        m.add("c.service", service("1"), service("2"));
        auto const before = m.view();
        m.units.fails = [&](std::string const& call) {
            if (call == "reload")
                begin(m);
            return false;
        };
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_left);
        CHECK(m.view().drop_ins == before.drop_ins);
        CHECK(m.view().runs.at("a.service") == "inactive");
        CHECK(m.view().runs.at("b.service") == "inactive");
        CHECK(m.view().runs.at("c.service") == before.runs.at("c.service"));
        REQUIRE(found.left.size() == 2);
        CHECK(found.left[0].starts_with("'a.service': it does not run as before: "));
        CHECK(found.left[1].starts_with("'b.service': it does not run as before: "));
    }
}

TEST_CASE("--no-restore tells of each unit what it has") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("bad"));
    m.add("c.service", service("1"), service("2"), false);
    fails_with(m, "b.service", "bad");
    auto const found = m.apply({.restore = false});
    CHECK(found.result == apply_result::failed_left);
    CHECK(
        found.left == strings{
                          "'a.service': its drop-in is not the previous one, and it has been "
                          "restarted",
                          "'b.service': ran before, and is failed (failed) now, result "
                          "'exit-code'; its drop-in is not the previous one",
                          "'c.service': its drop-in is not the previous one, and it does not run, "
                          "as before"});
    REQUIRE(m.reset().result == apply_result::done);

    m.units.on_start = nullptr;
    m.units.fails = [](std::string const& call) { return call == "reload"; };
    auto const unread = m.apply({.restore = false});
    m.units.fails = nullptr;
    CHECK(unread.result == apply_result::failed_left);
    CHECK(
        unread.left.at(0) ==
        "'a.service': its drop-in is not the previous one, but it still runs with its previous "
        "configuration");
    REQUIRE(m.reset().result == apply_result::done);

    auto const before = m.view();
    int asked = 0;
    auto const untouched =
        m.apply({.restore = false, .stop_requested = [&] { return asked++ > 0; }});
    CHECK(untouched.result == apply_result::failed_restored);
    CHECK(untouched.left.empty());
    CHECK(m.view() == before);
}

TEST_CASE("a reset is not done while a unit does not run with its static configuration") {
    for (bool const switching : {false, true})
        for (bool const later : {false, true}) {
            CAPTURE(switching);
            CAPTURE(later);
            fake_machine m;
            m.add("a.service", service("1"), service("2"));
            REQUIRE(m.apply().result == apply_result::done);
            if (later)
                m.units.fails = [&](std::string const& call) {
                    if (call == "wait")
                        fake_systemd::wait(m.units.units["a.service"]);
                    return false;
                };
            else
                fails_with(m, "a.service", "1");
            auto const found = m.reset({.switching = switching});
            CHECK(found.result == apply_result::failed_left);
            CHECK(found.left == strings{"'a.service' does not run its static configuration"});
            CHECK(m.view().drop_ins.empty());
            CHECK(m.view().state);
            auto const status = current_status(m.seen);
            REQUIRE(status);
            CHECK(status->unfinished);
            m.units.fails = nullptr;
            m.units.on_start = nullptr;
            if (switching) {
                // Stopped, it stands in nobody's way.
                fake_systemd::stop(m.units.units["a.service"]);
                fails_with(m, "a.service", "1");
                m.wanted = {};
                m.add("b.service", service("1"), service("2"));
                CHECK(m.apply().result == apply_result::done);
                CHECK(m.view().runs.at("a.service") == "inactive");
                continue;
            }
            CHECK(m.reset().result == apply_result::done);
            CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
            CHECK_FALSE(m.view().state);
        }
}

TEST_CASE("a reset waits as long as the plan did") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.wanted.services[0].settle = std::chrono::seconds(5);
    REQUIRE(m.apply().result == apply_result::done);
    auto const start = m.time.time;
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(m.time.time - start >= std::chrono::seconds(5));
}

TEST_CASE(
    "a command that cannot be executed is no success, without settling and when none was shown") {
    for (bool const shows : {true, false}) {
        CAPTURE(shows);
        fake_machine m;
        if (!shows)
            m.units.on_start = [](std::string const&, fake_unit& started) {
                started.process.argv = {"/bin/other"};
            };
        m.add("a.service", service("1"), service("2"));
        m.wanted.services[0].settle = host::milliseconds(0);
        auto const before = m.view();
        // systemd has forked; that it cannot execute the program is known a moment later.
        m.units.on_start = [=](std::string const&, fake_unit& started) {
            if (!shows)
                started.process.argv = {"/bin/other"};
            if (started.loaded.last("Service", "ExecStart").ends_with("2")) {
                started.process.exe = "/usr/lib/systemd/systemd-executor";
                started.process.argv = {"/usr/lib/systemd/systemd-executor", "--deserialize", "9"};
            }
        };
        m.units.fails = [&](std::string const& call) {
            auto& unit = m.units.units["a.service"];
            if (call == "wait" && unit.process.exe.ends_with("executor"))
                fake_systemd::fail(unit);
            return false;
        };
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_restored);
        CHECK(render(found.errors.at(0)).find("did not stay up: failed") != std::string::npos);
        CHECK(m.view() == before);
    }
}
