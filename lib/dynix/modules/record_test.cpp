#include "dynix/modules/record.hpp"

#include "dynix/test.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dynix;
using namespace dynix::modules;

namespace {

std::string
record_with(std::string const& modules, std::string const& enabled, std::string const& base) {
    return fmt::format(
        R"({{"version": 1, "source": {{"kind": "file", "file": "/s.nix", "attribute": []}},)"
        R"( "base": {}, "elevation": ["sudo", "-n"], "enabled": {}, "modules": [{}]}})",
        base, enabled, modules);
}

std::string module_named(std::string const& name) {
    return fmt::format(
        R"({{"name": "{}", "description": "d", "path": null, "requires": ["x"], "conflicts": []}})",
        name);
}

} // namespace

TEST_CASE("the record of a system with modules") {
    auto const read = read_module_record(
        record_with(
            module_named("a") + "," +
                R"({"name": "b", "description": "it's \"b\"", "path": "/b.nix", "requires": [], "conflicts": ["a"]})",
            R"(["b"])", R"("/nix/store/base")"),
        "modules.json");
    REQUIRE(read);
    CHECK(read->names() == std::vector<std::string>{"a", "b"});
    CHECK(read->modules[0].requires_modules == std::vector<std::string>{"x"});
    CHECK(read->modules[0].path.empty());
    CHECK(read->modules[1].path == "/b.nix");
    CHECK(read->modules[1].description == "it's \"b\"");
    CHECK(read->modules[1].conflicts == std::vector<std::string>{"a"});
    CHECK(read->is_enabled("b"));
    CHECK_FALSE(read->is_enabled("a"));
    CHECK(read->find("c") == nullptr);
    CHECK(read->base == "/nix/store/base");
    CHECK(read->elevation == std::vector<std::string>{"sudo", "-n"});
    CHECK(read->source.file == "/s.nix");
}

TEST_CASE("no module is a record too") {
    auto const read = read_module_record(record_with("", "[]", "null"), "modules.json");
    REQUIRE(read);
    CHECK(read->modules.empty());
}

TEST_CASE("a record that cannot be relied on is refused, with its place and what to do") {
    auto const good = record_with(module_named("a"), "[]", "null");
    auto const without = [&](std::string const& what, std::string const& instead) {
        auto text = good;
        return text.replace(text.find(what), what.size(), instead);
    };
    struct {
        std::string text;
        std::string message;
    } const cases[] = {
        {"", "not valid JSON"},
        {good.substr(0, good.size() / 2), "modules.json:1:"},
        {"[]", "modules.json"},
        {without("\"version\": 1", "\"version\": 2"), "has version 2, expected 1"},
        {without("\"file\": \"/s.nix\"", "\"file\": 1"), "'file'"},
        {without("\"name\": \"a\"", "\"name\": \"-a\""), "modules[0]: '-a' is no name"},
        {without("\"name\": \"a\"", "\"name\": \"a\\nb\""), "is no name of a module"},
        {without("\"requires\": [\"x\"]", "\"requires\": [1]"),
         "modules[0]: requires[0] is not a string"},
        {without("\"enabled\": []", "\"enabled\": [\"b\"]"), "'b' is enabled, but is no module"},
        {without("\"enabled\": []", "\"enabled\": [\"a\"]"), "contradict"},
        {record_with(module_named("a") + "," + module_named("a"), "[]", "null"), "modules[1]"},
    };
    for (auto const& one : cases) {
        CAPTURE(one.text);
        auto const read = read_module_record(one.text, "modules.json");
        REQUIRE_FALSE(read);
        CAPTURE(read.error().message);
        CHECK(render(read.error()).find(one.message) != std::string::npos);
        CHECK_FALSE(read.error().hint.empty());
    }
}

TEST_CASE("what is a name on the command line") {
    for (auto const* good : {"a", "A9", "a.b", "rt.steam", "a_b+c-d", "0"})
        CHECK(is_module_name(good));
    for (auto const* bad :
         {"", ".", "..", "-a", "_a", "a b", "a'", "a\"", "a\n", "a/b", "\xc3\xa4"})
        CHECK_FALSE(is_module_name(bad));
}
