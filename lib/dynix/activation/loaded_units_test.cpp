// What is asked of systemd around its reload, and what others do meanwhile.
#include "dynix/activation/fake_machine.hpp"
#include "dynix/base/file.hpp"

#include "dynix/test.hpp"

#include <algorithm>
#include <string_view>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("a unit is asked for once, and later for less: systemd looks at its files slowly") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.wanted.services[0].settle = host::milliseconds(0);
    REQUIRE(m.apply().result == apply_result::done);
    auto const times = [&](std::string_view call) {
        return std::count(m.units.calls.begin(), m.units.calls.end(), call);
    };
    CHECK(times("status a.service") == 1); // before the change
    CHECK(times("loads a.service") == 1);  // between the reload and the restart
    CHECK(times("run of a.service") == 2); // when it has settled
    CHECK(times("relations a.service") == 0);
    CHECK(times("changed files") == 2); // before the change, and of one unit after the reload
}

TEST_CASE("a file of the unit that others change before systemd reads it ends the apply") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const file = m.units.units["a.service"].status.fragment_path;
    m.units.fails = [&](std::string const& call) {
        if (call == "reload")
            CHECK(replace_file(file, service("3")));
        return false;
    };
    auto const found = m.apply();
    CHECK(
        said(found).find("a.service' has changed while the change was made") != std::string::npos);
    CHECK(found.result != apply_result::done);
    CHECK(m.view().runs.at("a.service") == "/bin/x 1 ");
}

TEST_CASE("a drop-in that systemd has not read ends the apply") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const file = m.where.drop_in("a.service");
    auto reloaded = false;
    m.units.fails = [&](std::string const& call) {
        reloaded |= call == "reload";
        if (reloaded && call.starts_with("loads"))
            CHECK(replace_file(file, service("3")));
        return false;
    };
    auto const found = m.apply();
    CHECK(said(found).find("has not read the drop-in of 'a.service'") != std::string::npos);
    CHECK(found.result == apply_result::failed_restored);
}
