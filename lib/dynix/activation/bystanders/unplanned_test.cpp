#include "dynix/activation/bystanders/unplanned.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

constexpr auto text = "[Service]\nExecStart=/bin/x\n";

// a.service is in the plan and runs; b.service and its like are not.
struct fixture {
    fake_machine m;
    fixture() { m.units.add("a.service", text); }

    void add(std::string const& name, bool running) { m.units.add(name, text, running); }

    // "restart b.service, stop c.service(harmless)", for a job of a.service.
    std::string forecast(host::job_kind kind = host::job_kind::restart) {
        return forecast({{kind, "a.service"}});
    }
    std::string
    forecast(std::vector<host::unit_job> const& jobs, direction way = direction::forth) {
        auto const found = unplanned_units(jobs, {"a.service"}, m.units, {}, way);
        REQUIRE(found);
        std::string all;
        for (auto const& one : *found)
            all += fmt::format(
                "{}{} {}{}", all.empty() ? "" : ", ", to_string(one.effect), one.name,
                one.harmless.empty() ? "" : " (harmless)");
        return all;
    }
};

} // namespace

TEST_CASE("every relation of systemd.unit(5) to a unit that runs") {
    using enum host::job_kind;
    struct {
        char const* of; // the unit that has the property
        char const* property;
        char const* to;
        char const* on_restart;
        char const* on_stop;
    } const table[] = {
        {"b.service", "Requires", "a.service", "restart b.service", "stop b.service"},
        {"b.service", "Requisite", "a.service", "restart b.service", "stop b.service"},
        {"b.service", "BindsTo", "a.service", "restart b.service", "stop b.service"},
        {"b.service", "PartOf", "a.service", "restart b.service", "stop b.service"},
        {"b.service", "Wants", "a.service", "", ""},
        {"b.service", "Upholds", "a.service", "", ""},
        {"a.service", "PropagatesStopTo", "b.service", "stop b.service", "stop b.service"},
        {"a.service", "Conflicts", "b.service", "stop b.service", ""},
        {"b.service", "Conflicts", "a.service", "stop b.service", ""},
        {"a.service", "Requires", "b.service", "", ""},
        {"a.service", "BindsTo", "b.service", "", ""},
        {"a.service", "Requisite", "b.service", "", ""},
        {"a.service", "Wants", "b.service", "", ""},
        {"a.service", "Upholds", "b.service", "", ""},
        {"a.service", "PartOf", "b.service", "", ""},
        // systemd's own, told in the result
        {"a.service", "OnFailure", "b.service", "", ""},
        {"a.service", "Before", "b.service", "", ""},
    };
    for (auto const& row : table) {
        CAPTURE(row.of);
        CAPTURE(row.property);
        fixture f;
        f.add("b.service", true);
        f.m.units.relate(row.of, row.property, row.to);
        CHECK(f.forecast(restart) == row.on_restart);
        CHECK(f.forecast(stop) == row.on_stop);
    }
}

TEST_CASE("every relation to a unit that is stopped") {
    struct {
        char const* of;
        char const* property;
        char const* to;
        char const* on_restart;
    } const table[] = {
        {"a.service", "Requires", "b.service", "start b.service"},
        {"a.service", "BindsTo", "b.service", "start b.service"},
        {"a.service", "Wants", "b.service", "start b.service"},
        {"a.service", "Upholds", "b.service", "start b.service"},
        {"a.service", "Requisite", "b.service", "missing b.service"},
        {"a.service", "Conflicts", "b.service", ""},
        {"b.service", "Requires", "a.service", ""},
        {"b.service", "PartOf", "a.service", ""},
        {"b.service", "BindsTo", "a.service", ""},
    };
    for (auto const& row : table) {
        CAPTURE(row.of);
        CAPTURE(row.property);
        fixture f;
        f.add("b.service", false);
        f.m.units.relate(row.of, row.property, row.to);
        CHECK(f.forecast() == row.on_restart);
    }
}

TEST_CASE("what follows is followed, also through units that run already") {
    fixture f;
    for (auto const* name : {"b.service", "c.service", "d.service"})
        f.add(name, true);
    f.add("stopped.service", false);
    f.m.units.relate("b.service", "Requires", "a.service");
    f.m.units.relate("c.service", "PartOf", "b.service");
    f.m.units.relate("c.service", "Conflicts", "d.service");
    CHECK(f.forecast() == "restart b.service, restart c.service, stop d.service");
    f.m.units.add("group.target", "[Unit]\n");
    f.m.units.relate("a.service", "Requires", "group.target");
    f.m.units.relate("group.target", "Wants", "stopped.service");
    CHECK(
        f.forecast() ==
        "restart b.service, restart c.service, stop d.service, start stopped.service");
    // One in a plan of its own is nobody else's business.
    auto const found = unplanned_units(
        {{host::job_kind::restart, "a.service"}},
        {"a.service", "b.service", "c.service", "d.service", "stopped.service"}, f.m.units);
    REQUIRE(found);
    CHECK(found->empty());
}

TEST_CASE("what belongs to the boot is not followed: every start of a unit asks for it") {
    fixture f;
    f.m.units.add("sysinit.target", "[Unit]\n");
    f.m.units.add("x.mount", "[Mount]\n", false);
    f.m.units.relate("a.service", "Requires", "sysinit.target");
    f.m.units.relate("sysinit.target", "Wants", "x.mount");
    CHECK(f.forecast() == "");
    for (auto const& call : f.m.units.calls)
        CHECK(call.find("x.mount") == std::string::npos);
}

TEST_CASE("a target that requires the unit: harmless itself, not what it starts") {
    fixture f;
    f.m.units.add("multi-user.target", "[Unit]\n");
    f.m.units.add("graphical.target", "[Unit]\n");
    f.m.units.relate("multi-user.target", "Requires", "a.service");
    f.m.units.relate("graphical.target", "Requires", "multi-user.target");
    CHECK(
        f.forecast() ==
        "restart graphical.target (harmless), restart multi-user.target (harmless)");
    // Stopped and started in two jobs, it would stay down.
    CHECK(
        f.forecast({{host::job_kind::stop, "a.service"}, {host::job_kind::start, "a.service"}}) ==
        "stop graphical.target, stop multi-user.target");
    f.add("stopped.service", false);
    f.m.units.relate("multi-user.target", "Wants", "stopped.service");
    CHECK(f.forecast().ends_with("start stopped.service"));
    // A oneshot that ended well would run again.
    auto& once = f.m.units.units["stopped.service"].status;
    once.type = "oneshot";
    once.result = "success";
    once.last_inactive_usec = 1;
    CHECK(f.forecast().ends_with("start stopped.service"));
}

TEST_CASE("a oneshot that the unit itself starts runs again, by its own declaration") {
    fixture f;
    f.add("setup.service", false);
    f.m.units.relate("a.service", "Requires", "setup.service");
    auto& once = f.m.units.units["setup.service"].status;
    once.type = "oneshot";
    once.result = "success";
    CHECK(f.forecast() == "start setup.service"); // it never ran
    once.last_inactive_usec = 1;
    CHECK(f.forecast() == "start setup.service (harmless)");
    once.remain_after_exit = true; // somebody has stopped it
    CHECK(f.forecast() == "start setup.service");
    once.remain_after_exit = false;
    once.active_state = "failed";
    once.result = "exit-code";
    CHECK(f.forecast() == "start setup.service");
}

TEST_CASE("a oneshot that has failed is in nobody's way where it is only wanted") {
    fixture f;
    f.add("report.service", false);
    f.m.units.relate("a.service", "Wants", "report.service");
    auto& once = f.m.units.units["report.service"].status;
    once.type = "oneshot";
    once.last_inactive_usec = 1;
    once.active_state = "failed";
    once.result = "start-limit-hit";
    CHECK(f.forecast() == "start report.service (harmless)");
    once.type = "simple"; // that would stay
    CHECK(f.forecast() == "start report.service");
}

TEST_CASE("what has failed and is only wanted does not shut the way back") {
    for (auto const* name : {"b.service", "b.socket"}) {
        CAPTURE(name);
        fixture f;
        f.add(name, false);
        f.m.units.relate("a.service", "Wants", name);
        auto const back = [&] {
            return f.forecast({{host::job_kind::restart, "a.service"}}, direction::back);
        };
        CHECK(back() == fmt::format("start {}", name)); // somebody has stopped it
        fake_systemd::fail(f.m.units.units[name]);
        CHECK(back() == fmt::format("start {} (harmless)", name));
        CHECK(f.forecast() == fmt::format("start {}", name));
        f.add("c.service", true);
        f.m.units.relate(name, "Conflicts", "c.service");
        CHECK(back() == fmt::format("start {} (harmless), stop c.service", name));
        f.m.units.relate("a.service", "Requires", name);
        CHECK(back() == fmt::format("start {}, stop c.service", name));
    }
}

TEST_CASE("what cannot start") {
    fixture f;
    f.add("b.service", false);
    f.m.units.units["b.service"].status.load_state = "masked";
    f.m.units.relate("a.service", "Wants", "b.service");
    CHECK(f.forecast() == "");
    f.m.units.relate("a.service", "Requires", "b.service");
    auto const found =
        unplanned_units({{host::job_kind::restart, "a.service"}}, {"a.service"}, f.m.units);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    CHECK(
        render(unplanned_refusal(found->at(0)))
            .find("'a.service' would not start: it requires 'b.service', which cannot be started: "
                  "masked") != std::string::npos);
    // Its condition was not met, and will hardly be now.
    f.m.units.units["b.service"].status.load_state = "loaded";
    f.m.units.units["b.service"].relations.skipped_by_condition = true;
    CHECK(f.forecast() == "");
}

TEST_CASE("a dependent that waits to be started again counts as running") {
    fixture f;
    f.add("b.service", false);
    f.m.units.relate("b.service", "Requires", "a.service");
    CHECK(f.forecast() == "");
    f.m.units.units["b.service"].status.active_state = "activating";
    f.m.units.units["b.service"].status.sub_state = "auto-restart";
    CHECK(f.forecast() == "restart b.service");
}

TEST_CASE("StopWhenUnneeded= counts when nobody else needs the unit") {
    fixture f;
    f.add("helper.service", true);
    f.add("c.service", true);
    f.m.units.relate("a.service", "Wants", "helper.service");
    f.m.units.units["helper.service"].relations.stop_when_unneeded = true;
    CHECK(f.forecast() == "restart helper.service (harmless)");
    f.m.units.relate("c.service", "Requires", "helper.service");
    CHECK(f.forecast() == "");
    fake_systemd::stop(f.m.units.units["c.service"]);
    CHECK(f.forecast() == "restart helper.service (harmless)");
}

TEST_CASE("a refusal names both units, the way and the cure") {
    fixture f;
    f.add("b.service", true);
    f.m.units.relate("a.service", "Conflicts", "b.service");
    auto const found =
        unplanned_units({{host::job_kind::restart, "a.service"}}, {"a.service"}, f.m.units);
    REQUIRE(found);
    REQUIRE(found->size() == 1);
    auto const said = render(unplanned_refusal(found->at(0)));
    CAPTURE(said);
    CHECK(
        said.find("'a.service' conflicts with 'b.service', so systemd would stop it too, and it is "
                  "not in the plan") != std::string::npos);
    CHECK(said.find("by way of a.service -> Conflicts=b.service") != std::string::npos);
    CHECK(said.find("add 'b.service' to the units") != std::string::npos);
}
