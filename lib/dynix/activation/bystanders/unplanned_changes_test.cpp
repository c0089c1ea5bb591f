#include "dynix/activation/bystanders/unplanned_changes.hpp"

#include "dynix/activation/fakes/fake_machine.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::activation;

namespace {

constexpr auto text = "[Service]\nExecStart=/bin/x\n";

// a.service changes by the plan; others run beside it.
struct fixture {
    fake_machine m;
    fixture() {
        m.add("a.service", service("1"), service("2"));
        m.units.add("b.service", text);
        m.units.add("idle.service", text, false);
    }

    // Done to the others when a.service starts again.
    void meanwhile(std::function<void()> what) {
        m.units.on_start = [what = std::move(what)](std::string const& name, fake_unit&) {
            if (name == "a.service")
                what();
        };
    }

    std::string told(apply_outcome const& outcome) {
        CHECK(outcome.result == apply_result::done);
        std::string all;
        for (auto const& one : outcome.unplanned)
            all += describe(one) + '\n';
        return all;
    }
};

} // namespace

TEST_CASE("only the plan changes: nothing is told") {
    fixture f;
    CHECK(f.told(f.m.apply()) == "");
    CHECK(f.told(f.m.reset()) == "");
}

TEST_CASE("a surprise is told, by apply and by reset") {
    fixture f;
    f.meanwhile([&] {
        f.m.units.start("b.service");
        f.m.units.start("idle.service");
    });
    CHECK(
        f.told(f.m.apply()) ==
        "'b.service', which is not in the plan, was restarted: by nothing that was known "
        "beforehand\n"
        "'idle.service', which is not in the plan, was started: by nothing that was known "
        "beforehand\n");
    f.meanwhile([&] {
        fake_systemd::fail(f.m.units.units["b.service"]);
        fake_systemd::stop(f.m.units.units["idle.service"]);
    });
    auto const reset = f.told(f.m.reset());
    CHECK(reset.find("'b.service', which is not in the plan, has failed") != std::string::npos);
    CHECK(reset.find("'idle.service', which is not in the plan, was stopped") != std::string::npos);
}

TEST_CASE("what systemd itself starts is told with the reason") {
    fixture f;
    f.m.units.relate("a.service", "OnFailure", "idle.service");
    f.m.units.add("b.path", "[Path]\nPathExists=/x\n");
    f.m.units.relate("b.path", "Triggers", "b.service");
    f.meanwhile([&] {
        f.m.units.start("b.service");
        f.m.units.start("idle.service");
    });
    CHECK(
        f.told(f.m.apply()) ==
        "'b.service', which is not in the plan, was restarted: 'b.path' triggers it\n"
        "'idle.service', which is not in the plan, was started: OnFailure= of 'a.service'\n");
}

TEST_CASE("what every start of a unit starts is told with that reason, also by way of others") {
    fixture f;
    f.m.units.add("sysinit.target", "[Unit]\n");
    f.m.units.add("local-fs.target", "[Unit]\n");
    f.m.units.relate("a.service", "Requires", "sysinit.target");
    f.m.units.relate("sysinit.target", "Wants", "local-fs.target");
    f.m.units.relate("local-fs.target", "Requires", "idle.service");
    f.m.units.relate("local-fs.target", "Wants", "b.service");
    f.meanwhile([&] {
        f.m.units.start("b.service");
        f.m.units.start("idle.service");
    });
    // Nothing starts again what runs.
    CHECK(
        f.told(f.m.apply()) ==
        "'b.service', which is not in the plan, was restarted: by nothing that was known "
        "beforehand\n"
        "'idle.service', which is not in the plan, was started: every start of a unit starts what "
        "'sysinit.target' needs\n");
}

TEST_CASE("what was listed beforehand is no surprise") {
    fixture f;
    f.m.units.add("all.target", "[Unit]\n");
    f.m.units.relate("all.target", "Requires", "a.service");
    auto const dry = f.m.apply({.dry_run = true});
    REQUIRE(dry.foreseen.size() == 1);
    CHECK(describe(dry.foreseen[0]).starts_with("restart all.target, which is not in the plan"));
    f.meanwhile([&] { f.m.units.start("all.target"); });
    auto const found = f.m.apply();
    REQUIRE(found.unplanned.size() == 1);
    CHECK(found.unplanned[0].foreseen);
    auto const back = f.m.reset({.dry_run = true});
    CHECK(back.foreseen.size() == 1);
}

TEST_CASE("reset is refused as apply is, and a switch is only warned") {
    fixture f;
    REQUIRE(f.m.apply().result == apply_result::done);
    f.m.units.relate("b.service", "Requires", "a.service");
    auto const before = f.m.view();
    for (bool const dry_run : {true, false}) {
        auto const found = f.m.reset({.dry_run = dry_run});
        CHECK(found.result == apply_result::refused);
        REQUIRE(found.errors.size() == 1);
        CHECK(
            found.errors[0].message.find("'b.service' depends on 'a.service'") !=
            std::string::npos);
        CHECK(f.m.view() == before);
    }
    auto const switched = f.m.reset({.switching = true});
    CHECK(switched.result == apply_result::done);
    REQUIRE(switched.warnings.size() == 1);
    CHECK(switched.warnings[0].find("'b.service' depends on 'a.service'") != std::string::npos);
}

TEST_CASE("a unit of dynix itself is no surprise") {
    fixture f;
    f.m.units.add("dynix-activation-1149.service", service("x"));
    f.meanwhile([&] {
        f.m.units.add("dynix-unproved-0123456789abcdef.timer", "");
        f.m.units.add("dynix-end-1795456800.service", service("x"));
        f.m.units.add("dynix-activation-1150.service", service("x"));
        fake_systemd::stop(f.m.units.units["dynix-activation-1149.service"]);
    });
    CHECK(f.m.apply().unplanned.empty());
}

TEST_CASE("nor is one of dynix that a boot or a switch has started, and that ends meanwhile") {
    fixture f;
    for (auto const* name :
         {"dynix-due.service", "dynix-certify.service", "dynix-reapply.service",
          "dynix-revert.service", "dynix-return.service", "dynix-due-of-others.service"})
        f.m.units.add(name, service("x"));
    f.meanwhile([&] {
        for (auto& [name, unit] : f.m.units.units)
            if (name.starts_with("dynix-"))
                fake_systemd::stop(unit);
    });
    auto const found = f.m.apply();
    REQUIRE(found.unplanned.size() == 1);
    CHECK(found.unplanned[0].unit == "dynix-due-of-others.service");
}

TEST_CASE("what cannot be looked at afterwards is a warning") {
    fixture f;
    int looked = 0;
    // Before the change they are looked at twice.
    f.m.units.fails = [&](std::string const& call) { return call == "runs" && looked++ > 0; };
    auto const found = f.m.apply();
    CHECK(found.result == apply_result::done);
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].starts_with("whether other units have changed meanwhile is not known"));
}
