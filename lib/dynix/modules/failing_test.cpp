#include "dynix/modules/failing.hpp"

#include "dynix/modules/fake_command.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::modules;

TEST_CASE("a unit that had failed before is no reason to go back, and is named") {
    fake_world world;
    world.sore = {"old-sore.service", "sore.mount"};
    auto const what = command(world, verb::enable, {"kiosk"});
    CHECK(what.outcome.result == exit_code::done);
    CHECK(what.outcome.errors.empty());
    REQUIRE(what.outcome.warnings.size() == 1);
    CHECK(
        what.outcome.warnings[0] ==
        fmt::format(
            "'{}/bin/switch-to-configuration test' ended with status 4 for units that had failed "
            "before: old-sore.service, sore.mount",
            world.system_with({"kiosk"})));
    // A caller's setting would have systemctl colour the names.
    CHECK(world.systemctl_environment.at("SYSTEMD_COLORS") == "0");
    CHECK(enabled(world) == names{"kiosk"});
    CHECK_FALSE(interrupted(world));
    CHECK(command(world, verb::rebuild, {}).outcome.result == exit_code::done);
    CHECK(command(world, verb::reset, {}).outcome.result == exit_code::done);
    CHECK_FALSE(parse_state(state_of(world), "state.json")->activating);
}

TEST_CASE("a unit that fails besides one that had failed before: the previous system is back") {
    fake_world world;
    world.sore = {"old-sore.service"};
    world.ends = {{world.system_with({"kiosk"}), switch_end::unit}};
    auto const what = command(world, verb::enable, {"kiosk"});
    CHECK(what.outcome.result == exit_code::failed_restored);
    REQUIRE(what.outcome.errors.size() == 1);
    auto const text = render(what.outcome.errors[0]);
    CHECK(text.find("what had not failed before: a.service\n") != std::string::npos);
    REQUIRE(what.outcome.warnings.size() == 1);
    CHECK(what.outcome.warnings[0].ends_with("failed before: old-sore.service"));
    CHECK(world.current() == world.system_with({}));
    CHECK_FALSE(interrupted(world));
}

TEST_CASE("what a switch says of another failure counts, though no unit is left failed") {
    for (auto const* told : {
             "Failed to reload worker.service",
             "Job for worker.service failed.",
             "A dependency job for worker.service failed. See 'journalctl -xe' for details.",
             "Failed to run activate script",
             "Activation script snippet 'users' failed (1)",
             "warning: user activation for alice failed",
             // It has been started again meanwhile.
             "warning: the following units failed: old-sore.service, worker.service",
         }) {
        CAPTURE(told);
        fake_world world;
        world.sore = {"old-sore.service"};
        world.said = fmt::format("{}\n", told);
        auto const what = command(world, verb::enable, {"kiosk"});
        // It is so for the previous system, too.
        CHECK(what.outcome.result == exit_code::failed_left);
        REQUIRE(what.outcome.errors.size() == 2);
        auto const note = what.outcome.errors[0].notes.back().message;
        CHECK(note.starts_with("what had not failed before: "));
        CHECK(note.find("old-sore") == std::string::npos);
    }
}

TEST_CASE("a job of a unit that had failed before is as the unit") {
    fake_world world;
    world.sore = {"old-sore.service"};
    world.said = "Failed to start old-sore.service\nJob for old-sore.service failed.\n";
    CHECK(command(world, verb::enable, {"kiosk"}).outcome.result == exit_code::done);
}

TEST_CASE("a switch that fails otherwise than by units that had failed before is a failure") {
    fake_world world;
    SUBCASE("another status") {
        world.sore = {"old-sore.service"};
        world.status = 2;
    }
    SUBCASE("systemctl cannot be asked") {
        world.sore = {"old-sore.service"};
        world.systemctl_fails = true;
    }
    SUBCASE("nothing fails that anybody names") {
        world.said = "something\n";
    }
    auto const what = command(world, verb::enable, {"kiosk"});
    CHECK(what.outcome.result == exit_code::failed_left);
    CHECK(interrupted(world));
}
