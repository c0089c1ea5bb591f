#include "dynix/plan/checks.hpp"

#include "dynix/plan/plan.hpp"
#include "dynix/test.hpp"

#include <fmt/format.h>

using namespace dynix;
using namespace dynix::plan;

namespace {

// The plan of one unit with these members besides.
result<activation_plan> plan_with(std::string_view members) {
    return read_plan(
        fmt::format(
            R"({{"version": 1, "dynamicFile": "", "configuration": "", "overrides": [],
            "problems": [], "warnings": [], "verify": "quick", "leaks": [],
            "services": [{{"name": "a", "options": [], "settleSeconds": 1, "units": [
              {{"name": "a.service", "action": "restart", "static": "", "dynamic": ""{}}}]}}]}})",
            members),
        "plan.json");
}

} // namespace

TEST_CASE("the checks of a unit are read") {
    auto const made = plan_with(R"(,
        "preflights": [{"name": "syntax", "command": ["/a", "-t"], "timeoutSeconds": 7}],
        "probes": [{"name": "http", "command": ["/b"], "timeoutSeconds": 1, "graceSeconds": 2,
                    "intervalSeconds": 3, "deadlineSeconds": 4, "before": ["/c", ""]},
                   {"name": "log", "command": ["/d"], "timeoutSeconds": 3600, "graceSeconds": 0,
                    "intervalSeconds": 0, "deadlineSeconds": 0}])");
    REQUIRE_MESSAGE(made, render(made.error()));
    auto const& checks = made->services.at(0).units.at(0).checks;
    REQUIRE(checks.preflights.size() == 1);
    CHECK(checks.preflights[0].name == "syntax");
    CHECK(checks.preflights[0].command == std::vector<std::string>{"/a", "-t"});
    CHECK(checks.preflights[0].at_most == std::chrono::seconds(7));
    REQUIRE(checks.probes.size() == 2);
    CHECK(checks.probes[0].at_most == std::chrono::seconds(1));
    CHECK(checks.probes[0].grace == std::chrono::seconds(2));
    CHECK(checks.probes[0].interval == std::chrono::seconds(3));
    CHECK(checks.probes[0].deadline == std::chrono::seconds(4));
    CHECK(checks.probes[0].before == std::vector<std::string>{"/c", ""});
    CHECK(checks.probes[1].before.empty());
}

TEST_CASE("a unit of an older module has no checks") {
    auto const made = plan_with("");
    REQUIRE(made);
    CHECK(made->services.at(0).units.at(0).checks.preflights.empty());
    CHECK(made->services.at(0).units.at(0).checks.probes.empty());
}

TEST_CASE("checks that cannot be run are refused with the place named") {
    struct {
        std::string_view members;
        std::string_view said;
    } const table[] = {
        {R"("command": ["a"], "name": "x", "timeoutSeconds": 1)",
         "preflights[0]: command does not begin with the absolute path of a program"},
        {R"("command": [], "name": "x", "timeoutSeconds": 1)", "the absolute path of a program"},
        {R"("command": ["/a"], "name": "", "timeoutSeconds": 1)", "name is empty"},
        {R"("command": ["/a"], "name": "x", "timeoutSeconds": 0)",
         "timeoutSeconds is 0, expected 1 to 3600"},
        {R"("command": ["/a"], "name": "x", "timeoutSeconds": 3601)", "expected 1 to 3600"},
        {R"("command": ["/a"], "name": "x")", "'timeoutSeconds' is missing"},
        {R"("command": ["/a"], "name": "x", "timeoutSeconds": 1}, {"command": ["/a"], "name": "x",
            "timeoutSeconds": 1)",
         "preflights[1]: there are two checks 'x'"},
    };
    for (auto const& row : table) {
        CAPTURE(row.members);
        auto const made = plan_with(fmt::format(R"(, "preflights": [{{{}}}])", row.members));
        REQUIRE_FALSE(made);
        CHECK(made.error().message.find(row.said) != std::string::npos);
    }
    auto const both = plan_with(R"(,
        "probes": [{"name": "x", "command": ["/b"], "timeoutSeconds": 1, "graceSeconds": -1,
                    "intervalSeconds": 1, "deadlineSeconds": 1}])");
    REQUIRE_FALSE(both);
    CHECK(both.error().message.find("graceSeconds is -1, expected 0 to 3600") != std::string::npos);
}
