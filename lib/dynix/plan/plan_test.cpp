#include "dynix/plan/plan.hpp"

#include "dynix/base/file.hpp"
#include "dynix/base/test_folder.hpp"
#include "dynix/test.hpp"

using namespace dynix;
using namespace dynix::plan;

namespace {

std::string const good = R"({
  "version": 1, "dynamicFile": "/etc/nixos/dynamic.nix", "configuration": "{ }", "later": true,
  "services": [ { "name": "distccd", "options": ["services.distccd.maxJobs"], "settleSeconds": 2,
    "units": [ { "name": "distccd.service", "action": "restart",
                 "static": "[Service]\nExecStart=/a\n", "dynamic": "[Service]\nExecStart=/b\n" } ] } ],
  "overrides": [ { "option": "services.distccd.maxJobs", "static": 12, "dynamic": {"a": [1]} },
                 { "option": "services.distccd.nice" } ],
  "problems": [ "failed assertion: x" ], "warnings": [ "w" ], "verify": "full",
  "leaks": [ { "kind": "etc", "name": "foo", "static": "a\nb", "dynamic": null } ] })";

std::string with(std::string_view from, std::string_view to) {
    auto text = good;
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

// The plan of a unit that has a file below /etc.
std::string with_file(std::string const& path, std::string const& dynamic) {
    return with(
        "\"action\": \"restart\"", "\"action\": \"reload\", \"startsWorkers\": true, "
                                   "\"files\": [{\"path\": \"" +
                                       path + "\", \"static\": \"/s\", \"dynamic\": \"" + dynamic +
                                       "\"}]");
}

} // namespace

TEST_CASE("files below /etc, and that a reload is enough for them") {
    auto const made = read_plan(with_file("nginx/nginx.conf", "/nix/store/x"), "plan.json");
    REQUIRE_MESSAGE(made, render(made.error()));
    auto const& unit = made->services.at(0).units.at(0);
    CHECK(unit.action == "reload");
    CHECK(unit.starts_workers);
    REQUIRE(unit.files.size() == 1);
    CHECK(unit.files[0].path == "/etc/nginx/nginx.conf");
    CHECK(unit.files[0].static_target == "/s");
    CHECK(unit.files[0].dynamic_target == "/nix/store/x");
    auto const plain = read_plan(good, "plan.json");
    REQUIRE(plain);
    CHECK(plain->services.at(0).units.at(0).action == "restart");
    CHECK(plain->services.at(0).units.at(0).files.empty());
}

TEST_CASE("a plan is read") {
    auto const made = read_plan(good, "plan.json");
    REQUIRE_MESSAGE(made, render(made.error()));
    CHECK(made->dynamic_file == "/etc/nixos/dynamic.nix");
    CHECK(made->configuration == "{ }");
    REQUIRE(made->services.size() == 1);
    CHECK(made->services[0].name == "distccd");
    CHECK(made->services[0].settle == std::chrono::seconds(2));
    REQUIRE(made->services[0].units.size() == 1);
    CHECK(made->services[0].units[0].dynamic_text == "[Service]\nExecStart=/b\n");
    REQUIRE(made->overrides.size() == 2);
    CHECK(made->overrides[0].static_value == "12");
    CHECK(made->overrides[0].dynamic_value == R"({"a":[1]})");
    CHECK(made->overrides[1].static_value == "null");
    CHECK(made->problems == std::vector<std::string>{"failed assertion: x"});
    CHECK(made->warnings == std::vector<std::string>{"w"});
    CHECK(!made->imported);
    CHECK(read_plan(with("\"verify\"", "\"imported\": true, \"verify\""), "f")->imported);
    CHECK(made->verify == verification::full);
    REQUIRE(made->leaks.size() == 1);
    CHECK(made->leaks[0].kind == leak_kind::etc);
    CHECK(made->leaks[0].static_lines == "a\nb");
    CHECK(!made->leaks[0].dynamic_lines);
}

TEST_CASE("hostile plans are refused with the place named") {
    struct {
        std::string text;
        std::string part;
    } const table[] = {
        {"", "not valid JSON"},
        {"[]", "expected a JSON object"},
        {std::string(3000, '[') + std::string(3000, ']'), "not valid JSON"},
        {with("\"version\": 1", "\"version\": 2"), "plan version 2 is not supported"},
        {with("\"version\": 1", "\"version\": \"1\""), "'version' is not an integer"},
        {with("\"version\": 1,", ""), "'version' is missing"},
        {with("\"restart\"", "\"freeze\""), "unknown action 'freeze' for 'distccd.service'"},
        {with_file("../passwd", "/a"), "'../passwd' is no path of a file below /etc"},
        {with_file("a/../../b", "/a"), "is no path of a file below /etc"},
        {with_file("/a", "/a"), "is no path of a file below /etc"},
        {with_file("", "/a"), "is no path of a file below /etc"},
        {with_file("a b", "/a"), "is no path of a file below /etc"},
        {with_file("a", "b"), "'b' is no absolute path of a file"},
        {with_file("a", "/b\\nExecStart=/c"), "is no absolute path of a file"},
        {with("\"settleSeconds\": 2", "\"settleSeconds\": -1"), "settleSeconds is -1"},
        {with("\"settleSeconds\": 2", "\"settleSeconds\": 1e9"), "not an integer"},
        {with("[Service]\\nExecStart=/a", "a\\u0000b"), "'static' has a NUL byte"},
        {with("\"static\": \"", "\"statik\": \""), "'static' is missing"},
        {with("[\"services.distccd.maxJobs\"]", "[1]"), "services[0]: options[0] is not a string"},
        {with("[ { \"name\": \"distccd\"", "[ 1, { \"name\": \"distccd\""), "services[0] is not"},
        {with("\"full\"", "\"none\""), "unknown 'verify' 'none'"},
        {with("\"verify\": \"full\",", ""), "'verify' is missing"},
        {with("\"leaks\"", "\"leeks\""), "'leaks' is missing"},
        {with("\"etc\"", "\"kernel\""), "leaks[0]: unknown kind 'kernel' of a leak"},
        {with("\"dynamic\": null", "\"dynamic\": 1"), "'dynamic' is not a string"},
        {with("\"distccd.service\"", "\"a.service\", \"name\": 7"), "'name' is not a string"},
        {with(
             "\"units\": [",
             R"("units": [ {"name": "distccd.service", "action": "restart", "static": "", "dynamic": ""},)"),
         "'distccd.service' is planned twice"},
    };
    for (auto const& [text, part] : table) {
        auto const& this_part = part; // clang 14 captures no structured binding
        CAPTURE(this_part);
        auto const made = read_plan(text, "plan.json");
        REQUIRE_FALSE(made);
        CHECK_MESSAGE(made.error().message.find(part) != std::string::npos, made.error().message);
    }
}

TEST_CASE("unit names") {
    for (std::string_view const name :
         {"a.service", "a-b_c:d.e.socket", "x@y.service", "a\\x2db.timer", "p.path"}) {
        CAPTURE(name);
        CHECK(check_unit_name(name));
    }
    for (std::string const& name : std::vector<std::string>{
             "", "a", ".service", "..", "../../etc/passwd", "a/b.service", "a b.service",
             "a\nb.service", std::string("a\0b.service", 11), "a.target", "a.slice", "a.service.d",
             "x@.service", "@.service", ".x.service", "\xc3\xa4.service", "%i.service",
             std::string(300, 'a') + ".service"}) {
        CAPTURE(name);
        CHECK_FALSE(check_unit_name(name));
    }
    CHECK(check_unit_name(std::string(247, 'a') + ".service"));
    CHECK_FALSE(check_unit_name(std::string(248, 'a') + ".service"));
}

TEST_CASE("a fingerprint is the one that Nix makes, and gives the text of the same file back") {
    // From nixmodules/dynamicism/fingerprint.nix.
    CHECK(fingerprint_of("{ }\n") == "101a220a7f8153a0919b5be91f3a2f");
    CHECK(fingerprint_of("") == "0cf6eadded2859ee96cea68f6ecc2b");
    test_folder const folder;
    activation_plan plan;
    plan.dynamic_file = folder.path("dynamic.nix");
    plan.configuration = "as the plan says";
    REQUIRE(read_configuration(plan));
    CHECK(plan.configuration == "as the plan says");
    plan.fingerprint = "101a220a7f8153a0919b5be91f3a2f";
    CHECK_FALSE(read_configuration(plan).has_value());
    REQUIRE(replace_file(plan.dynamic_file, "{ }\n"));
    REQUIRE(read_configuration(plan));
    CHECK(plan.configuration == "{ }\n");
    REQUIRE(replace_file(plan.dynamic_file, "{  }\n"));
    CHECK(
        read_configuration(plan).error().message.ends_with("has changed since the plan was made"));
    plan.fingerprint = "0cf6eadded2859ee96cea68f6ecc2b";
    plan.dynamic_file = folder.path("none");
    REQUIRE(read_configuration(plan));
    CHECK(plan.configuration.empty());
}
