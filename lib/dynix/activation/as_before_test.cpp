#include "dynix/activation/as_before.hpp"

#include "dynix/activation/fake_machine.hpp"

#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

namespace {

std::string service(std::string const& argument) {
    return "[Service]\nExecStart=/bin/x " + argument + "\n";
}

} // namespace

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
    auto const found = outcome_of_killed(fault("killed"), m.seen);
    CHECK(found.result == apply_result::failed_left);
    CHECK(found.errors.at(0).message == "killed");
    CHECK(
        found.left == std::vector<std::string>{
                          "'a.service': its drop-in is not the previous one",
                          "'b.service': its drop-in is not the previous one"});
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(
        outcome_of_killed(fault("killed"), m.seen).left ==
        std::vector<std::string>{"what runs may not be what ran before: 'dynix status' shows it"});
}
