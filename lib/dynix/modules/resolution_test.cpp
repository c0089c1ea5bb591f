#include "dynix/modules/resolution.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix;
using namespace dynix::modules;

namespace {

using names = std::vector<std::string>;

runtime_module module_of(std::string name, names requires_modules = {}, names conflicts = {}) {
    return {std::move(name), "", "", std::move(requires_modules), std::move(conflicts)};
}

// gaming -> steam -> graphics, kiosk conflicts with gaming.
module_record record_with(names enabled) {
    module_record out;
    out.modules = {
        module_of("kiosk", {}, {"gaming"}), module_of("gaming", {"steam"}),
        module_of("steam", {"graphics"}), module_of("graphics"), module_of("tools")};
    out.enabled = std::move(enabled);
    return out;
}

resolution done(result<resolution> const& what) {
    REQUIRE(what);
    return *what;
}

} // namespace

TEST_CASE("enabling brings along what is required, in the order of need") {
    auto const what = done(resolve(record_with({"tools"}), verb::enable, {"gaming"}, false));
    CHECK(what.turned_on == names{"graphics", "steam", "gaming"});
    CHECK(what.wanted == names{"gaming", "steam", "graphics", "tools"});
    CHECK(what.pulled == std::vector<pulled_module>{{"graphics", "steam"}, {"steam", "gaming"}});
    CHECK(what.turned_off.empty());
    CHECK(what.changes());
}

TEST_CASE("enabling what is enabled changes nothing, and a name given twice is one") {
    auto const now = record_with({"steam", "graphics"});
    auto const what = done(resolve(now, verb::enable, {"steam", "steam"}, false));
    CHECK_FALSE(what.changes());
    CHECK(what.unchanged == names{"steam"});
    CHECK(what.wanted == now.enabled);
    CHECK(done(resolve(now, verb::enable, {"tools", "tools"}, false)).turned_on == names{"tools"});
    CHECK(done(resolve(now, verb::enable, {}, false)).wanted == now.enabled);
}

TEST_CASE("what is required and asked for is not pulled") {
    auto const what = done(resolve(record_with({}), verb::enable, {"steam", "graphics"}, false));
    CHECK(what.turned_on == names{"graphics", "steam"});
    CHECK(what.pulled.empty());
}

TEST_CASE("modules that conflict, whichever of them says so") {
    auto const with_enabled = resolve(record_with({"kiosk"}), verb::enable, {"gaming"}, true);
    REQUIRE_FALSE(with_enabled);
    CHECK(with_enabled.error().message == "'gaming' conflicts with 'kiosk', which is enabled");
    CHECK(with_enabled.error().hint == "'runtime-module disable kiosk' first");
    auto const other_way =
        resolve(record_with({"gaming", "steam", "graphics"}), verb::enable, {"kiosk"}, false);
    REQUIRE_FALSE(other_way);
    CHECK(other_way.error().message == "'kiosk' conflicts with 'gaming', which is enabled");
    auto const both = resolve(record_with({}), verb::enable, {"kiosk", "gaming"}, false);
    REQUIRE_FALSE(both);
    CHECK(both.error().message == "'kiosk' and 'gaming' conflict");
}

TEST_CASE("a conflict with what is only required names who requires it") {
    auto now = record_with({"tools"});
    now.modules[3].conflicts = {"tools"};
    auto const what = resolve(now, verb::enable, {"gaming"}, false);
    REQUIRE_FALSE(what);
    CHECK(
        what.error().message ==
        "'graphics', which 'steam' requires, conflicts with 'tools', which is enabled");
}

TEST_CASE("disabling what others need is refused by name") {
    auto const now = record_with({"gaming", "steam", "graphics", "tools"});
    auto const one = resolve(now, verb::disable, {"steam"}, false);
    REQUIRE_FALSE(one);
    CHECK(one.error().message == "'steam' is required by 'gaming', which is enabled");
    CHECK(one.error().hint == "disable it too, or let '--force' do it");
    auto const two = resolve(now, verb::disable, {"graphics"}, false);
    REQUIRE_FALSE(two);
    CHECK(
        two.error().message ==
        "'graphics' is required by 'steam'; enabled with it: 'steam', 'gaming'");
}

TEST_CASE("with force, or when all are named, those that need it go first") {
    auto const now = record_with({"gaming", "steam", "graphics", "tools"});
    auto const forced = done(resolve(now, verb::disable, {"graphics"}, true));
    CHECK(forced.turned_off == names{"gaming", "steam", "graphics"});
    CHECK(forced.wanted == names{"tools"});
    CHECK(forced.pulled == std::vector<pulled_module>{{"steam", "graphics"}, {"gaming", "steam"}});
    auto const named = done(resolve(now, verb::disable, {"graphics", "gaming", "steam"}, false));
    CHECK(named.turned_off == names{"gaming", "steam", "graphics"});
    CHECK(named.pulled.empty());
}

TEST_CASE("what was required stays, and disabling what is off changes nothing") {
    auto const now = record_with({"gaming", "steam", "graphics"});
    CHECK(
        done(resolve(now, verb::disable, {"gaming"}, false)).wanted == names{"steam", "graphics"});
    auto const off = done(resolve(now, verb::disable, {"kiosk"}, false));
    CHECK_FALSE(off.changes());
    CHECK(off.unchanged == names{"kiosk"});
}

TEST_CASE("reset turns all off, and rebuild keeps all") {
    auto const now = record_with({"gaming", "steam", "graphics"});
    auto const reset = done(resolve(now, verb::reset, {}, false));
    CHECK(reset.wanted.empty());
    CHECK(reset.turned_off == names{"gaming", "steam", "graphics"});
    CHECK(reset.pulled.empty());
    auto const rebuild = done(resolve(now, verb::rebuild, {}, false));
    CHECK(rebuild.wanted == now.enabled);
    CHECK_FALSE(rebuild.changes());
    CHECK_FALSE(done(resolve(record_with({}), verb::reset, {}, false)).changes());
}

TEST_CASE("a circle, which no system has, ends") {
    module_record now;
    now.modules = {module_of("a", {"b"}), module_of("b", {"a"})};
    CHECK(done(resolve(now, verb::enable, {"a"}, false)).wanted == names{"a", "b"});
    now.enabled = {"a", "b"};
    CHECK(done(resolve(now, verb::disable, {"a"}, true)).wanted.empty());
}

TEST_CASE("unknown names, with those that look like them") {
    auto const now = record_with({});
    CHECK_FALSE(unknown_names(now, {"gaming", "tools"}));
    auto const one = unknown_names(now, {"gamin"});
    REQUIRE(one);
    CHECK(one->message == "there is no runtime module 'gamin'");
    CHECK(one->hint == "did you mean 'gaming'?");
    auto const two = unknown_names(now, {"xxxxxxxx", "tools", "..", "xxxxxxxx"});
    REQUIRE(two);
    CHECK(two->message == "there are no runtime modules 'xxxxxxxx', '..'");
    CHECK(two->hint == "'runtime-module list' shows the modules");
    CHECK(
        unknown_names({}, {"a"})->hint.find("services.runtimeModules.modules") !=
        std::string::npos);
}
