// Units that somebody is restarting while they are looked at: they are down, and will be up.
#include "dynix/activation/fakes/fake_machine.hpp"

#include "dynix/test.hpp"

#include <string>

using namespace dynix;
using namespace dynix::activation;

namespace {

// What `systemctl restart` looks like while the old run ends: the start comes when it has.
void let_restart(fake_machine& m, std::string const& unit, std::string const& state) {
    auto& status = m.units.units[unit].status;
    status.active_state = state;
    status.sub_state = state == "deactivating" ? "stop" : "dead";
    status.job = state == "deactivating" ? "restart" : "start";
}

} // namespace

TEST_CASE("a unit that somebody is restarting is no stopped one: it is restarted and proved") {
    for (auto const* const state : {"deactivating", "inactive", "failed"}) {
        CAPTURE(state);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        m.units.units["a.service"].status.type = "oneshot";
        let_restart(m, "a.service", state);
        auto const found = m.apply();
        REQUIRE(found.result == apply_result::done);
        CHECK(found.units.at(0).change == &changes::restart);
        CHECK(found.units.at(0).proved.outcome == verdict::proven);
    }
}

TEST_CASE("a unit that somebody is restarting does not stay up: its previous state is back") {
    fake_machine m;
    m.add("a.service", service("1"), service("bad"));
    let_restart(m, "a.service", "deactivating");
    m.units.on_start = fail_bad;
    CHECK(m.apply().result == apply_result::failed_restored);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE("another unit fails while somebody restarts one: that one starts as it was") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    let_restart(m, "a.service", "deactivating");
    auto reloads = 0;
    m.units.fails = [&](std::string const& call) { return call == "reload" && ++reloads == 1; };
    CHECK(m.apply().result == apply_result::failed_restored);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE("a unit that was stopped, and that somebody starts before systemd has read the change") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"), false);
    m.units.fails = [&](std::string const& call) {
        if (call == "reload")
            let_restart(m, "a.service", "inactive");
        return false;
    };
    auto const found = m.apply();
    REQUIRE(found.result == apply_result::done);
    CHECK(found.units.at(0).proved.outcome == verdict::proven);
}

TEST_CASE("a reset restarts what somebody is restarting, and does not call it stopped") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    let_restart(m, "a.service", "deactivating");
    auto const found = m.reset();
    REQUIRE(found.result == apply_result::done);
    CHECK(found.units.at(0).change == &changes::restart);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE("a socket's service that somebody is restarting stops before the socket") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("a.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n");
    m.units.units["a.socket"].status.triggers = {"a.service"};
    let_restart(m, "a.service", "deactivating");
    auto const found = check(m.wanted, {}, m.seen);
    REQUIRE(found.units.size() == 2);
    CHECK(found.units.at(1).stop_first == std::vector<std::string>{"a.service"});
}
