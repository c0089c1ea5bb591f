#include "dynix/plan/leak.hpp"

#include "dynix/plan/drift.hpp"
#include "dynix/plan/plan.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::plan;

TEST_CASE("a leak is described on one line, as far as it fits there") {
    struct {
        leak what;
        std::string line;
    } const table[] = {
        {{leak_kind::unit, "a.service", "X=1", "X=2"}, "'a.service' changes: X=1 -> X=2"},
        {{leak_kind::etc, "a/b.conf", "x\ny", "z"}, "'/etc/a/b.conf' changes: x; y -> z"},
        {{leak_kind::etc, "a", "", "z"}, "'/etc/a' changes: gets z"},
        {{leak_kind::unit, "a.service", "WantedBy=b", ""}, "'a.service' changes: loses WantedBy=b"},
        {{leak_kind::etc, "a", "x", std::string(500, 'y')}, "'/etc/a' changes"},
        {{leak_kind::user, "u", "", ""}, "user 'u' changes"},
        {{leak_kind::user_unit, "a.service", std::nullopt, ""}, "the users' 'a.service' is new"},
        {{leak_kind::group, "g", "", std::nullopt}, "group 'g' goes away"},
        {{leak_kind::package, "p-1", "/a", "/b"}, "package 'p-1' changes: /a -> /b"},
        {{leak_kind::system, "toplevel", "", ""}, "another part of the system changes"},
    };
    for (auto const& [what, line] : table)
        CHECK(describe(what) == line);
}

TEST_CASE("the refusal names the override, every leak, and the ways out") {
    activation_plan wanted;
    wanted.overrides.push_back({"services.bar.threads", "4", "8"});
    wanted.leaks.push_back({leak_kind::unit, "foo.service", "X=4", "X=8"});
    wanted.leaks.push_back({leak_kind::etc, "foo.conf", std::nullopt, ""});
    auto const why = leak_refusal(wanted);
    CHECK(
        why.message ==
        "'services.bar.threads' reaches more than the units of the plan: 'foo.service', "
        "'/etc/foo.conf'");
    CHECK(why.notes.size() == 2);
    CHECK(why.notes[1].message == "'/etc/foo.conf' is new");
    for (auto const* way : {"--allow-leak", "nixos-rebuild switch"})
        CHECK(why.hint.find(way) != std::string::npos);

    wanted.overrides.push_back({"services.bar.port", "1", "2"});
    CHECK(leak_refusal(wanted).message.starts_with("the dynamic file reaches"));
}

TEST_CASE("what a service could name is a way out, and nothing else is called one") {
    struct {
        std::vector<leak> leaks;
        std::string way;
    } const table[] = {
        {{{leak_kind::unit, "a.service", "X=1", "X=2"}, {leak_kind::unit, "a.timer", "X=1", "X=2"}},
         "add the unit to 'dynamicism.for.<service>.units', or "},
        {{{leak_kind::etc, "a.conf", "x", "y"}},
         "add the file, if it is a link, to 'dynamicism.for.<service>.etc', or "},
        {{{leak_kind::unit, "a.service", "X=1", "X=2"}, {leak_kind::etc, "a.conf", "", "y"}},
         "add the file, if it is a link, to 'dynamicism.for.<service>.etc' and add the unit to "
         "'dynamicism.for.<service>.units', or "},
        // What no plan changes.
        {{{leak_kind::unit, "a.service", "", "X=2\nWantedBy=b.target"}}, ""},
        {{{leak_kind::unit, "a.service", "X=1", "(masked)"}}, ""},
        {{{leak_kind::unit, "a.service", "/nix/store/a", "/nix/store/b"}}, ""},
        {{{leak_kind::etc, "a.conf", "mode=0644 root root", "mode=0600 root root"}}, ""},
        {{{leak_kind::etc, "systemd/system", "source=/nix/store/a", "source=/nix/store/b"}}, ""},
        {{{leak_kind::unit, "a.slice", "X=1", "X=2"}}, ""},
        {{{leak_kind::unit, "a@.service", "X=1", "X=2"}}, ""},
        {{{leak_kind::unit, "a.service", std::nullopt, "X=2"}}, ""},
        {{{leak_kind::etc, "a.conf", "x", std::nullopt}}, ""},
        {{{leak_kind::user_unit, "a.service", "X=1", "X=2"}}, ""},
        {{{leak_kind::unit, "a.service", "X=1", "X=2"}, {leak_kind::user, "u", "", ""}}, ""},
    };
    for (auto const& [leaks, way] : table) {
        activation_plan wanted;
        wanted.leaks = leaks;
        CHECK(
            leak_refusal(wanted).hint == way + "put the change into the static configuration and "
                                               "run 'nixos-rebuild switch'; '--allow-leak' goes on "
                                               "and leaves it as it is");
    }
}

TEST_CASE("the words of plan.json") {
    for (auto const what : {verification::quick, verification::full})
        CHECK(verification_named(to_string(what)) == what);
    for (auto const what :
         {leak_kind::unit, leak_kind::user_unit, leak_kind::etc, leak_kind::user, leak_kind::group,
          leak_kind::package, leak_kind::system})
        CHECK(leak_kind_named(to_string(what)) == what);
    CHECK(!verification_named("units"));
    CHECK(!leak_kind_named(""));
}

TEST_CASE("the refusal for drift names every unit and what differs") {
    auto const why = drift_refusal(
        {{"a.service", "[Service]\nExecStart=/a\n", "[Service]\nExecStart=/b\n"},
         {"b.service", "", "[Service]\n"}},
        {});
    CHECK(why.message.ends_with("'a.service', 'b.service'"));
    REQUIRE(why.notes.size() == 2);
    CHECK(why.notes[0].message.find("-ExecStart=/a\n+ExecStart=/b\n") != std::string::npos);
    CHECK(why.hint.find("nixos-rebuild switch") != std::string::npos);
}
