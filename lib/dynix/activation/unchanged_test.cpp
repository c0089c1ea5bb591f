// What is said of units whose files are as they should be: also what they run?
#include "dynix/activation/unchanged.hpp"

#include "dynix/activation/diff.hpp"
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"

#include "dynix/test.hpp"

#include <string>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("what hides an applied override is seen by a status") {
    for (auto const* const file : {"50-MemoryMax.conf", "zzz.conf"}) {
        CAPTURE(file);
        fake_machine m;
        m.add("a.service", service("1", "MemoryMax=100M\n"), service("1", "MemoryMax=200M\n"));
        REQUIRE(m.apply().result == apply_result::done);
        REQUIRE(current_status(m.seen)->all_live());
        auto const path = m.where.runtime_units() + "/a.service.d/" + file;
        REQUIRE(m.plain.write(path, "[Service]\nMemoryMax=77M\n"));
        m.units.units["a.service"].status.drop_in_paths = {path};
        REQUIRE(m.units.reload());
        auto const status = current_status(m.seen);
        REQUIRE(status);
        CHECK(status->units.at(0).standing == unit_standing::pending);
        CHECK(status->units.at(0).reason.find("sets MemoryMax") != std::string::npos);
        CHECK(status->units.at(0).reason.find(file) != std::string::npos);
    }
}

TEST_CASE("a status says why the files of a unit cannot be read, as that is said elsewhere") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    auto const elsewhere = m.where.runtime_units() + "/a.service";
    REQUIRE(m.plain.write(elsewhere, service("1")));
    m.units.units["a.service"].status.fragment_path = elsewhere;
    REQUIRE(m.units.reload());
    auto const status = current_status(m.seen);
    REQUIRE(status);
    CHECK(status->units.at(0).standing == unit_standing::pending);
    CHECK(status->units.at(0).reason.starts_with("the unit file of 'a.service' is '"));
}

TEST_CASE("an apply that changes nothing compares with what was there before, as a status does") {
    fake_machine m;
    m.add("a.service", service("1", "Environment=A=1\n"), service("1", "Environment=A=2\n"));
    REQUIRE(m.apply().result == apply_result::done);
    m.units.units["a.service"].process.environment = {"A=1"};
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.units.at(0).proved.show() == "wanted='A=2' live='A=1'");
    m.units.units["a.service"].process.environment = {"A=3"};
    CHECK(m.apply().units.at(0).proved.outcome == verdict::not_provable);
}

TEST_CASE("what is not known to run as planned is said of where nothing is to be done") {
    auto const said_of = [](auto const& change_it) {
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        change_it(m.units.units["a.service"]);
        auto const planned = difference(m.wanted, {}, m.seen);
        CHECK(planned.steps.empty());
        auto const dry = m.apply({.dry_run = true});
        auto const found = m.apply();
        CHECK(found.result == apply_result::done);
        CHECK(found.steps.empty());
        CHECK(found.warnings == dry.warnings);
        CHECK(planned.warnings == dry.warnings);
        auto const& why = found.units.at(0).not_as_planned;
        CHECK(dry.units.at(0).not_as_planned == why);
        CHECK(planned.units.at(0).not_as_planned == why);
        return why;
    };
    CHECK(said_of([](fake_unit&) {}).empty());
    CHECK(said_of([](fake_unit& unit) { fake_systemd::stop(unit); }) == "the unit is inactive");
    CHECK(said_of([](fake_unit& unit) {
              fake_systemd::fail(unit);
          }) == "it does not run what is planned");
    CHECK(said_of([](fake_unit& unit) {
              unit.process.argv = {"/bin/x", "1"};
          }) == "it does not run what is planned");
}

TEST_CASE("a unit runs the static configuration only where it runs, with nothing else") {
    auto const why_not = [](auto const& change_it) {
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        change_it(m);
        auto const found = check(m.wanted, {}, m.seen);
        REQUIRE(found.refusals.empty());
        return why_not_static(found.units.at(0), m.seen);
    };
    auto const unit = [](fake_machine& m) -> fake_unit& { return m.units.units["a.service"]; };
    CHECK(why_not([](fake_machine&) {}).empty());
    CHECK(why_not([&](fake_machine& m) {
              fake_systemd::stop(unit(m));
          }) == "the unit is inactive (dead)");
    CHECK(why_not([&](fake_machine& m) {
              fake_systemd::fail(unit(m));
          }) == "the unit is failed (failed)");
    CHECK(why_not([&](fake_machine& m) {
              unit(m).process.argv = {"/bin/x", "9"};
          }) == "it runs something else: wanted='/bin/x 1' live='/bin/x 9'");
    CHECK(why_not([&](fake_machine& m) {
              unit(m).hidden = true;
          }).find("cannot be seen") != std::string::npos);
    CHECK(why_not([](fake_machine& m) {
              REQUIRE(m.apply().result == apply_result::done);
          }) == "an override is applied");
    auto const said = why_not([&](fake_machine& m) {
        auto const path = m.where.runtime_units() + "/a.service.d/override.conf";
        REQUIRE(m.plain.write(path, "[Service]\nNice=1\n"));
        unit(m).status.drop_in_paths = {path};
        REQUIRE(m.units.reload());
    });
    CHECK(said.ends_with("/a.service.d/override.conf' changes what it runs"));
}

TEST_CASE("a reset names what hides the static configuration") {
    for (bool const hidden : {false, true}) {
        CAPTURE(hidden);
        fake_machine m;
        m.add("a.service", service("1", "Environment=A=1\n"), service("1", "Environment=A=2\n"));
        REQUIRE(m.apply().result == apply_result::done);
        auto const path = m.where.runtime_units() + "/a.service.d/zzz.conf";
        REQUIRE(m.plain.write(
            path, hidden ? "[Service]\nEnvironment=A=3\n" : "[Service]\nEnvironment=B=3\n"));
        m.units.units["a.service"].status.drop_in_paths.push_back(path);
        REQUIRE(m.units.reload());
        auto const found = m.reset();
        CHECK(found.result == apply_result::done);
        auto const& proved = found.units.at(0).proved;
        CHECK(proved.outcome == (hidden ? verdict::not_provable : verdict::proven));
        if (hidden)
            CHECK(proved.notes.at(0).find("zzz.conf' sets Environment") != std::string::npos);
    }
}

TEST_CASE("a reset names a unit that does not run once") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    m.units.fails = [](std::string const& call) { return call == "try-restart a.service"; };
    auto const found = m.reset();
    CHECK(found.result == apply_result::failed_left);
    CHECK(
        found.left ==
        std::vector<std::string>{"'a.service' does not run its static configuration"});
}

TEST_CASE("a shell in the place of a program that becomes the last one of its text ends no apply") {
    fake_machine m;
    m.add("a.service", service("1"), "[Service]\nExecStart=/bin/bash -c 'sleep 1001 # then'\n");
    m.units.on_start = [](std::string const&, fake_unit& started) {
        if (started.process.argv.at(0) == "/bin/bash")
            started.process.argv = {"sleep", "1001"};
    };
    auto const found = m.apply();
    CHECK(said(found).empty());
    REQUIRE(found.result == apply_result::done);
    CHECK(
        found.units.at(0).proved.show() ==
        "not provable: its shell has become another program, whose command line its process shows");
    CHECK(current_status(m.seen)->units.at(0).standing == unit_standing::applied);
}
