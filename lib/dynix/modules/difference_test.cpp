#include "dynix/modules/difference.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>

using namespace dynix;
using namespace dynix::modules;

namespace {

using text = std::optional<std::string>;

base_difference unit(std::string name, text base, text extended) {
    return {"unit", std::move(name), std::move(base), std::move(extended)};
}

std::string const plain = "[Unit]\nDescription=x\n\n[Service]\nExecStart=/a";
std::string const wanted = plain + "\nWantedBy=multi-user.target";

std::vector<unit_action>
actions(std::vector<base_difference> const& from, std::vector<base_difference> const& to) {
    std::vector<unit_action> out;
    for (auto const& one : differences(from, to))
        out.push_back(one.action);
    return out;
}

} // namespace

TEST_CASE("from the base: what a switch does with each unit") {
    auto const leave = "[Unit]\nX-RestartIfChanged=false\n[Service]\nExecStart=/b";
    auto const reloaded = "[Unit]\nX-ReloadIfChanged=true\n[Service]\nExecStart=/b";
    using enum unit_action;
    struct {
        text base;
        text extended;
        unit_action action;
    } const cases[] = {
        {std::nullopt, wanted, start},
        {std::nullopt, plain, none}, // nothing wants it
        {wanted, std::nullopt, stop},
        {"[Unit]\nX-StopOnRemoval=false\n[Service]\nExecStart=/a", std::nullopt, none},
        {"[Unit]\nX-StopOnRemoval=no\n[Service]\nExecStart=/a", "(masked)", none},
        {"[Unit]\nX-StopOnRemoval=true\n[Service]\nExecStart=/a", std::nullopt, stop},
        {plain, "[Service]\nExecStart=/b", restart},
        {plain, leave, none},
        {plain, reloaded, unit_action::reload},
        {wanted, "(masked)", stop},
        {"(masked)", wanted, start},
        {std::nullopt, "(masked)", none},
        {"(masked)", std::nullopt, none},
        {plain, "/nix/store/unit", restart}, // a unit that is given as what is built
    };
    for (auto const& one : cases) {
        CAPTURE(one.base.value_or("(none)"));
        CAPTURE(one.extended.value_or("(none)"));
        CHECK(actions({}, {unit("a.service", one.base, one.extended)}) == std::vector{one.action});
    }
}

TEST_CASE("what a switch does with a unit depends on what is another in it") {
    using enum unit_action;
    struct {
        char const* name;
        text base;
        text extended;
        unit_action action;
    } const cases[] = {
        {"a.service", plain, "[Unit]\nDescription=y\n\n[Service]\nExecStart=/a", none},
        {"a.service", plain, "[Service]\nExecStart=/a\n[Unit]\nOnFailure=b.service", none},
        {"a.service", plain, wanted, start}, // its file is the same
        {"a.service", wanted, plain, none},
        {"a.service", plain, plain + "\nAlias=b.service", none},
        {"a.service", "[Unit]\nX-Reload-Triggers=/1\n[Service]\nExecStart=/a",
         "[Unit]\nX-Reload-Triggers=/2\n[Service]\nExecStart=/a", unit_action::reload},
        {"a.service", "[Unit]\nX-Reload-Triggers=/1\n[Service]\nExecStart=/a",
         "[Unit]\nX-Reload-Triggers=/2\n[Service]\nExecStart=/b", restart},
        {"a.service", "[Unit]\nX-Restart-Triggers=/1\n[Service]\nExecStart=/a",
         "[Unit]\nX-Restart-Triggers=/2\n[Service]\nExecStart=/a", restart},
        {"a.service", plain, "[Unit]\nRefuseManualStop=true\n[Service]\nExecStart=/b", none},
        {"a.service", plain, "[Unit]\nRefuseManualStop=yes\n[Service]\nExecStart=/b", none},
        {"a.service", plain, "[Service]\nExecStart=/a\nExecStart=/b", restart},
        {"a.service", plain + "\nNice=1", plain, restart},
        {"a.socket", "[Socket]\nListenStream=1", "[Socket]\nListenStream=2", none},
        {"a.path", "[Path]\nPathExists=/a", "[Path]\nPathExists=/b", none},
        {"a.slice", "[Slice]\nMemoryMax=1", "[Slice]\nMemoryMax=2", none},
        {"a.target", "[Unit]\nWants=a", "[Unit]\nWants=b", none},
        {"a.mount", "[Mount]\nOptions=a", "[Mount]\nOptions=b", unit_action::reload},
        {"a.timer", "[Timer]\nOnCalendar=daily", "[Timer]\nOnCalendar=weekly", restart},
    };
    for (auto const& one : cases) {
        CAPTURE(one.name);
        CAPTURE(one.extended.value_or("(none)"));
        CHECK(actions({}, {unit(one.name, one.base, one.extended)}) == std::vector{one.action});
    }
}

TEST_CASE("from one extension to another: what both have is no difference") {
    std::vector<base_difference> const from{
        unit("both.service", std::nullopt, wanted), unit("gone.service", std::nullopt, wanted),
        unit("other.service", plain, "[Service]\nExecStart=/b")};
    std::vector<base_difference> const to{
        unit("both.service", std::nullopt, wanted), unit("new.service", std::nullopt, wanted),
        unit("other.service", plain, "[Service]\nExecStart=/c")};
    using enum unit_action;
    CHECK(
        differences(from, to) == std::vector<difference>{
                                     {"unit", "gone.service", change::removed, stop},
                                     {"unit", "new.service", change::added, start},
                                     {"unit", "other.service", change::changed, restart}});
    // And back to the base.
    CHECK(
        differences(from, {}) == std::vector<difference>{
                                     {"unit", "both.service", change::removed, stop},
                                     {"unit", "gone.service", change::removed, stop},
                                     {"unit", "other.service", change::changed, restart}});
    CHECK(differences(from, from).empty());
}

TEST_CASE("other kinds have no action") {
    CHECK(
        differences({}, {{"etc", "a.conf", "x", "y"}, {"user", "u", std::nullopt, "name=u"}}) ==
        std::vector<difference>{
            {"etc", "a.conf", change::changed, unit_action::none},
            {"user", "u", change::added, unit_action::none}});
}
