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
        // It is a key of [Unit] only.
        {"[Service]\nX-RestartIfChanged=false\n", switch_policy::restart},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        auto const unit = parse_unit(row.text, "a.service");
        REQUIRE(unit);
        CHECK(read_switch_policy(*unit) == row.said);
        CHECK(why_not_restarted(*unit).has_value() == (row.said != switch_policy::restart));
    }
}
