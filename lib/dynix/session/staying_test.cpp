#include "dynix/session/staying.hpp"

#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>

using namespace dynix;
using namespace dynix::session;

namespace {

using strings = std::vector<std::string>;

constexpr auto text = "[Service]\nExecStart=/a\n";

// A unit of a plan.
std::string planned(std::string const& name) {
    return fmt::format(
        R"({{"name": "{}.service", "action": "restart", "static": "s", "dynamic": "d"}})", name);
}

// Three services: an option of web is one of proxy, too; mail is by itself.
struct applied_system {
    test_folder folder{};
    host::real_files files{};
    activation::state applied{};
    std::string units = folder.path("system") + "/etc/systemd/system";

    applied_system() {
        std::filesystem::create_directories(units);
        for (auto const* name : {"web", "helper", "proxy", "mail"}) {
            auto const unit = fmt::format("{}.service", name);
            applied.units.push_back(
                {.name = unit, .drop_in = "[Service]\nNice=1\n", .static_text = text});
            write(unit, text);
        }
        applied.overrides = {
            {"web.jobs", "4", 1}, {"proxy.\"a.b\".port", "5", 2}, {"mail.level", "6", 3}};
        applied.plan = folder.path("plan.json");
        write_plan(R"("web.jobs")");
    }

    void write(std::string const& unit, std::string const& what) const {
        std::ofstream(units + '/' + unit) << what;
    }

    void write_plan(std::string const& options_of_web) const {
        std::ofstream(folder.path("plan.json")) << fmt::format(
            R"({{"version": 1, "dynamicFile": "/d", "configuration": "", "services": [
              {{"name": "web", "options": [{}], "settleSeconds": 1, "units": [{}, {}]}},
              {{"name": "proxy", "options": ["proxy"], "settleSeconds": 1, "units": [{}]}},
              {{"name": "mail", "options": ["mail.level"], "settleSeconds": 1, "units": [{}]}}],
              "overrides": [], "problems": [], "warnings": [], "verify": "quick", "leaks": []}})",
            options_of_web, planned("web"), planned("helper"), planned("proxy"), planned("mail"));
    }

    std::string found() {
        auto const all = overrides_that_stay(applied, folder.path("system"), files);
        REQUIRE(all);
        strings stay, go, kept;
        for (auto const& one : all->stays.overrides)
            stay.push_back(one.option);
        for (auto const& one : all->taken_back)
            go.push_back(one.option);
        for (auto const& one : all->stays.units)
            kept.push_back(one.name);
        return fmt::format(
            "stay {} of {}; go {} for {}", fmt::join(stay, " "), fmt::join(kept, " "),
            fmt::join(go, " "), fmt::join(all->changed, " "));
    }
};

} // namespace

TEST_CASE("where no unit has another file, all overrides stay") {
    applied_system now;
    CHECK(
        now.found() ==
        "stay web.jobs proxy.\"a.b\".port mail.level of web.service helper.service proxy.service "
        "mail.service; go  for ");
}

TEST_CASE("overrides go with their own units, and the others stay") {
    applied_system now;
    now.write("mail.service", "[Service]\nExecStart=/b\n");
    CHECK(
        now.found() == "stay web.jobs proxy.\"a.b\".port of web.service helper.service "
                       "proxy.service; go mail.level for mail.service");
}

TEST_CASE("an override is whole: with one unit of its service go the others") {
    applied_system now;
    std::filesystem::remove(now.units + "/helper.service");
    CHECK(
        now.found() == "stay proxy.\"a.b\".port mail.level of proxy.service mail.service; go "
                       "web.jobs for helper.service");
    // And with an override of two services, what belongs to the other one.
    now.write_plan(R"("web.jobs", "proxy.\"a.b\"")");
    CHECK(
        now.found() ==
        "stay mail.level of mail.service; go web.jobs proxy.\"a.b\".port for helper.service");
}

TEST_CASE("it is all of them, where the plan does not say what belongs to what") {
    applied_system now;
    now.write("mail.service", "[Service]\nExecStart=/b\n");
    SUBCASE("no plan") {
        std::filesystem::remove(now.applied.plan);
    }
    SUBCASE("an override of no service") {
        now.write_plan(R"("web.threads")");
    }
    SUBCASE("a unit of no service") {
        now.write("mail.service", text);
        now.applied.units.push_back({.name = "other.service", .static_text = text});
    }
    auto const found = now.found();
    CHECK(
        found.substr(0, found.rfind(' ')) ==
        "stay  of ; go web.jobs proxy.\"a.b\".port mail.level for");
}

TEST_CASE("where no override would stay, no unit does") {
    applied_system now;
    now.applied.overrides.pop_back();
    now.write_plan(R"("web.jobs", "proxy.\"a.b\"")");
    now.write("web.service", "[Service]\nExecStart=/b\n");
    CHECK(now.found() == "stay  of ; go web.jobs proxy.\"a.b\".port for web.service");
}

TEST_CASE("after an interrupted activation nothing stays") {
    applied_system now;
    now.applied.now = activation::record_state::activating;
    CHECK(now.found() == "stay  of ; go web.jobs proxy.\"a.b\".port mail.level for ");
}

TEST_CASE("a unit file that cannot be read is not taken for the same") {
    applied_system now;
    std::filesystem::remove(now.units + "/mail.service");
    std::filesystem::create_directory(now.units + "/mail.service");
    CHECK_FALSE(overrides_that_stay(now.applied, now.folder.path("system"), now.files));
}
