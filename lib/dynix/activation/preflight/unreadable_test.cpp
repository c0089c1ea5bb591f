#include "dynix/activation/fakes/fake_machine.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("a value that systemd cannot read is refused, also where the default is all there is") {
    struct {
        char const* section;
        char const* before;
        char const* after;
        bool refused;
    } const table[] = {
        {"Service", "MemoryMax=1G", "MemoryMax=2G", false},
        {"Service", "MemoryMax=1G", "MemoryMax=lots", true},
        {"Service", "", "MemoryMax=lots", true},
        {"Service", "MemoryMax=lots", "MemoryMax=1G", false},
        {"Service", "MemoryMax=lots", "", false},
        {"Service", "MemoryMax=lots", "MemoryMax=lots\nNice=5", false},
        {"Unit", "JobTimeoutSec=5", "JobTimeoutSec=lots", true},
        {"Unit", "", "StartLimitBurst=lots", true},
    };
    for (auto const& row : table)
        for (bool const dry_run : {false, true}) {
            CAPTURE(row.before);
            CAPTURE(row.after);
            CAPTURE(dry_run);
            fake_machine m;
            auto const unit = [&](char const* lines) {
                return service("1") + "[" + row.section + "]\n" + lines + '\n';
            };
            m.add("a.service", unit(row.before), unit(row.after));
            auto const found = m.apply({.dry_run = dry_run});
            CHECK((found.result == apply_result::refused) == row.refused);
            CHECK(check(m.wanted, {}, m.seen).refusals.empty() != row.refused);
            if (!row.refused)
                continue;
            REQUIRE(found.errors.size() == 1);
            CHECK(
                found.errors[0].message ==
                fmt::format(
                    "systemd cannot read '{}' of 'a.service': Invalid value 'lots', ignoring",
                    row.after));
            CHECK(m.units.acts().empty());
        }
}

TEST_CASE("a timer and a socket are read as a service is") {
    for (auto const* const name : {"a.timer", "a.socket"}) {
        CAPTURE(name);
        fake_machine m;
        auto const section = std::string(name) == "a.timer" ? "[Timer]\nOnCalendar=daily\n"
                                                            : "[Socket]\nListenStream=1\n";
        auto const* const key = std::string(name) == "a.timer" ? "AccuracySec" : "SocketMode";
        m.add(name, section, fmt::format("{}{}=lots\n", section, key));
        CHECK(
            render(check(m.wanted, {}, m.seen).refusals.at(0)) ==
            fmt::format(
                "error: systemd cannot read '{}=lots' of '{}': Invalid value "
                "'lots', ignoring\nhint: no process would have the value: change "
                "or undo the override ('dynix undo')\n",
                key, name));
    }
}

TEST_CASE("a unit that systemd would not load is refused, before it is written") {
    fake_machine m;
    m.add("a.service", service("1"), service("1") + "WorkingDirectory=here\n");
    auto const found = m.apply();
    CHECK(found.result == apply_result::refused);
    REQUIRE(found.errors.size() == 1);
    CHECK(
        found.errors[0].message ==
        "systemd would not load 'a.service' with the change: path is not absolute: here");
    CHECK(m.units.acts().empty());
}

TEST_CASE("an item of a list that systemd ignores is told, and ignored after a rebuild, too") {
    fake_machine m;
    m.add(
        "a.service", service("1") + "SystemCallFilter=lots\n",
        service("1") + "SystemCallFilter=lots\nRestrictNamespaces=lots\n");
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    REQUIRE(found.warnings.size() == 1);
    CHECK(
        found.warnings[0] ==
        "systemd ignores 'RestrictNamespaces=lots' of 'a.service', as it would "
        "after a rebuild: Invalid value 'lots', ignoring");
}

TEST_CASE("where systemd cannot be asked, that is said") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.fails = [](std::string const& call) { return call == "read-units"; };
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    REQUIRE(found.warnings.size() == 1);
    CHECK(
        found.warnings[0] == "whether systemd can read the change is not known: there is no "
                             "systemd-analyze");
    // Nothing to do, nothing to read.
    CHECK(m.apply().warnings.empty());
}
