// What is asked of systemd around its reload, and what others do meanwhile.
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/base/file.hpp"

#include "dynix/test.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

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
    CHECK(times("loads a.service") == 2);  // between the reload and the restart, and at the end
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
        if (reloaded && call.starts_with("changed files"))
            CHECK(replace_file(file, service("3")));
        return false;
    };
    auto const found = m.apply();
    CHECK(said(found).find("has not read the drop-in of 'a.service'") != std::string::npos);
    CHECK(found.result == apply_result::failed_restored);
}

// By `systemctl revert`, say.
TEST_CASE("a drop-in that somebody removes while the unit settles ends the apply") {
    for (bool const starts : {true, false}) {
        CAPTURE(starts);
        fake_machine m;
        m.add("a.service", service("1"), service("2"), starts);
        m.add("b.service", service("1"), service("2"));
        auto const before = m.view();
        auto removed = false;
        m.units.fails = [&](std::string const& call) {
            if (call == "wait" && !std::exchange(removed, true)) {
                CHECK(m.plain.remove(m.where.drop_in("a.service")));
                CHECK(m.units.reload());
            }
            return false;
        };
        auto const found = m.apply();
        CHECK(found.result == apply_result::failed_restored);
        CHECK(
            said(found) == "error: the drop-in of 'a.service' is not the one that was written any "
                           "more\nhint: try again\n");
        CHECK(m.view() == before);
    }
}

TEST_CASE("a drop-in of somebody that goes while the unit settles ends the apply") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const path = m.where.static_units() + "/a.service.d/10.conf";
    REQUIRE(m.plain.write(path, "[Service]\nNice=5\n"));
    m.units.units["a.service"].status.drop_in_paths = {path};
    REQUIRE(m.units.reload());
    m.units.fails = [&](std::string const& call) {
        if (call == "wait")
            std::erase(m.units.units["a.service"].status.drop_in_paths, path);
        return false;
    };
    auto const found = m.apply();
    CHECK(found.result == apply_result::failed_restored);
    CHECK(said(found).find("a drop-in of 'a.service' has come or gone") != std::string::npos);
}
