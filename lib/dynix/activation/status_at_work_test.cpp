// What a status says while an activation is at work, and of one that was interrupted.
#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/activation/status.hpp"
#include "dynix/base/lock.hpp"

#include "dynix/test.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("while an activation is at work, nobody is to blame for how a unit stands") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    std::set<std::string> pending;
    bool looking = false;
    m.units.fails = [&](std::string const&) {
        if (std::exchange(looking, true))
            return false;
        auto const found = current_status(m.seen);
        looking = false;
        if (found && found->under_way)
            for (auto const& unit : found->units)
                if (unit.standing == unit_standing::pending)
                    pending.insert(unit.reason);
        return false;
    };
    auto const by_activation = std::set<std::string>{"the activation that is under way changes it"};
    m.planned("a.service").dynamic_text = service("3");
    REQUIRE(m.apply().result == apply_result::done);
    CHECK(pending == by_activation);
    pending.clear();
    REQUIRE(m.reset().result == apply_result::done);
    CHECK(pending == by_activation);
}

TEST_CASE("a unit that no activation at work changes is what somebody made of it") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    REQUIRE(m.plain.remove(m.where.drop_in("a.service")));
    auto recorded = read_state(m.seen);
    REQUIRE((recorded && *recorded));
    (*recorded)->now = record_state::activating;
    (*recorded)->previous.push_back({"b.service"});
    REQUIRE(write_state(m.seen, **recorded));
    auto const lock = file_lock::acquire(m.where.lock(), host::milliseconds(0));
    REQUIRE(lock);
    auto const found = current_status(m.seen);
    REQUIRE((found && found->under_way));
    CHECK(found->units[0].reason.starts_with("its drop-in is gone"));
    CHECK(found->units[1].standing == unit_standing::live);
}

TEST_CASE("an activation that begins while the units are looked at") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    REQUIRE(m.apply().result == apply_result::done);
    // It has changed the drop-in before that is read, and behind our look at the state.
    auto recorded = read_state(m.seen);
    REQUIRE((recorded && *recorded));
    (*recorded)->now = record_state::activating;
    (*recorded)->previous.push_back({"a.service"});
    auto const lock = file_lock::acquire(m.where.lock(), host::milliseconds(0));
    REQUIRE(lock);
    m.units.fails = [&](std::string const&) {
        REQUIRE(write_state(m.seen, **recorded));
        REQUIRE(m.plain.remove(m.where.drop_in("a.service")));
        return false;
    };
    auto const found = current_status(m.seen);
    REQUIRE(found);
    CHECK(found->under_way);
    CHECK(found->units.front().reason == "the activation that is under way changes it");
}

TEST_CASE("an activation that is under way is not one that was interrupted") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    std::optional<status_report> meanwhile;
    m.units.on_start = [&](std::string const&, fake_unit&) {
        auto const found = current_status(m.seen);
        REQUIRE(found);
        meanwhile = *found;
    };
    REQUIRE(m.apply().result == apply_result::done);
    REQUIRE(meanwhile);
    REQUIRE(meanwhile->under_way);
    CHECK(meanwhile->under_way->starts_with("process "));
    CHECK_FALSE(meanwhile->unfinished);
    CHECK(meanwhile->strays.empty());
    CHECK_FALSE(meanwhile->all_live());
    auto const after = current_status(m.seen);
    REQUIRE(after);
    CHECK_FALSE(after->under_way);
    CHECK(after->all_live());
}
