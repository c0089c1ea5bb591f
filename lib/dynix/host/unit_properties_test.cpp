#include "dynix/host/detail/unit_properties.hpp"

#include "dynix/host/detail/listed_units.hpp"
#include "dynix/host/fake_manager.hpp"

#include "dynix/test.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace dynix;
using namespace dynix::host;

namespace {

// So many are sent at least before the first answer is waited for.
constexpr std::size_t calls_at_once = 58;

bool asks_for_files(std::string const& call) {
    return call.starts_with("GetAll") || has_word(call, "NeedDaemonReload");
}

} // namespace

TEST_CASE("many services are asked about before the first answer is waited for") {
    manager systemd(calls_at_once, of_services);
    auto const found = read_statuses(systemd.bus(), {"a.service", "b.service"});
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    for (auto const& one : *found) {
        CHECK(one.code == 0);
        CHECK(one.status.name == "b.service");
        CHECK(one.status.active_state == "inactive");
        CHECK(!one.status.condition_result);
        CHECK(one.status.invocation_id == "01020000000000000000000000000000");
        CHECK(one.status.stopped_with_it == std::vector<std::string>{"c.service"});
        CHECK(one.status.relations.name == "b.service");
        CHECK(one.status.relations.load_state == "loaded");
        CHECK(one.status.relations.skipped_by_condition);
        CHECK(one.status.relations.links == std::vector<unit_link>{{"RequiredBy", "c.service"}});
        CHECK(one.status.main_pid == 42);
        CHECK(one.status.n_restarts == 3);
        CHECK(one.status.main_exit_status == -1);
        CHECK(one.status.remain_after_exit);
        CHECK(one.status.type == "simple");
    }
}

TEST_CASE("what is stopped with a unit") {
    for (auto const* property :
         {"RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf", "PropagatesStopTo"}) {
        CAPTURE(property);
        manager systemd(1, [&](std::string const& what, sd_bus_message* to) {
            if (has_word(what, property))
                return sd_bus_message_append(to, "v", "as", 1, "d.service") >= 0;
            return has_word(what, "RequiredBy") ? sd_bus_message_append(to, "v", "as", 0) >= 0
                                                : of_services(what, to);
        });
        auto const found = read_statuses(systemd.bus(), {"a.service"});
        REQUIRE(found);
        CHECK(found->front().status.stopped_with_it == std::vector<std::string>{"d.service"});
    }
}

TEST_CASE("no unit is asked for what systemd looks into all unit files for") {
    manager systemd(1, of_services);
    REQUIRE(read_statuses(systemd.bus(), {"a.service", "b.socket"}));
    REQUIRE(read_relations(systemd.bus(), {"a.service"}));
    auto const asked = systemd.asked();
    CHECK(asked.size() > calls_at_once);
    CHECK(std::ranges::none_of(asked, asks_for_files));
}

TEST_CASE("only services are asked for what services have") {
    manager systemd(1, of_services);
    REQUIRE(read_statuses(systemd.bus(), {"a.socket"}));
    CHECK(std::ranges::none_of(
        systemd.asked(), [](std::string const& call) { return has_word(call, "MainPID"); }));
}

TEST_CASE("the states of units are those of one moment, and what follows of them is one call") {
    manager systemd(1, of_services);
    auto const found = read_statuses_of_runs(systemd.bus(), {"a.service", "b.socket"});
    REQUIRE(found);
    CHECK(found->front().status.active_state == "inactive");
    CHECK(found->front().status.sub_state == "running");
    auto const asked = systemd.asked();
    CHECK(asked.front() == "ListUnitsByNames a.service b.socket");
    CHECK(std::ranges::none_of(asked, [](std::string const& call) {
        return has_word(call, "ActiveState") || has_word(call, "SubState") ||
               has_word(call, "LoadState");
    }));
}

TEST_CASE("what somebody has asked systemd to do with a unit is known") {
    bool lists_all = true;
    SUBCASE("by one call for all") {}
    SUBCASE("by one of each, where systemd cannot load another unit") {
        lists_all = false;
    }
    manager systemd(1, [&](std::string const& what, sd_bus_message* to) {
        if (!what.starts_with("ListUnitsByNames"))
            return of_services(what, to);
        return (lists_all || what.find("b.service") == what.npos) &&
               list_in(what, to, "deactivating", "restart");
    });
    auto const found = read_statuses_of_runs(systemd.bus(), {"a.service", "b.service"});
    REQUIRE(found);
    CHECK(found->front().status.will_start());
    CHECK(found->back().status.will_start() == lists_all);
}

TEST_CASE("of a unit that is up nobody asks how it ended, or why it was not started") {
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        return what.starts_with("ListUnitsByNames") ? list_in(what, to, "active")
                                                    : of_services(what, to);
    });
    auto const found = read_statuses(systemd.bus(), {"a.service"});
    REQUIRE(found);
    CHECK(found->front().status.condition_result);
    // systemd has started it again, so it counts since when it is up.
    CHECK(found->front().status.active_since_usec == 1500);
    CHECK(std::ranges::none_of(systemd.asked(), [](std::string const& call) {
        return has_word(call, "ExecMainStatus") || has_word(call, "ConditionResult");
    }));
}

TEST_CASE("no condition has kept a unit down that systemd knows no start of") {
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        return has_word(what, "ConditionTimestamp") ? sd_bus_message_append(to, "v", "t", 0) >= 0
                                                    : of_services(what, to);
    });
    auto const found = read_statuses(systemd.bus(), {"a.service"});
    REQUIRE(found);
    CHECK(found->front().status.condition_result);
    CHECK_FALSE(found->front().status.relations.skipped_by_condition);
    auto const runs = read_statuses_of_runs(systemd.bus(), {"a.service"});
    REQUIRE(runs);
    CHECK(runs->front().status.condition_result);
}

TEST_CASE("what systemd does not say of one unit is no fault of another") {
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        return what.find("b_2etimer") != what.npos && of_services(what, to);
    });
    auto const found = read_statuses(systemd.bus(), {"a.socket", "b.timer"});
    REQUIRE(found);
    CHECK((*found)[0].code < 0);
    CHECK((*found)[1].code == 0);
}

TEST_CASE("what an older systemd does not know of is not there, and no fault") {
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        return !has_word(what, "Upholds") && !has_word(what, "FreezerState") &&
               of_services(what, to);
    });
    auto const found = read_statuses(systemd.bus(), {"a.service"});
    REQUIRE(found);
    CHECK(found->front().code == 0);
    CHECK(!found->front().status.frozen);
}

TEST_CASE("what a unit has to do with others is asked of each at once") {
    manager systemd(30, of_services);
    auto const found = read_relations(systemd.bus(), {"a.service", "b.service"});
    REQUIRE(found);
    CHECK(found->back().name == "b.service");
    CHECK(found->back().skipped_by_condition);
    CHECK(found->back().links == std::vector<unit_link>{{"RequiredBy", "c.service"}});
}

TEST_CASE("how the files of units are loaded is one call, and one of each") {
    manager systemd(2, [](std::string const& what, sd_bus_message* to) {
        return has_word(what, "DropInPaths")
                   ? sd_bus_message_append(to, "v", "as", 1, "/run/x.conf") >= 0
                   : list_in(what, to, "active");
    });
    auto const found = read_loads(systemd.bus(), {"a.service", "b.service"});
    REQUIRE(found);
    CHECK(found->front().loaded());
    CHECK(found->front().drop_in_paths == std::vector<std::string>{"/run/x.conf"});
    CHECK(systemd.asked().size() == 3);
}

TEST_CASE("the run of a unit is asked for without its files, and of one that is not up, why") {
    bool is_up = false;
    SUBCASE("up") {
        is_up = true;
    }
    SUBCASE("not up") {}
    std::size_t const calls = is_up ? 6 : 11;
    manager systemd(calls, [&](std::string const& what, sd_bus_message* to) {
        return what.starts_with("ListUnitsByNames") ? list_in(what, to, is_up ? "active" : "failed")
                                                    : of_services(what, to);
    });
    auto const found = read_statuses_of_runs(systemd.bus(), {"a.service"});
    REQUIRE(found);
    auto const& now = found->front().status;
    CHECK(found->front().code == 0);
    CHECK(now.name == "a.service");
    CHECK(now.invocation_id == "01020000000000000000000000000000");
    CHECK(now.last_inactive_usec == 1500);
    CHECK(now.condition_result == is_up);
    CHECK(now.main_exit_status == (is_up ? 0 : -1));
    CHECK(now.main_pid == 42);
    auto const asked = systemd.asked();
    CHECK(asked.size() == 1 + calls);
    CHECK(std::ranges::none_of(asked, asks_for_files));
}

TEST_CASE("whether a run goes on is one question, and of one that is not up, why") {
    bool is_up = false;
    SUBCASE("up") {
        is_up = true;
    }
    SUBCASE("not up") {}
    std::size_t const calls = is_up ? 1 : 11;
    manager systemd(calls, [&](std::string const& what, sd_bus_message* to) {
        return what.starts_with("ListUnitsByNames") ? list_in(what, to, is_up ? "active" : "failed")
                                                    : of_services(what, to);
    });
    auto const found = read_statuses_of_ends(systemd.bus(), {"a.service"});
    REQUIRE(found);
    auto const& now = found->front().status;
    CHECK(found->front().code == 0);
    CHECK(now.name == "a.service");
    CHECK(now.active_state == (is_up ? "active" : "failed"));
    CHECK(now.n_restarts == 3);
    CHECK(now.main_exit_status == (is_up ? 0 : -1));
    CHECK(now.invocation_id.empty() == is_up);
    CHECK(systemd.asked().size() == 1 + calls);
}

TEST_CASE("timeouts of all units are asked for together, and none is without end") {
    manager systemd(3, of_services);
    auto const found = read_timeouts(systemd.bus(), {"a.service", "b.target", "c.socket"});
    REQUIRE(found);
    CHECK((*found)[0].start == milliseconds(2));
    CHECK(!(*found)[0].stop);
    CHECK((*found)[1].start == milliseconds(0));
    CHECK((*found)[1].stop == milliseconds(0));
    CHECK((*found)[2].stop == milliseconds(2));
}

// What was not answered is not what systemd said.
TEST_CASE("a connection that ends meanwhile is an error") {
    std::map<std::string, std::function<bool(sd_bus*)>> const ways = {
        {"statuses", [](sd_bus* bus) { return read_statuses(bus, {"a.service"}).has_value(); }},
        {"timeouts",
         [](sd_bus* bus) {
             return read_timeouts(bus, {"a.service", "b.service"}).has_value();
         }},
        {"relations",
         [](sd_bus* bus) {
             return read_relations(bus, {"a.service", "b.service", "c.service"}).has_value();
         }},
        {"changed files",
         [](sd_bus* bus) {
             return read_changed_files(bus, {{.name = "a"}, {.name = "b"}}).has_value();
         }},
    };
    for (auto const& way : ways) {
        CAPTURE(way.first);
        manager systemd(1, nullptr);
        CHECK(!way.second(systemd.bus()));
    }
}
