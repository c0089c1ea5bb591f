#include "dynix/units/switch_policy.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::units;

TEST_CASE("what a unit says of how a switch may change it") {
    struct {
        char const* text;
        switch_policy said;
    } const table[] = {
        {"[Service]\nExecStart=/a\n", switch_policy::restart},
        {"[Unit]\nX-StopIfChanged=false\n", switch_policy::restart},
        {"[Unit]\nX-RestartIfChanged=true\n", switch_policy::restart},
        {"[Unit]\nX-RestartIfChanged=false\n", switch_policy::leave},
        {"[Unit]\nX-OnlyManualStart=yes\n", switch_policy::leave},
        {"[Unit]\nX-ReloadIfChanged=true\n", switch_policy::reload},
        {"[Unit]\nX-RestartIfChanged=false\nX-ReloadIfChanged=1\n", switch_policy::reload},
        {"[Unit]\nX-RestartIfChanged=false\nX-RestartIfChanged=on\n", switch_policy::restart},
        // Where NixOS writes them.
        {"[Service]\nX-RestartIfChanged=false\n", switch_policy::leave},
        {"[Service]\nX-ReloadIfChanged=true\n", switch_policy::reload},
        {"[Unit]\nX-RestartIfChanged=false\n[Service]\nX-RestartIfChanged=true\n",
         switch_policy::restart},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        auto const unit = parse_unit(row.text, "a.service");
        REQUIRE(unit);
        CHECK(read_switch_policy(*unit) == row.said);
        CHECK(why_not_restarted(*unit).has_value() == (row.said != switch_policy::restart));
    }
}

TEST_CASE("why a unit is not restarted names the section in which it says so") {
    struct {
        char const* text;
        char const* said;
    } const table[] = {
        {"[Service]\nX-RestartIfChanged=false\n",
         "must not be restarted when it changes ([Service] X-RestartIfChanged=)"},
        {"[Unit]\nX-OnlyManualStart=true\n",
         "must not be restarted when it changes ([Unit] X-OnlyManualStart=)"},
        {"[Service]\nX-ReloadIfChanged=true\n",
         "wants to be reloaded and not restarted when it changes ([Service] X-ReloadIfChanged=)"},
    };
    for (auto const& row : table) {
        auto const unit = parse_unit(row.text, "a.service");
        REQUIRE(unit);
        CHECK(why_not_restarted(*unit) == row.said);
    }
}

TEST_CASE("what a switch stops, and what it must not stop") {
    auto const of = [](char const* text) {
        auto const unit = parse_unit(text, "a.service");
        REQUIRE(unit);
        return *unit;
    };
    CHECK(is_stopped_when_removed(of("[Service]\nExecStart=/a\n")));
    CHECK(is_stopped_when_removed(of("[Unit]\nX-StopOnRemoval=true\n")));
    CHECK_FALSE(is_stopped_when_removed(of("[Unit]\nX-StopOnRemoval=false\n")));
    CHECK_FALSE(refuses_manual_stop(of("[Service]\nExecStart=/a\n")));
    CHECK(refuses_manual_stop(of("[Unit]\nRefuseManualStop=yes\n")));
    CHECK_FALSE(refuses_manual_stop(of("[Unit]\nRefuseManualStop=no\n")));
}
