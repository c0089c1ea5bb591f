#include "dynix/session/override_state.hpp"

#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::session;
using activation::unit_standing;

namespace {

overrides::dynamic_file file_with(std::string const& entries) {
    auto file = overrides::read_dynamic_file(
        "{ lib, ... }: { config = lib.mkMerge [ " + entries + " ]; }", "dynamic.nix");
    REQUIRE(file);
    return std::move(*file);
}

activation::unit_report_now
unit(std::string const& name, unit_standing standing, std::string const& reason = {}) {
    activation::unit_report_now out;
    out.name = name;
    out.standing = standing;
    out.reason = reason;
    return out;
}

// web.jobs = 4 is applied, and reaches web.service.
activation::status_report applied_to(std::vector<activation::unit_report_now> units) {
    activation::status_report now;
    now.recorded.emplace();
    now.recorded->overrides = {{"web.jobs", "4", 1}};
    now.units = std::move(units);
    return now;
}

// Two services, each with a unit; only web.jobs differs.
plan::activation_plan plan_of_two() {
    plan::activation_plan out;
    plan::planned_unit web, mail;
    web.name = "web.service";
    mail.name = "mail.service";
    out.services = {
        {"web", {"web.jobs"}, std::chrono::seconds(1), {web}},
        {"mail", {"mail"}, std::chrono::seconds(1), {mail}}};
    out.overrides = {{"web.jobs", "2", "4"}};
    return out;
}

std::string shown(override_report const& one) {
    return one.option + " = " + one.value + ": " + std::string(to_string(one.state)) +
           (one.reason.empty() ? "" : " (" + one.reason + ")");
}

// Of a file with the one override web.jobs.
std::string
shown(std::string const& value, activation::status_report const& now, bool with_plan = true) {
    auto const file = file_with("{ web.jobs = lib.mkOverride (-1) " + value + "; }");
    auto const plan = with_plan ? std::optional(plan_of_two()) : std::nullopt;
    auto const all = override_reports(file, now, plan);
    REQUIRE(all.size() == 1);
    return shown(all.front());
}

} // namespace

TEST_CASE("what is applied, of which no file says whether it is still wanted") {
    auto const reports = [](activation::status_report const& now) {
        std::vector<std::string> out;
        for (auto const& one : applied_reports(now, plan_of_two()))
            out.push_back(
                fmt::format("{}; entry {}; {}", shown(one), one.entry, to_string(one.ends)));
        return out;
    };
    CHECK(reports({}).empty());
    auto now = applied_to({unit("web.service", unit_standing::pending, "it is another one")});
    CHECK(
        reports(now) == std::vector<std::string>{
                            "web.jobs = 4: pending (web.service: it is another one); entry 1; "});
    now = applied_to({unit("web.service", unit_standing::live)});
    now.recorded->configuration =
        file_with("\n# 1 2026-11-23T01:33:00Z root until 2026-11-23T03:33:00Z\n"
                  "{ web.jobs = lib.mkOverride (-1) 4; }\n")
            .text;
    CHECK(
        reports(now) ==
        std::vector<std::string>{"web.jobs = 4: live; entry 1; until 2026-11-23T03:33:00Z"});
}

TEST_CASE("where nothing is applied, an override is static") {
    CHECK(shown("4", {}) == "web.jobs = 4: static (nothing is applied)");
}

TEST_CASE("where a drop-in is there without a record, no override is called static") {
    activation::status_report now;
    now.strays = {"web.service"};
    CHECK(
        shown("4", now) ==
        "web.jobs = 4: pending (no apply is recorded, and web.service has a dynix drop-in)");
}

TEST_CASE("an override is live when the units that it reaches are") {
    CHECK(
        shown("4", applied_to({unit("web.service", unit_standing::live)})) == "web.jobs = 4: live");
    CHECK(
        shown("4", applied_to({unit("web.service", unit_standing::live, "a wrapper")})) ==
        "web.jobs = 4: live (web.service: a wrapper)");
    CHECK(
        shown("4", applied_to({unit("web.service", unit_standing::applied, "it is inactive")})) ==
        "web.jobs = 4: applied (web.service: it is inactive)");
    CHECK(
        shown("4", applied_to({unit("web.service", unit_standing::pending, "no drop-in")})) ==
        "web.jobs = 4: pending (web.service: no drop-in)");
}

TEST_CASE("an override is pending when one of its units is, whatever the others are") {
    auto plan = plan_of_two();
    plan.services[0].units.push_back(plan.services[1].units[0]);
    auto const file = file_with("{ web.jobs = lib.mkOverride (-1) 4; }");
    auto const pending = unit("web.service", unit_standing::pending, "no drop-in");
    for (auto const standing :
         {unit_standing::live, unit_standing::applied, unit_standing::static_}) {
        auto const other = unit("mail.service", standing, "another reason");
        for (auto const& units : {std::vector{other, pending}, std::vector{pending, other}})
            CHECK(
                shown(override_reports(file, applied_to(units), plan).front()) ==
                "web.jobs = 4: pending (web.service: no drop-in)");
    }
}

TEST_CASE("units that an override does not reach say nothing of it") {
    auto const now = applied_to(
        {unit("web.service", unit_standing::live),
         unit("mail.service", unit_standing::applied, "it is inactive")});
    CHECK(shown("4", now) == "web.jobs = 4: live");
    // Without the plan it is not known which those are.
    CHECK(shown("4", now, false) == "web.jobs = 4: applied (mail.service: it is inactive)");
}

TEST_CASE("an override that changes no unit is applied, and no process has it") {
    auto const now = applied_to({unit("web.service", unit_standing::static_)});
    CHECK(
        shown("4", now) ==
        "web.jobs = 4: applied (it changes no unit of its service, so no process has it)");
    // One whose value is the static one changes nothing, and that is what runs.
    auto plan = plan_of_two();
    plan.overrides.clear();
    auto const file = file_with("{ web.jobs = lib.mkOverride (-1) 4; }");
    CHECK(shown(override_reports(file, now, plan).front()) == "web.jobs = 4: live");
}

TEST_CASE("what the file says and nothing has applied is pending") {
    auto const now = applied_to({unit("web.service", unit_standing::live)});
    CHECK(shown("8", now) == "web.jobs = 8: pending (4 is applied)");
    auto const more = override_reports(
        file_with("{ web.jobs = lib.mkOverride (-1) 4; mail.on = lib.mkOverride (-1) true; }"), now,
        plan_of_two());
    REQUIRE(more.size() == 2);
    CHECK(shown(more[0]) == "mail.on = true: pending (not applied yet)");
    CHECK(shown(more[1]) == "web.jobs = 4: live");
    auto const undone = override_reports(file_with(""), now, plan_of_two());
    REQUIRE(undone.size() == 1);
    CHECK(shown(undone[0]) == "web.jobs = 4: pending (taken out of the file, still applied)");
}

TEST_CASE("what is applied and no more in the file ends when it was to end") {
    auto now = applied_to({unit("web.service", unit_standing::live)});
    now.recorded->configuration =
        file_with("\n# 1 2026-11-23T01:33:00Z root until 2026-11-23T03:33:00Z\n"
                  "{ web.jobs = lib.mkOverride (-1) 4; }\n")
            .text;
    auto const undone = override_reports(file_with(""), now, plan_of_two());
    REQUIRE(undone.size() == 1);
    CHECK(to_string(undone[0].ends) == "until 2026-11-23T03:33:00Z");
    auto const other =
        override_reports(file_with("{ web.jobs = lib.mkOverride (-1) 8; }"), now, plan_of_two());
    REQUIRE(other.size() == 1);
    CHECK(shown(other[0]) == "web.jobs = 8: pending (4 is applied until 2026-11-23T03:33:00Z)");
}

TEST_CASE("all is live only when every override is and nothing else is wrong") {
    auto const file = file_with("{ web.jobs = lib.mkOverride (-1) 4; }");
    auto const live = applied_to({unit("web.service", unit_standing::live)});
    auto const all = override_reports(file, live, plan_of_two());
    CHECK(problems(live).empty());
    CHECK(is_all_live(all, live));
    CHECK_FALSE(is_all_live({{"a", "1", override_state::pending, {}}}, live));

    auto now = live;
    now.units.push_back(unit("mail.service", unit_standing::applied));
    CHECK_FALSE(is_all_live(all, now));
    now = live;
    now.unfinished = true;
    now.under_way = "process 7";
    now.strays = {"x.service"};
    now.recorded->left = {"'y.service': it may not be as it was"};
    CHECK_FALSE(is_all_live(all, now));
    CHECK(
        problems(now) ==
        std::vector<std::string>{
            "an activation is under way, by process 7: ask again when it has ended",
            "the last activation has left something behind: 'dynix apply' or 'dynix reset' goes on "
            "from there",
            "x.service has a dynix drop-in that no apply recorded: 'dynix reset' removes it",
            "'y.service': it may not be as it was"});
    now.recorded->left.clear();
    CHECK(
        problems(now).at(1) ==
        "an activation was interrupted: 'dynix apply' or 'dynix reset' goes on from there");
}

TEST_CASE("the words of the states are those of dynix(1)") {
    CHECK(to_string(override_state::static_) == "static");
    CHECK(to_string(override_state::pending) == "pending");
    CHECK(to_string(override_state::applied) == "applied");
    CHECK(to_string(override_state::live) == "live");
}
