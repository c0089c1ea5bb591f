#include "dynix/host/detail/listed_units.hpp"

#include "dynix/host/detail/unit_properties.hpp"
#include "dynix/host/fake_manager.hpp"

#include "dynix/test.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

using namespace dynix;
using namespace dynix::host;

TEST_CASE("of units without a file nobody asks whether it has changed") {
    manager systemd(1, [](std::string const&, sd_bus_message* to) {
        return sd_bus_message_append(to, "v", "b", 1) >= 0;
    });
    unit_run there{.name = "a.service"};
    unit_run gone{.name = "b.service", .has_file = false};
    auto const found = read_changed_files(systemd.bus(), {there, gone});
    REQUIRE(found);
    CHECK(*found == std::vector<std::string>{"a.service"});
    CHECK(systemd.asked() == std::vector<std::string>{"Get a_2eservice NeedDaemonReload"});
}

TEST_CASE("all units are listed once, and each is asked for its run") {
    auto const list = [](std::string const& what, sd_bus_message* to) {
        std::array<std::uint8_t, 16> constexpr id{0xab};
        if (what != "ListUnits") {
            sd_bus_message_open_container(to, 'v', "ay");
            sd_bus_message_append_array(to, 'y', id.data(), id.size());
            return sd_bus_message_close_container(to) >= 0;
        }
        return sd_bus_message_append(
                   to, "a(ssssssouso)", 3, "a.service", "", "loaded", "active", "running", "", "/",
                   0, "", "/", "b.device", "", "loaded", "active", "plugged", "", "/", 0, "", "/",
                   "c.service", "", "not-found", "inactive", "dead", "", "/", 0, "", "/") >= 0;
    };
    manager systemd(1, list);
    std::vector<std::string> planned;
    SUBCASE("none of them is in a plan") {}
    SUBCASE("one is, and another is not loaded") {
        planned = {"a.service", "d.service"};
    }
    auto const found = read_runs(systemd.bus(), planned);
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].invocation_id == (planned.empty() ? "ab000000000000000000000000000000" : ""));
    CHECK((*found)[1].invocation_id == "ab000000000000000000000000000000");
    CHECK((*found)[0].active_state == "active");
    CHECK((*found)[0].has_file);
    CHECK(!(*found)[1].has_file);
    CHECK(systemd.asked().size() == (planned.empty() ? 3 : 2));
}

TEST_CASE("the names of all units are one call") {
    manager systemd(1, [](std::string const&, sd_bus_message* to) {
        return sd_bus_message_append(
                   to, "a(ssssssouso)", 2, "a.service", "", "loaded", "active", "running", "", "/",
                   0, "", "/", "b.device", "", "loaded", "active", "plugged", "", "/", 0, "",
                   "/") >= 0;
    });
    auto const found = read_names(systemd.bus());
    REQUIRE(found);
    CHECK(*found == std::vector<std::string>{"a.service"});
    CHECK(systemd.asked() == std::vector<std::string>{"ListUnits"});
}

TEST_CASE("a unit that is not there is not one of which something is kept from us") {
    bool kept = false;
    SUBCASE("not there") {}
    SUBCASE("kept from us") {
        kept = true;
    }
    // Nothing is said of a.socket.
    manager systemd(1, [](std::string const& what, sd_bus_message* to) {
        if (what == "ListUnits")
            return sd_bus_message_append(
                       to, "a(ssssssouso)", 1, "a.socket", "", "loaded", "active", "running", "",
                       "/", 0, "", "/") >= 0;
        return what.find("a_2esocket") == what.npos && what.find("a.socket") == what.npos &&
               of_services(what, to);
    });
    systemd.refuses_access = kept;
    auto const relations = read_relations(systemd.bus(), {"a.socket", "b.service"});
    auto const runs = read_runs(systemd.bus(), {});
    auto const changed = read_changed_files(systemd.bus(), {{.name = "a.socket"}});
    CHECK(relations.has_value() != kept);
    CHECK(runs.has_value() != kept);
    CHECK(changed.has_value() != kept);
    if (relations) {
        CHECK(relations->front().name == "a.socket");
        CHECK(relations->front().load_state == "not-found");
        CHECK(relations->back().load_state != "not-found");
    }
    if (runs)
        CHECK(runs->empty());
}
