#include "dynix/modules/activation.hpp"

#include "dynix/modules/fake_command.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix;
using namespace dynix::modules;

TEST_CASE("enable, enable more, disable, reset: the system that runs says what is on") {
    fake_world world;
    CHECK(enabled(world).empty());
    auto const first = command(world, verb::enable, {"gaming"});
    CHECK(first.outcome.result == exit_code::done);
    CHECK(enabled(world) == names{"graphics", "gaming"});
    auto const state = parse_state(state_of(world), "state.json");
    REQUIRE(state);
    CHECK(state->applied.enabled == names{"graphics", "gaming"});
    CHECK(state->applied.system == world.current());
    CHECK(state->base == world.system_with({}));
    CHECK_FALSE(state->activating);
    // Rooted for as long as /run is there.
    CHECK(
        std::filesystem::read_symlink(world.where.modules_gc_root()) ==
        world.where.modules_applied());
    CHECK(std::filesystem::read_symlink(world.where.modules_applied()) == state->extension);

    CHECK(command(world, verb::disable, {"gaming"}).outcome.result == exit_code::done);
    CHECK(enabled(world) == names{"graphics"});
    auto const builds = world.counter.calls.size();
    CHECK(command(world, verb::reset, {}).outcome.result == exit_code::done);
    CHECK(world.current() == world.system_with({}));
    // The base is there; nothing has to be evaluated to go back to it.
    CHECK(
        std::find(
            world.counter.calls.begin() + static_cast<std::ptrdiff_t>(builds),
            world.counter.calls.end(), "nix-build") == world.counter.calls.end());
    CHECK_FALSE(std::filesystem::exists(world.where.modules_applied()));
}

TEST_CASE("what is so already is not built, but with force") {
    fake_world world;
    command(world, verb::enable, {"kiosk"});
    auto const calls = world.counter.calls.size();
    CHECK_FALSE(command(world, verb::enable, {"kiosk"}).needed);
    CHECK_FALSE(command(world, verb::disable, {"gaming"}).needed);
    CHECK(world.counter.calls.size() == calls);
    CHECK(command(world, verb::enable, {"kiosk"}, true).outcome.result == exit_code::done);
    CHECK(command(world, verb::rebuild, {}).outcome.result == exit_code::done);
}

TEST_CASE("a system that cannot be built: nothing changes") {
    fake_world world;
    command(world, verb::enable, {"graphics"});
    auto const before = std::pair(world.current(), state_of(world));
    SUBCASE("Nix fails") {
        world.build_fails = true;
    }
    SUBCASE("a module does not go with the system") {
        world.problems = {"not here"};
    }
    SUBCASE("the configuration on disk is another one") {
        world.base_on_disk = "newer";
    }
    auto const what = command(world, verb::enable, {"gaming"});
    CHECK(what.refused);
    CHECK(std::pair(world.current(), state_of(world)) == before);
    CHECK(enabled(world) == names{"graphics"});
    // And it is not taken for enabled by the next try.
    CHECK(command(world, verb::enable, {"gaming"}).needed);
}

TEST_CASE("a system that cannot activate itself is refused before anything changes") {
    fake_world world;
    std::filesystem::remove(world.system_with({}) + "/bin/switch-to-configuration");
    command(world, verb::enable, {"kiosk"});
    auto const before = std::pair(world.current(), state_of(world));
    auto const what = command(world, verb::reset, {});
    CHECK(what.outcome.result == exit_code::refused);
    REQUIRE(what.outcome.errors.size() == 1);
    CHECK(what.outcome.errors[0].hint.find("system.switch.enable") != std::string::npos);
    CHECK(std::pair(world.current(), state_of(world)) == before);
}

TEST_CASE("a switch that cannot even be started has changed nothing") {
    fake_world world;
    command(world, verb::enable, {"graphics"});
    auto const before = parse_state(state_of(world), "state.json");
    world.no_systemd_run = true;
    auto const what = command(world, verb::enable, {"gaming"});
    CHECK(what.outcome.result == exit_code::refused);
    REQUIRE(what.outcome.errors.size() == 1);
    CHECK(what.outcome.errors[0].message == "no systemd-run");
    CHECK_FALSE(interrupted(world));
    auto const after = parse_state(state_of(world), "state.json");
    REQUIRE(after);
    CHECK(after->applied.enabled == before->applied.enabled);
    CHECK(after->extension == before->extension);
}

TEST_CASE("an activation that fails puts the previous system back") {
    fake_world world;
    command(world, verb::enable, {"graphics"});
    auto const before = parse_state(state_of(world), "state.json");
    auto const previous = world.current();
    SUBCASE("a unit fails") {
        world.ends = {{world.system_with({"graphics", "gaming"}), switch_end::unit}};
    }
    SUBCASE("it does not begin") {
        world.ends = {{world.system_with({"graphics", "gaming"}), switch_end::before_it}};
    }
    auto const what = command(world, verb::enable, {"gaming"});
    CHECK(what.outcome.result == exit_code::failed_restored);
    REQUIRE(what.outcome.errors.size() == 1);
    CHECK(render(what.outcome.errors[0]).find("what it said") != std::string::npos);
    CHECK(world.current() == previous);
    CHECK(world.activated.back() == previous);
    auto const after = parse_state(state_of(world), "state.json");
    REQUIRE(after);
    CHECK(after->applied.enabled == before->applied.enabled);
    CHECK(after->extension == before->extension);
    CHECK_FALSE(after->activating);
    // Its root stays that of the system that runs.
    CHECK(std::filesystem::read_symlink(world.where.modules_applied()) == after->extension);
}

TEST_CASE("where the previous system fails too, that is said, and the next command goes on") {
    fake_world world;
    world.ends = {
        {world.system_with({"kiosk"}), switch_end::unit},
        {world.system_with({}), switch_end::unit}};
    auto const what = command(world, verb::enable, {"kiosk"});
    CHECK(what.outcome.result == exit_code::failed_left);
    REQUIRE(what.outcome.errors.size() == 2);
    CHECK(what.outcome.errors[1].hint.find("runtime-module reset") != std::string::npos);
    CHECK(interrupted(world));
    world.ends.clear();
    // Nothing is on and nothing is asked for, but the system is between two.
    CHECK(command(world, verb::reset, {}).outcome.result == exit_code::done);
    CHECK_FALSE(interrupted(world));
}

TEST_CASE("killed at every step: the truth is told, and the next command ends what it began") {
    for (std::size_t at = 1;; ++at) {
        CAPTURE(at);
        fake_world world;
        command(world, verb::enable, {"graphics"});
        world.counter.calls.clear();
        world.counter.kill_at = at;
        bool died = false;
        try {
            command(world, verb::enable, {"gaming"});
        } catch (killed const&) {
            died = true;
        }
        world.counter.kill_at = 0;
        bool const switched = world.current() == world.system_with({"graphics", "gaming"});
        CHECK(enabled(world) == (switched ? names{"graphics", "gaming"} : names{"graphics"}));
        // A state file there always is, and it is whole.
        CHECK(parse_state(state_of(world), "state.json"));
        auto const again = command(world, verb::enable, {"gaming"});
        if (again.needed)
            CHECK(again.outcome.result == exit_code::done);
        CHECK(enabled(world) == names{"graphics", "gaming"});
        CHECK_FALSE(interrupted(world));
        if (!died) {
            CHECK(at > 5); // it was killed at some steps
            break;
        }
    }
}

TEST_CASE("one call fails: done, or as before, or it says so") {
    for (std::size_t at = 1;; ++at) {
        CAPTURE(at);
        fake_world world;
        command(world, verb::enable, {"graphics"});
        world.counter.calls.clear();
        world.counter.fail_at = at;
        auto const what = command(world, verb::enable, {"gaming"});
        auto const calls = world.counter.calls.size();
        world.counter.fail_at = 0;
        bool const switched = world.current() == world.system_with({"graphics", "gaming"});
        if (what.refused || what.outcome.result != exit_code::done) {
            CHECK_FALSE(switched);
            CHECK((what.refused || !what.outcome.errors.empty()));
        } else {
            CHECK(switched);
        }
        // No disk space for the record of what is done is said, and is no failure.
        // That systemctl cannot be asked matters only where a switch ends with failures.
        bool const matters = at <= calls && world.counter.calls[at - 1] != "systemctl";
        if (matters && what.outcome.result == exit_code::done)
            CHECK_FALSE(what.outcome.warnings.empty());
        if (at > calls)
            break;
    }
}

TEST_CASE("another system that was activated meanwhile is not undone") {
    fake_world world;
    world.make_system("other", {});
    auto const host = world.host();
    auto const now = read_running(host);
    REQUIRE(now);
    auto const change =
        prepare(*now, *resolve(now->record, verb::enable, {"kiosk"}, false), {}, host);
    REQUIRE(change);
    world.go_to(world.store() + "/other");
    auto const outcome = activate(*now, *change, host, {});
    CHECK(outcome.result == exit_code::refused);
    CHECK(world.current() == world.store() + "/other");
    CHECK(world.activated.empty());
}

TEST_CASE("two at once: the second waits, and says for whom") {
    fake_world world;
    auto const host = world.host();
    auto const first = take_lock(host, host::milliseconds(0), {});
    REQUIRE(first);
    std::string holder;
    auto const second =
        take_lock(host, host::milliseconds(1), [&](std::string const& who) { holder = who; });
    REQUIRE_FALSE(second);
    CHECK(holder.starts_with("another runtime-module, "));
    CHECK(second.error().message.starts_with("another runtime-module is running"));
}

TEST_CASE("a switch that is under way is waited for, and nothing is changed") {
    fake_world world;
    std::filesystem::create_directories(world.where.run() + "/nixos");
    auto const theirs = file_lock::acquire(world.where.switch_lock(), host::milliseconds(0));
    REQUIRE(theirs);
    auto const what = command(world, verb::enable, {"kiosk"});
    CHECK(what.outcome.result == exit_code::refused);
    CHECK(what.outcome.errors[0].message.starts_with("a NixOS switch is running"));
    CHECK(world.activated.empty());
    CHECK(enabled(world).empty());
}

TEST_CASE("after a switch to another base nothing is on, and what was on is told") {
    fake_world world;
    command(world, verb::enable, {"gaming"});
    world.make_system("newer", {});
    world.go_to(world.store() + "/newer");
    auto const now = read_running(world.host());
    REQUIRE(now);
    CHECK(now->record.enabled.empty());
    CHECK(now->switched_off == names{"graphics", "gaming"});
    CHECK_FALSE(now->interrupted);
}

TEST_CASE("a switch to the very same base turns modules off, too, and that is told") {
    fake_world world;
    command(world, verb::enable, {"gaming"});
    world.go_to(world.system_with({}));
    auto const now = read_running(world.host());
    REQUIRE(now);
    CHECK(now->record.enabled.empty());
    CHECK(now->switched_off == names{"graphics", "gaming"});
    CHECK_FALSE(now->interrupted);
    // What was turned off by a command is not.
    CHECK(command(world, verb::enable, {"gaming"}).outcome.result == exit_code::done);
    CHECK(read_running(world.host())->switched_off.empty());
    CHECK(command(world, verb::reset, {}).outcome.result == exit_code::done);
    CHECK(read_running(world.host())->switched_off.empty());
}

TEST_CASE(
    "another system with the modules than the one that was activated is left with force only") {
    fake_world world;
    command(world, verb::enable, {"graphics"});
    CHECK_FALSE(read_running(world.host())->is_another());
    world.make_system("special", {"graphics"});
    world.go_to(world.store() + "/special");
    auto const state = state_of(world);
    auto const refused = [&](verb what, names const& given) {
        auto const happened = command(world, what, given);
        REQUIRE(happened.refused);
        CHECK(happened.refused->message.find("perhaps a specialisation") != std::string::npos);
        CHECK(happened.refused->hint.starts_with("'--force' leaves it"));
        CHECK(
            std::pair(world.current(), state_of(world)) ==
            std::pair(world.store() + "/special", state));
    };
    auto const calls = world.counter.calls.size();
    refused(verb::enable, {"gaming"});
    refused(verb::disable, {"graphics"});
    refused(verb::rebuild, {});
    refused(verb::reset, {});
    CHECK(world.counter.calls.size() == calls); // before anything is built
    SUBCASE("what would change can be shown") {
        auto const now = read_running(world.host());
        REQUIRE(now);
        CHECK(now->is_another());
        auto const shown =
            prepare(*now, *resolve(now->record, verb::enable, {"gaming"}, false), {}, world.host());
        REQUIRE(shown);
        REQUIRE(shown->warnings.size() == 1);
        CHECK(shown->warnings[0].find("perhaps a specialisation") != std::string::npos);
    }
    SUBCASE("with force") {
        CHECK(command(world, verb::enable, {"gaming"}, true).outcome.result == exit_code::done);
        CHECK(command(world, verb::reset, {}).outcome.result == exit_code::done);
    }
    SUBCASE("nobody knows which one was activated") {
        std::filesystem::remove(world.where.modules_state());
        CHECK(command(world, verb::enable, {"gaming"}).outcome.result == exit_code::done);
    }
}

TEST_CASE("a state file that lies changes nothing but a warning") {
    fake_world world;
    command(world, verb::enable, {"kiosk"});
    for (auto const* text : {"", "{", "{\"enabled\": [\"gaming\"]}", "{\"version\": 7}"}) {
        CAPTURE(text);
        std::ofstream(world.where.modules_state()) << text;
        auto const now = read_running(world.host());
        REQUIRE(now);
        CHECK(now->record.enabled == names{"kiosk"});
        CHECK(now->warnings.size() == 1);
        CHECK_FALSE(command(world, verb::enable, {"kiosk"}).needed);
    }
    CHECK(command(world, verb::enable, {"graphics"}).outcome.result == exit_code::done);
    CHECK(read_running(world.host())->warnings.empty());
}

TEST_CASE("an extension of other modules than those that are wanted is refused") {
    fake_world world;
    auto const host = world.host();
    auto const now = read_running(host);
    REQUIRE(now);
    auto const built =
        prepare(*now, *resolve(now->record, verb::enable, {"kiosk"}, false), {}, host);
    REQUIRE(built);
    change_options options;
    options.built = built->extension;
    CHECK(prepare(*now, *resolve(now->record, verb::enable, {"kiosk"}, false), options, host));
    CHECK_FALSE(
        prepare(*now, *resolve(now->record, verb::enable, {"graphics"}, false), options, host));
}

TEST_CASE("what differs is from the system that runs, not from the base") {
    fake_world world;
    command(world, verb::enable, {"kiosk"});
    auto const host = world.host();
    auto const now = read_running(host);
    REQUIRE(now);
    auto const change =
        prepare(*now, *resolve(now->record, verb::enable, {"graphics"}, false), {}, host);
    REQUIRE(change);
    CHECK(
        change->differences ==
        std::vector<difference>{
            {"unit", "with-graphics-kiosk.service", change::added, unit_action::start},
            {"unit", "with-kiosk.service", change::removed, unit_action::stop}});
}

TEST_CASE("a system without runtime modules, or no system") {
    fake_world world;
    std::filesystem::remove(world.current() + "/etc/dynix/modules.json");
    auto const without = read_running(world.host());
    REQUIRE_FALSE(without);
    CHECK(without.error().hint.find("services.runtimeModules.enable") != std::string::npos);
    std::filesystem::remove(world.where.current_system());
    CHECK_FALSE(read_running(world.host()));
}
