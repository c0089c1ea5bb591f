#include "dynix/modules/change.hpp"

#include "dynix/base/file.hpp"
#include "dynix/modules/fake_world.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix;
using namespace dynix::modules;

TEST_CASE("a module that changes the kernel: what waits for a boot in vain is a warning") {
    fake_world world;
    auto const host = world.host();
    auto const now = read_running(host);
    REQUIRE(now);
    auto const prepared = [&] {
        auto const what =
            prepare(*now, *resolve(now->record, verb::enable, {"kiosk"}, false), {}, host);
        REQUIRE(what);
        return *what;
    };
    CHECK(prepared().warnings.empty());
    world.another_kernel = true;
    auto const what = prepared();
    REQUIRE(what.warnings.size() == 1);
    CHECK(what.warnings[0].ends_with("since a reboot returns to the base: kernel"));
    CHECK(what.differences.front().kind == boot_kind);
}

TEST_CASE("a system whose record a module has changed is refused: no later change could read it") {
    fake_world world;
    auto const host = world.host();
    auto const now = read_running(host);
    REQUIRE(now);
    auto const prepared = [&] {
        return prepare(*now, *resolve(now->record, verb::enable, {"kiosk"}, false), {}, host);
    };
    auto const of_base = read_file(module_record_file(world.store() + "/base"));
    REQUIRE(of_base);
    for (auto const& text : {std::string("{}"), std::string(), *of_base}) {
        CAPTURE(text);
        world.record_of_module = text;
        auto const what = prepared();
        REQUIRE_FALSE(what);
        CHECK(
            what.error().message ==
            "a runtime module changes '/etc/dynix/modules.json', which says what is on");
    }
    world.hides_record = true;
    CHECK_FALSE(prepared());
    world.hides_record = false;
    world.record_of_module.reset();
    CHECK(prepared());
}
