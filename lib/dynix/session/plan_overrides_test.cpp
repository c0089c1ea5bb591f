#include "dynix/session/plan_overrides.hpp"

#include "dynix/session/test_system.hpp"

using namespace dynix;
using namespace dynix::session;

namespace {

// The plan of a file that others may not read: it has the fingerprint in the place of the text.
plan::activation_plan hidden_plan(test_files const& host, std::string const& text) {
    std::ofstream(host.file) << text;
    plan::activation_plan out;
    out.dynamic_file = host.file;
    out.fingerprint = plan::fingerprint_of(text);
    out.overrides = {{"a.b", "1", "null"}, {"c", "\"x\"", "null"}, {"d", "0", "null"}};
    return out;
}

} // namespace

TEST_CASE("what is in effect in the plan's file is recorded, with its entry") {
    plan::activation_plan plan;
    plan.configuration =
        file_with("{ a.b = lib.mkOverride (-1) 1; }"
                  "{ a.b = lib.mkOverride (-2) 4; c = lib.mkOverride (-2) \"x\"; }")
            .text;
    auto const recorded = recorded_overrides(plan);
    REQUIRE(recorded.size() == 2);
    CHECK(recorded[0].option == "a.b");
    CHECK(recorded[0].value == "4");
    CHECK(recorded[0].entry == 2);
    CHECK(recorded[1].option == "c");
    plan.configuration = "{ services.web.jobs = 4; }"; // a person's own
    CHECK(recorded_overrides(plan).empty());
}

TEST_CASE("values that a plan hides are filled in from the file, as far as they are JSON") {
    test_files const host;
    auto const text =
        file_with("{ a.b = lib.mkOverride (-1) 4; c = lib.mkOverride (-1) ./x; }").text;
    auto plan = hidden_plan(host, text);
    fill_hidden_values(plan);
    CHECK(plan.overrides[0].dynamic_value == "4");
    CHECK(plan.overrides[1].dynamic_value == "null");
    CHECK(plan.overrides[2].dynamic_value == "null");
}

TEST_CASE("values of another file than the plan's are not filled in") {
    test_files const host;
    auto plan = hidden_plan(host, file_with("{ a.b = lib.mkOverride (-1) 4; }").text);
    std::ofstream(host.file) << file_with("{ a.b = lib.mkOverride (-1) 5; }").text;
    fill_hidden_values(plan);
    CHECK(plan.overrides[0].dynamic_value == "null");
    // A plan that hides nothing is left as it is.
    plan.fingerprint.clear();
    fill_hidden_values(plan);
    CHECK(plan.overrides[0].dynamic_value == "null");
}
