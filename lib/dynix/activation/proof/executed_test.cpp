// Units whose command systemd has not executed yet: what its own process shows there says nothing.
#include "dynix/activation/proof/executed.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"
#include "dynix/activation/steps/unit_states.hpp"

#include "dynix/test.hpp"

#include <chrono>

using namespace dynix;
using namespace dynix::activation;

namespace {

// What a unit of the fake manager runs is executed only after a while.
class slow_to_execute {
  public:
    slow_to_execute(fake_machine& m, std::chrono::seconds takes) {
        m.units.on_start = [&m, this](std::string const&, fake_unit& started) {
            since_ = m.time.time;
            process_ = started.process;
            started.process.exe = "/nix/store/x-systemd/lib/systemd/systemd-executor (deleted)";
            started.process.argv = {"(x)", ""};
            started.process.environment = {"LISTEN_FDS=1"};
        };
        m.units.fails = [&m, this, takes](std::string const& call) {
            if (call == "wait" && m.time.time - since_ >= takes)
                m.units.units["a.service"].process = process_;
            return false;
        };
    }

  private:
    host::time_point since_;
    host::live_process process_;
};

unit_report_now status_of_a(fake_machine& m) {
    auto const status = current_status(m.seen);
    REQUIRE(status);
    return status->units.at(0);
}

} // namespace

TEST_CASE("what is started is its command, and what comes before shows nothing") {
    host::unit_status status;
    status.active_state = "active";
    status.main_pid = 7;
    std::vector<std::string> environment;
    auto const starting = [&](std::string const& exe, std::vector<std::string> argv) {
        host::unit_processes found;
        found.live.push_back(
            {.pid = 7, .exe = exe, .argv = std::move(argv), .environment = environment});
        found.live.push_back(
            {.pid = 8, .exe = "/lib/systemd/systemd-executor", .argv = {"(sd-pam)"}});
        return is_starting(status, found);
    };
    CHECK(starting("/lib/systemd/systemd-executor", {"(x)"}));
    CHECK(starting("/lib/systemd/systemd", {"/sbin/init"}));
    CHECK(starting("/bin/x", {}));
    CHECK_FALSE(starting("/bin/x", {"/bin/x", "1"}));
    // What is read last may be there already.
    environment = {"A=1"};
    CHECK(starting("/bin/x", {}));
    CHECK_FALSE(starting("/bin/x", {"", "", ""}));
    environment.clear();
    // Who may not see its program cannot wait for it; nor would a frozen one end that.
    CHECK_FALSE(starting("", {}));
    status.frozen = true;
    CHECK_FALSE(starting("/lib/systemd/systemd-executor", {"(x)"}));
    status.frozen = false;
    status.active_state = "inactive";
    CHECK_FALSE(starting("/lib/systemd/systemd-executor", {"(x)"}));
}

TEST_CASE("a command that is executed late is waited for, and proved") {
    for (bool const shown : {true, false}) {
        CAPTURE(shown);
        fake_machine m;
        if (!shown)
            m.units.on_start = [](std::string const&, fake_unit& started) {
                started.process.argv = {"/bin/other"};
            };
        m.add("a.service", service("1"), service("2"));
        m.wanted.services[0].settle = host::milliseconds(0);
        slow_to_execute slow(m, std::chrono::seconds(6));
        auto const found = m.apply();
        CHECK(said(found).empty());
        REQUIRE(found.result == apply_result::done);
        CHECK(found.units.at(0).proved.outcome == verdict::proven);
        CHECK(m.reset().result == apply_result::done);
    }
}

TEST_CASE("a command whose words are not there yet is waited for, and proved") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.wanted.services[0].settle = host::milliseconds(0);
    slow_to_execute slow(m, std::chrono::seconds(1));
    // The program is another one already.
    m.units.on_start = [first = m.units.on_start](std::string const& name, fake_unit& started) {
        auto const exe = started.process.exe;
        first(name, started);
        started.process.exe = exe;
        started.process.argv.clear();
    };
    auto const found = m.apply();
    CHECK(said(found).empty());
    REQUIRE(found.result == apply_result::done);
    CHECK(found.units.at(0).proved.outcome == verdict::proven);
}

TEST_CASE("a command that is never executed is not what was planned") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.wanted.services[0].settle = host::milliseconds(0);
    auto const start = m.time.time;
    slow_to_execute slow(m, std::chrono::hours(1));
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_left);
    CHECK(render(found.errors.at(0)).find("does not run what was planned") != std::string::npos);
    // Once after the change, and once after the way back.
    CHECK(m.time.time - start < 2 * (execution_patience + std::chrono::seconds(5)));
}

TEST_CASE("status waits for the command, and says so where that does not come") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    for (auto const takes : {6, 3600}) {
        slow_to_execute slow(m, std::chrono::seconds(takes));
        m.units.start("a.service");
        auto const found = status_of_a(m);
        if (takes == 6) {
            CHECK(found.standing == unit_standing::live);
        } else {
            CHECK(found.standing == unit_standing::applied);
            CHECK(found.reason == "systemd has not executed its command yet");
        }
    }
}

TEST_CASE("what ran before is looked at when it has been executed, so that it counts after") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.wanted.services[0].settle = host::milliseconds(0);
    {
        slow_to_execute slow(m, std::chrono::seconds(6));
        m.units.start("a.service");
        auto& unit = m.units.units["a.service"];
        CHECK(shown_now(unit.loaded, unit.status, m.seen) == command_shown::yes);
        m.units.start("a.service");
        auto const found = m.apply({.dry_run = true});
        CHECK(found.result != apply_result::refused);
    }
    // Had the executor's words been taken for those of a start script, that would be no failure.
    m.units.fails = {};
    m.units.on_start = [](std::string const&, fake_unit& started) {
        if (started.loaded.last("Service", "ExecStart").ends_with("2"))
            started.process.argv = {"/bin/other"};
    };
    CHECK(m.apply().result == apply_result::failed_restored);
}
