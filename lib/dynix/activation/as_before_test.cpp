#include "dynix/activation/as_before.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("a caller that ends before its activation says where that goes on, and blames nothing") {
    auto const found = outcome_at_work(make_error("hung up"), "a.service");
    CHECK(found.result == apply_result::failed_left);
    CHECK(found.works_on == "a.service");
    CHECK(found.left.empty());
    CHECK(
        said(found) ==
        "error: hung up; the activation works on in 'a.service'\n"
        "hint: 'journalctl -u a.service' has its result when it has ended; 'dynix status' shows "
        "what runs\n");
}

TEST_CASE("every unit that is not as it was is named, and how") {
    fake_machine m;
    for (auto const* const name : {"same", "dead", "woken", "changed"})
        m.units.add(fmt::format("{}.service", name), service("1"));
    fake_systemd::fail(m.units.units["dead.service"]);
    REQUIRE(m.plain.write(m.where.drop_in("changed.service"), "new"));
    CHECK(
        not_as_before(
            {{"same.service", std::nullopt, true},
             {"dead.service", std::nullopt, true},
             {"woken.service", std::nullopt, false},
             {"changed.service", "old", true}},
            m.seen) ==
        std::vector<std::string>{
            "'dead.service': ran before, and is failed (failed) now, result 'exit-code'",
            "'woken.service': did not run before, and runs now",
            "'changed.service': its drop-in is not the previous one"});
}

TEST_CASE("of a changed drop-in it is said which configuration the unit has all the same") {
    fake_machine m;
    m.units.add("a.service", service("1"));
    auto& unit = m.units.units["a.service"];
    auto const run = m.invocation("a.service");
    auto const said_of = [&](bool ran, bool waited) {
        return not_as_before({{"a.service", "old", ran, waited, run}}, m.seen).at(0);
    };
    std::string const start = "'a.service': its drop-in is not the previous one";
    CHECK(said_of(true, false) == start + ", but it still runs with its previous configuration");
    unit_change const other{.name = "wave", .job = changes::reload.job};
    for (auto const& [change, said] :
         {std::pair{&changes::reload, ", and it may have been reloaded with that"},
          {&other, ", and it may have taken that"},
          {&changes::restart, ", but it still runs with its previous configuration"}})
        CHECK(
            not_as_before({{"a.service", "old", true, false, run, change}}, m.seen).at(0) ==
            start + said);
    unit.status.active_state = "activating";
    unit.status.sub_state = "start-pre";
    unit.status.invocation_id = "another";
    CHECK(said_of(true, false) == start + ", and it is being started");
    fake_systemd::wait(unit);
    CHECK(said_of(false, true) == start + ", and it waits to be started again, as before");
    fake_systemd::stop(unit);
    CHECK(said_of(false, false) == start + ", and it does not run, as before");
    m.units.fails = [](std::string const& call) { return call.starts_with("status"); };
    CHECK(
        said_of(true, false) ==
        "'a.service': cannot be looked at: the bus is gone; its drop-in is not the previous one");
}

TEST_CASE("a drop-in that cannot be read is said, unless a step has put it back") {
    fake_machine m;
    m.units.add("a.service", service("1"));
    m.injected.arm(manner::from_then_on, 1);
    m.units.fails = nullptr;
    std::vector<previous_unit> const units{{"a.service", "old", true}};
    auto const lines = not_as_before(units, m.seen);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("'a.service': its drop-in cannot be read: no reading of"));
    CHECK(not_as_before(units, m.seen, unreadable::is_back).empty());
}

TEST_CASE("an activation that was killed is told by what its units are") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    bool was_killed = false;
    m.units.fails = [&](std::string const& call) -> bool {
        if (call == "restart b.service")
            throw killed();
        return false;
    };
    try {
        m.apply();
    } catch (killed const&) {
        was_killed = true;
    }
    REQUIRE(was_killed);
    m.units.fails = {};
    auto const found = outcome_of_killed(make_error("killed"), m.seen);
    CHECK(found.result == apply_result::failed_left);
    CHECK(found.errors.at(0).message == "killed");
    CHECK(
        found.left == std::vector<std::string>{
                          "'a.service': its drop-in is not the previous one, and it has been "
                          "restarted",
                          "'b.service': its drop-in is not the previous one, but it still runs "
                          "with its previous configuration"});
    REQUIRE(found.units.size() == 2);
    CHECK(found.units[0].restarted);
    CHECK(
        found.units[0].proved.show() ==
        "not provable: the activation was killed before it could look");
    CHECK_FALSE(found.units[1].restarted);
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(
        outcome_of_killed(make_error("killed"), m.seen).left ==
        std::vector<std::string>{"what runs may not be what ran before: 'dynix status' shows it"});
}
