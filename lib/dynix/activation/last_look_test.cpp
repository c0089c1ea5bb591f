// What becomes of a unit after it was proved, while others are still proved, probed or looked at.
#include "dynix/activation/fakes/fake_machine.hpp"

#include "dynix/test.hpp"

#include <functional>
#include <string>

using namespace dynix;
using namespace dynix::activation;

namespace {

struct later_event {
    std::string name;
    std::function<void(fake_machine&)> happens;
    std::string said; // empty: it is as it should be
};

// Of b.service.
std::vector<later_event> const& events() {
    static std::vector<later_event> const all = {
        {"it fails", [](auto& m) { fake_systemd::fail(m.units.units["b.service"]); },
         "error: 'b.service' did not stay up: failed (failed), result 'exit-code'"},
        {"it waits to be started again",
         [](auto& m) { fake_systemd::wait(m.units.units["b.service"]); },
         "error: 'b.service' did not stay up: activating (auto-restart)"},
        {"systemd has started it again", [](auto& m) { m.units.start_again("b.service"); },
         "error: 'b.service' was started again by itself"},
        {"it ends badly, and a command of its stop still runs",
         [](auto& m) {
             auto& unit = m.units.units["b.service"];
             fake_systemd::fail(unit);
             unit.status.active_state = "deactivating";
             unit.status.sub_state = "stop-post";
         },
         "error: 'b.service' did not stay up: deactivating (stop-post), result 'exit-code'"},
        {"it ends well, or somebody stops it",
         [](auto& m) { fake_systemd::stop(m.units.units["b.service"]); }, ""},
        {"it ends well, and a connection starts it again",
         [](auto& m) {
             fake_systemd::stop(m.units.units["b.service"]);
             m.units.start("b.service");
         },
         ""}};
    return all;
}

// When c.service is proved, which has been started then: after b.service.
void let_happen_late(fake_machine& m, later_event const& what) {
    m.units.fails = [&m, &what, started = false, done = false](std::string const& call) mutable {
        started = started || call.ends_with("restart c.service");
        if (!done && started && call == "processes /system.slice/c.service") {
            done = true;
            what.happens(m);
        }
        return false;
    };
}

void check(apply_outcome const& found, later_event const& what, apply_result otherwise) {
    CHECK(found.result == (what.said.empty() ? apply_result::done : otherwise));
    CHECK(said(found).starts_with(what.said));
}

} // namespace

TEST_CASE("a unit that fails once it was proved fails the apply, and one that ends well does not") {
    for (auto const& what : events()) {
        CAPTURE(what.name);
        fake_machine m;
        m.add("b.service", service("1"), service("2"));
        m.add("c.service", service("1"), service("2"));
        auto const before = m.view();
        let_happen_late(m, what);
        auto const found = m.apply();
        check(found, what, apply_result::failed_restored);
        if (!what.said.empty())
            CHECK(m.view().runs == before.runs);
    }
}

TEST_CASE("a unit that was reloaded is looked at when others have been proved") {
    constexpr auto by_reload = "X-ReloadIfChanged=true\nExecReload=/bin/r\n";
    for (auto const& what : events()) {
        CAPTURE(what.name);
        fake_machine m;
        m.add("b.service", service("1", by_reload), service("2", by_reload));
        m.add("c.service", service("1"), service("2"));
        m.planned("c.service").checks.probes = {{.name = "http", .command = {"/bin/probe"}}};
        auto const before = m.view();
        m.units.on_command = [&](host::unit_command const&) {
            what.happens(m);
            return host::command_end{.result = "success"};
        };
        check(m.apply(), what, apply_result::failed_restored);
        if (!what.said.empty())
            CHECK(m.view().runs == before.runs);
    }
}

TEST_CASE("a unit that ended well since it was proved is not said to run with what was planned") {
    fake_machine m;
    m.add("b.service", service("1"), service("2"));
    m.add("c.service", service("1"), service("2"));
    later_event const ends{
        "", [](auto& at) { fake_systemd::stop(at.units.units["b.service"]); }, ""};
    let_happen_late(m, ends);
    auto const found = m.apply();
    REQUIRE(found.result == apply_result::done);
    REQUIRE(found.units.size() == 2);
    CHECK(found.units[0].proved.outcome == verdict::not_provable);
    CHECK(found.units[1].proved.outcome == verdict::proven);
}

TEST_CASE("a reset tells of a unit that fails once it was proved") {
    for (auto const& what : events()) {
        CAPTURE(what.name);
        fake_machine m;
        m.add("b.service", service("1"), service("2"));
        m.add("c.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        let_happen_late(m, what);
        check(m.reset(), what, apply_result::failed_left);
    }
}
