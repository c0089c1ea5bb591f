// What a plan is refused for as a whole: leaks and drift. On a machine where nothing else is wrong.
#include "dynix/activation/diff.hpp"
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/test.hpp"

#include <filesystem>
#include <fstream>

using namespace dynix;
using namespace dynix::activation;

namespace {

void add_two(fake_machine& m) {
    m.add("a.service", service("static"), service("new"));
    m.add("b.service", service("static"), service("new"));
}

} // namespace

TEST_CASE("a leak is refused before anything changes") {
    fake_machine m;
    add_two(m);
    m.wanted.verify = plan::verification::full;
    m.wanted.leaks.push_back({plan::leak_kind::unit, "c.service", "X=1", "X=2"});
    auto const before = m.view();
    auto const found = m.apply();
    CHECK(found.result == apply_result::refused);
    REQUIRE(found.errors.size() == 1);
    CHECK(found.errors[0].message.find("'c.service'") != std::string::npos);
    CHECK(found.steps.empty());
    CHECK(found.verify == plan::verification::full);
    CHECK(found.leaks.size() == 1);
    CHECK(m.view() == before);
    CHECK(m.units.acts().empty());
}

TEST_CASE("an allowed leak is a warning, and only the plan is carried out") {
    fake_machine m;
    add_two(m);
    m.units.add("c.service", service("static"));
    m.wanted.leaks.push_back({plan::leak_kind::unit, "c.service", "X=1", "X=2"});
    auto const other = m.invocation("c.service");
    auto const found = m.apply({.allow_leak = true});
    CHECK(found.result == apply_result::done);
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].find("'c.service' changes: X=1 -> X=2") != std::string::npos);
    CHECK(m.invocation("c.service") == other);
    CHECK(m.view().drop_ins.size() == 2);
}

TEST_CASE("warnings of the dynamic configuration are passed on") {
    fake_machine m;
    add_two(m);
    m.wanted.warnings = {"services.a.old is now services.a.new"};
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    CHECK(found.warnings == m.wanted.warnings);
}

TEST_CASE("drift is refused once, with every unit, and cannot be allowed") {
    fake_machine m;
    add_two(m);
    m.add("c.service", service("static"), service("new"));
    m.planned("a.service").static_text = service("edited");
    m.planned("c.service").static_text = service("edited");
    auto const before = m.view();
    for (auto const allow : {false, true}) {
        auto const found = m.apply({.allow_leak = allow});
        CHECK(found.result == apply_result::refused);
        REQUIRE(found.errors.size() == 1);
        CHECK(found.errors[0].message.ends_with("'a.service', 'c.service'"));
        REQUIRE(found.errors[0].notes.size() == 2);
        CHECK(
            found.errors[0].notes[0].message.find(
                "-ExecStart=/bin/x static\n+ExecStart=/bin/x edited\n") != std::string::npos);
        CHECK(m.view() == before);
    }
}

TEST_CASE("drift on a system with runtime modules names them, as far as they are known") {
    fake_machine m;
    add_two(m);
    m.planned("a.service").static_text = service("edited");
    auto const folder = m.where.current_system() + "/etc/dynix";
    std::filesystem::create_directories(folder);
    auto const hint_with = [&](char const* record) {
        std::ofstream(folder + "/modules.json") << record;
        auto const found = m.apply();
        REQUIRE(found.errors.size() == 1);
        return found.errors[0].hint;
    };
    CHECK(hint_with(R"({"version": 1, "enabled": ["ticker", "louder"]})")
              .starts_with("run 'runtime-module rebuild' to let changed files of the runtime "
                           "modules run (ticker, louder), or 'nixos-rebuild switch'"));
    for (auto const* none :
         {R"({"version": 1, "enabled": []})", R"({"version": 2, "enabled": ["a"]})", "{"})
        CHECK(hint_with(none).starts_with("run 'nixos-rebuild switch'"));
}

TEST_CASE("a configuration that imports the dynamic file has that problem, and is no drift") {
    fake_machine m;
    add_two(m);
    m.planned("a.service").static_text = service("edited");
    m.wanted.imported = true;
    m.wanted.problems = {"the configuration imports it"};
    auto const found = m.apply();
    CHECK(found.result == apply_result::refused);
    REQUIRE(found.errors.size() == 1);
    CHECK(found.errors[0].message == "the configuration imports it");
    // No override need be what causes a problem.
    CHECK(found.errors[0].hint.ends_with("; if none does, change the configuration"));
}

TEST_CASE("drift is judged by NixOS's own file, not by what others add to the unit") {
    fake_machine m;
    add_two(m);
    // A package's unit file, with NixOS's text as its drop-in.
    auto const beside = m.where.static_units() + "/a.service.d/overrides.conf";
    REQUIRE(m.plain.write(m.where.static_units() + "/a.service", "[Service]\nType=simple\n"));
    REQUIRE(m.plain.write(beside, service("static")));
    m.units.units["a.service"].status.drop_in_paths = {beside};
    REQUIRE(m.units.reload());
    CHECK(difference(m.wanted, {}, m.seen).refusals.empty());

    REQUIRE(m.plain.write(beside, service("other")));
    REQUIRE(m.units.reload());
    auto const refusals = difference(m.wanted, {}, m.seen).refusals;
    REQUIRE(refusals.size() == 1);
    CHECK(refusals[0].notes.at(0).message.find("-ExecStart=/bin/x other") != std::string::npos);
}
