#include "dynix/activation/preflight/preflight.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::activation;

namespace {

// The one refusal of the plan, as the user reads it.
std::string refusal_of(fake_machine& m) {
    auto const found = check(m.wanted, {}, m.seen);
    REQUIRE(found.refusals.size() == 1);
    CHECK(found.steps.empty());
    return render(found.refusals[0]);
}

} // namespace

TEST_CASE("what systemd says of a unit can refuse it") {
    struct {
        void (*spoil)(host::unit_status&);
        char const* said;
    } const table[] = {
        {[](host::unit_status& it) { it.load_state = "not-found"; },
         "is not a unit of the running system"},
        {[](host::unit_status& it) { it.load_state = "masked"; }, "is masked"},
        {[](host::unit_status& it) { it.load_state = "bad-setting"; },
         "is not loaded by systemd: bad-setting"},
        {[](host::unit_status& it) { it.name = "b.service"; }, "is an alias of 'b.service'"},
        {[](host::unit_status& it) { it.transient = true; }, "is a transient unit"},
        {[](host::unit_status& it) { it.refuse_manual_start = true; },
         "refuses to be restarted by hand"},
        {[](host::unit_status& it) { it.refuse_manual_stop = true; },
         "refuses to be restarted by hand"},
        {[](host::unit_status& it) { it.fragment_path = "/run/systemd/transient/a.service"; },
         "not one of NixOS's"},
    };
    for (auto const& row : table) {
        CAPTURE(row.said);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        row.spoil(m.units.units["a.service"].status);
        CHECK(refusal_of(m).find(row.said) != std::string::npos);
    }
}

TEST_CASE("a unit that is restarted by hand only: stopped, it takes the change at its next start") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"), false);
    m.units.units["a.service"].status.refuse_manual_start = true;
    auto const found = check(m.wanted, {}, m.seen);
    CHECK(found.refusals.empty());
    CHECK(found.units.at(0).change == &changes::defer);
}

TEST_CASE("a static text that is not the one on disk is drift") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.planned("a.service").static_text = service("0");
    CHECK(refusal_of(m).find("it has another text of 'a.service'") != std::string::npos);
}

TEST_CASE("what a drop-in cannot express is named") {
    fake_machine m;
    m.add("a.service", service("1") + "[Unit]\nAfter=b.service\n", service("2"));
    auto const said = refusal_of(m);
    CHECK(said.find("[Unit] After: a drop-in can only add to it") != std::string::npos);
}

TEST_CASE("other drop-ins: below ours they count as what is there, above it they may hide it") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    auto const folder = m.where.static_units() + "/a.service.d/";
    auto& paths = m.units.units["a.service"].status.drop_in_paths;
    REQUIRE(m.plain.write(folder + "10.conf", "[Service]\nNice=5\n"));
    paths.push_back(folder + "10.conf");
    REQUIRE(m.units.reload());
    auto const found = check(m.wanted, {}, m.seen);
    CHECK(found.refusals.empty());
    CHECK(found.units.at(0).before.last("Service", "Nice") == "5");
    CHECK(found.units.at(0).wanted.changes.size() == 1);
    // A dangling link is skipped, as systemd skips it.
    paths.push_back(folder + "20.conf");
    CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    REQUIRE(m.plain.write(folder + "zzz.conf", "[Service]\nNice=6\n"));
    paths.push_back(folder + "zzz.conf");
    REQUIRE(m.units.reload());
    CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    REQUIRE(m.plain.write(folder + "zzz.conf", "[Service]\nExecStart=\nExecStart=/bin/y\n"));
    REQUIRE(m.units.reload());
    CHECK(refusal_of(m).find("sets ExecStart after the drop-in of dynix") != std::string::npos);
    paths.pop_back();
    REQUIRE(m.plain.write(folder + host::drop_in_name, "[Service]\n"));
    paths.push_back(folder + host::drop_in_name);
    CHECK(refusal_of(m).find("hides the drop-in of dynix") != std::string::npos);
}

TEST_CASE("NixOS's own file may be a drop-in over the file of a package") {
    fake_machine m;
    m.add("a.service", service("0"), service("0"));
    auto const overrides = m.where.static_units() + "/a.service.d/overrides.conf";
    auto const own = "[Service]\nExecStart=\nExecStart=/bin/x 1\n";
    REQUIRE(m.plain.write(overrides, own));
    m.units.units["a.service"].status.drop_in_paths = {overrides};
    REQUIRE(m.units.reload());
    m.planned("a.service").static_text = own;
    m.planned("a.service").dynamic_text = "[Service]\nExecStart=\nExecStart=/bin/x 2\n";
    auto const found = check(m.wanted, {}, m.seen);
    CHECK(found.refusals.empty());
    CHECK(found.units.at(0).wanted.text.ends_with("ExecStart=\nExecStart=/bin/x 2\n"));
}

TEST_CASE("a socket's running service must be in the plan, and stops first") {
    fake_machine m;
    m.units.add("a.service", service("1"));
    m.add("a.socket", "[Socket]\nListenStream=1\n", "[Socket]\nListenStream=2\n");
    m.units.units["a.socket"].status.triggers = {"a.service"};
    CHECK(
        refusal_of(m).find("can only be restarted while 'a.service' is stopped") !=
        std::string::npos);
    m.wanted.services[0].units.push_back({"a.service", service("1"), service("1")});
    auto const found = check(m.wanted, {}, m.seen);
    CHECK(found.refusals.empty());
    std::vector<std::string> steps;
    for (auto const& one : found.steps)
        steps.push_back(name(one) + ' ' + one.unit);
    CHECK(
        steps == std::vector<std::string>{
                     "stop a.socket", "stop a.service", "write-drop-in a.socket", "reload ",
                     "reset-failed a.socket", "start a.socket", "reset-failed a.service",
                     "start a.service", "prove a.socket", "prove a.service"});
    fake_systemd::stop(m.units.units["a.service"]);
    auto const alone = check(m.wanted, {}, m.seen).steps;
    CHECK(std::count_if(alone.begin(), alone.end(), [](step const& one) {
              return one.unit == "a.service";
          }) == 0);
}

TEST_CASE("what systemd would restart with a unit must be in the plan") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.add("b.service", service("1"));
    m.units.relate("b.service", "Requires", "a.service");
    m.units.relate("a.service", "RequiredBy", "gone.service");
    CHECK(refusal_of(m).find("'b.service' depends on 'a.service'") != std::string::npos);
    fake_systemd::stop(m.units.units["b.service"]);
    CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    m.units.start("b.service");
    m.wanted.services[0].units.push_back({"b.service", service("1"), service("1")});
    CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    // A target is nobody's service, but what is part of it restarts with it.
    m.units.add("all.target", "[Unit]\nDescription=all\n");
    m.units.relate("all.target", "Requires", "a.service");
    m.units.relate("b.service", "PartOf", "all.target");
    m.units.relate("all.target", "RequiredBy", "all.target");
    CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    m.units.add("c.service", service("1"));
    m.units.relate("c.service", "BindsTo", "all.target");
    CHECK(refusal_of(m).find("'c.service' depends on 'a.service'") != std::string::npos);
}

TEST_CASE("what changes while systemd looks at the new configuration is seen") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.add("b.service", service("1"));
    REQUIRE(check(m.wanted, {}, m.seen).refusals.empty());
    auto const meanwhile = [&](auto const& act) {
        m.units.fails = [&m, act](std::string const& call) {
            if (call == "read-units")
                act(m);
            return false;
        };
    };
    meanwhile([](fake_machine& in) {
        auto const& file = in.units.units.at("a.service").status.fragment_path;
        REQUIRE(in.plain.write(file, service("1", "Environment=FOREIGN=1\n")));
    });
    CHECK(refusal_of(m).find("the unit files of 'a.service' have changed") != std::string::npos);
    REQUIRE(m.units.reload());
    meanwhile([](fake_machine& in) {
        in.units.add("c.service", service("1"));
        in.units.relate("c.service", "Requires", "a.service");
    });
    REQUIRE(m.plain.write(m.units.units.at("a.service").status.fragment_path, service("1")));
    REQUIRE(m.units.reload());
    CHECK(refusal_of(m).find("'c.service' depends on 'a.service'") != std::string::npos);
}

TEST_CASE("a later drop-in that sets another directive of the same group hides ours") {
    fake_machine m;
    m.add("a.timer", "[Timer]\nOnCalendar=daily\n", "[Timer]\nOnCalendar=weekly\n");
    auto const later = m.where.static_units() + "/a.timer.d/zzz.conf";
    REQUIRE(m.plain.write(later, "[Timer]\nOnBootSec=5\n"));
    m.units.units["a.timer"].status.drop_in_paths = {later};
    CHECK(refusal_of(m).find("sets OnBootSec after the drop-in of dynix") != std::string::npos);
}

TEST_CASE("every refusal is told, not only the first") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.add("b.service", service("1"), service("2"));
    m.wanted.problems = {"c"};
    m.units.units["a.service"].status.load_state = "masked";
    m.units.units["b.service"].status.load_state = "masked";
    CHECK(check(m.wanted, {}, m.seen).refusals.size() == 3);
}

TEST_CASE("a unit that wants to be reloaded and cannot be is refused by name") {
    fake_machine m;
    auto const lines = "X-ReloadIfChanged=true\n";
    m.add("a.service", service("1", lines), service("2", lines));
    CHECK(
        refusal_of(m).find(
            "([Service] X-ReloadIfChanged=), and has no ExecReload= to reload with") !=
        std::string::npos);
}

TEST_CASE("what only a switch looks at: X-Restart-Triggers restarts, X-Reload-Triggers reloads") {
    fake_machine m;
    auto const unit = [](char const* key, char const* value) {
        return fmt::format("[Unit]\n{}={}\n{}", key, value, service("1"));
    };
    m.add("a.service", unit("X-Restart-Triggers", "/1"), unit("X-Restart-Triggers", "/2"));
    auto const before = m.invocation("a.service");
    CHECK(m.apply().result == apply_result::done);
    CHECK(m.invocation("a.service") != before);
    // And only once.
    auto const after = m.invocation("a.service");
    CHECK(m.apply().result == apply_result::done);
    CHECK(m.invocation("a.service") == after);

    fake_machine other;
    other.add("a.service", unit("X-Reload-Triggers", "/1"), unit("X-Reload-Triggers", "/2"));
    CHECK(refusal_of(other).find("([Unit] X-Reload-Triggers=)") != std::string::npos);
    other.planned("a.service").dynamic_text = "[Unit]\nX-Reload-Triggers=/2\n" + service("2");
    CHECK(check(other.wanted, {}, other.seen).units.at(0).change == &changes::restart);
    auto const reloaded = [&](char const* value) {
        return unit("X-Reload-Triggers", value) + "ExecReload=/bin/r\n";
    };
    fake_machine third;
    third.add("a.service", reloaded("/1"), reloaded("/2"));
    CHECK(check(third.wanted, {}, third.seen).units.at(0).change == &changes::reload);
}

TEST_CASE("a change that waits for somebody's daemon-reload is not brought into force by ours") {
    for (auto const* changed : {"a.service", "b.service"}) {
        CAPTURE(changed);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        m.units.add("b.service", service("1"));
        auto const path = m.where.static_units() + '/' + changed + ".d/10.conf";
        REQUIRE(m.plain.write(path, "[Service]\nUser=x\n"));
        m.units.units[changed].status.drop_in_paths = {path};
        auto const said = refusal_of(m);
        CAPTURE(said);
        CHECK(said.find(fmt::format("the unit files of '{}' have changed", changed)) != said.npos);
        CHECK(said.find("systemctl daemon-reload") != said.npos);
        REQUIRE(m.units.reload());
        CHECK(check(m.wanted, {}, m.seen).refusals.empty());
    }
}

TEST_CASE("an override that reaches no unit is told, not passed over as done") {
    fake_machine m;
    m.add("a.service", service("1"), service("1"));
    m.wanted.overrides.push_back({"services.a.color", "1", "2"});
    auto const found = m.apply();
    CHECK(found.result == apply_result::done);
    REQUIRE(found.warnings.size() == 1);
    CHECK(
        found.warnings[0] == "no unit of the plan changes with 'services.a.color', so no process "
                             "has the new value");
    m.planned("a.service").dynamic_text = service("2");
    CHECK(m.apply().warnings.empty());
}

TEST_CASE("the way back of an earlier activation is nobody's pending change") {
    fake_machine m;
    m.add("a.service", service("1"), service("2"));
    m.units.add("dynix-return.service", service("1"), false);
    REQUIRE(m.plain.remove(m.where.static_units() + "/dynix-return.service"));
    CHECK(check(m.wanted, {}, m.seen).refusals.empty());
}

TEST_CASE("a drop-in of ours that somebody has changed is written again") {
    for (auto const* const text : {"", "junk\n", "[Service]\nUser=x\n"}) {
        CAPTURE(text);
        fake_machine m;
        m.add("a.service", service("1"), service("2"));
        REQUIRE(m.apply().result == apply_result::done);
        auto const before = m.view();
        auto const path = m.where.drop_in("a.service");
        REQUIRE((*text != 0 ? m.plain.write(path, text) : m.plain.remove(path)));
        CHECK(said(m.apply()) == "");
        CHECK(m.view().drop_ins == before.drop_ins);
        CHECK(m.view().runs == before.runs);
    }
}
